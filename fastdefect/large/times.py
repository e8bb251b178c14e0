"""What a run spends its time on."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Times:
    """Time by what was done: ``reading``, ``computing``, ``hashing``, ``writing``, ``measuring`` (of defects).

    What is done within something else counts for itself alone.

    Attributes
    ----------
    seconds, processor : mapping of str to float
        On the clock, and of the processor, by all threads of the process.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.processor: dict[str, float] = defaultdict(float)
        self._doing: list[str] = []
        self._begin = self._clocks()

    @contextmanager
    def of(self, doing: str) -> Iterator[None]:
        """Add the time of the block."""
        self._turn()
        self._doing.append(doing)
        try:
            yield
        finally:
            self._turn()
            self._doing.pop()

    def _turn(self) -> None:
        """Give the time since the last turn to what was done."""
        now = self._clocks()
        if self._doing:
            self.seconds[self._doing[-1]] += now[0] - self._begin[0]
            self.processor[self._doing[-1]] += now[1] - self._begin[1]
        self._begin = now

    @staticmethod
    def _clocks() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def milliseconds(seconds: dict[str, float]) -> dict[str, float]:
    """Seconds by name in milliseconds, and their sum as ``"total"``."""
    found = {name: 1000 * spent for name, spent in seconds.items()}
    return found | {"total": sum(found.values())}
