"""What a run spends its time on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Times:
    """Seconds by what was done: ``reading``, ``computing``, ``hashing``, ``writing``, ``measuring`` (of defects)."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def milliseconds(self) -> dict[str, float]:
        """The same in milliseconds, and their sum as ``"total"``."""
        found = {name: 1000 * spent for name, spent in self.seconds.items()}
        return found | {"total": sum(found.values())}

    @contextmanager
    def of(self, doing: str) -> Iterator[None]:
        """Add the time of the block."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[doing] = self.seconds.get(doing, 0.0) + time.perf_counter() - begin
