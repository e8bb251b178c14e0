"""How far a run is: rate and time left of each of its passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far one pass is.

    Attributes
    ----------
    doing : str
        What the pass does: ``"filtering"``, ``"inspecting"``, ``"binarizing"``, ``"measuring"``, or ``"checking"`` what an
        earlier run left.
    done, total : int
        Megapixels, rounded down, of this pass; at the end they are equal.
    rate : float
        Megapixels a second of this run; 0 before the first.
    seconds_left : float
        Of this pass at that rate; infinite before the first.

    Examples
    --------
    >>> from fastdefect.large import Progress
    >>> str(Progress("inspecting", 120, 1024, 4.0, 226.0))
    'inspecting 120 of 1024 megapixels, 4.0 a second, 3:46 left'
    """

    doing: str
    done: int
    total: int
    rate: float
    seconds_left: float

    def __str__(self) -> str:
        """One line for people."""
        text = f"{self.doing} {self.done} of {self.total} megapixels"
        if not self.rate:
            return text
        minutes, seconds = divmod(round(self.seconds_left), 60)
        return f"{text}, {self.rate:.1f} a second, {minutes}:{seconds:02} left"


class Counter:
    """Counts the pixels of a pass and tells them."""

    def __init__(self, tell: Callable[[Progress], object] | None, doing: str, total: int) -> None:
        self._tell, self._doing, self._total = tell, doing, total
        self._done, self._fresh, self._begin = 0, 0, time.monotonic()

    def add(self, pixels: int, *, fresh: bool = True) -> None:
        """Count pixels; those that are not fresh were finished before and count for no rate."""
        self._done += pixels
        self._fresh += pixels if fresh else 0
        if self._tell is None:
            return
        spent = max(time.monotonic() - self._begin, 1e-9)
        rate = self._fresh / spent
        left = (self._total - self._done) / rate if rate else float("inf")
        self._tell(
            Progress(self._doing, self._done // 10**6, self._total // 10**6, rate / 1e6, left)
        )
