"""How much of an inspection's time went into making kernels ready, and which stages it was in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Protocol


class Event(Protocol):
    """A kernel that was compiled or loaded, see `fastdefect.kernels`."""

    @property
    def milliseconds(self) -> float:
        """Time taken, without that of other kernels which it calls."""

    @property
    def compiled(self) -> bool:
        """False if loaded from the disk cache."""


class Preparation:
    """Takes note of every kernel that is compiled or loaded around one inspection.

    Parameters
    ----------
    clock : callable
        Seconds.

    Attributes
    ----------
    milliseconds : float
        Of all kernels so far.
    compiled : bool
        Whether any of them was compiled.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._events: list[tuple[float, float]] = []  # (middle in seconds, milliseconds)
        self._begin = 0.0
        self.milliseconds = 0.0
        self.compiled = False

    def __call__(self, event: Event) -> None:
        """Take note of a kernel that is ready now; from any thread."""
        middle = self._clock() - event.milliseconds / 2000
        self._events.append((middle, event.milliseconds))
        self.milliseconds += event.milliseconds
        self.compiled |= event.compiled

    def begin(self) -> None:
        """Take note that the stages begin now."""
        self._begin = self._clock()

    def without(self, speed: Mapping[str, float]) -> dict[str, float]:
        """Take the kernels' milliseconds off the stages in which they were made ready.

        Parameters
        ----------
        speed : mapping of str to float
            Milliseconds per stage in the order in which they ran, and their sum as ``"total"``.

        Returns
        -------
        dict of str to float
            The same without the kernels. Numba makes one kernel ready at a time while the other threads wait for it, so
            its time is that of its stage; a stage is found by the clock. What was made ready before the first stage was
            in none of them.
        """
        left = {name: ms for name, ms in speed.items() if name != "total"}
        spent = 0.0
        end = self._begin
        for name, ms in left.items():
            begin, end = end, end + ms / 1000
            inside = sum(took for middle, took in self._events if begin <= middle < end)
            off = min(inside, ms)
            left[name] = ms - off
            spent += off
        return left | {"total": max(speed["total"] - spent, 0.0)}
