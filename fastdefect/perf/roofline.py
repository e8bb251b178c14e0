"""What the simplest loops reach on this machine, now: the limits that stages are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter

import numpy as np

from fastdefect.kernels.roofline import ROUNDS, copy, multiply_add, triad
from fastdefect.tiling.workers import Workers

# Beyond the last cache of common machines; a machine of edge size still has it free.
_MEMORY_BYTES = 64 * 2**20
_VALUES = 2048  # int16, 4 KiB: in every first-level cache
_PASSES = 2000

Clock = Callable[[], float]


@dataclass(frozen=True)
class Roofline:
    """Limits measured on a number of threads.

    Attributes
    ----------
    threads : int
        Threads of all three.
    memory : float
        Bytes per second of the better of copy and triad over arrays of 64 MiB.
    cache : float
        The same over arrays of the image's size.
    arithmetic : float
        16-bit operations per second of dependent multiply-adds on independent elements in the first-level cache.
    """

    threads: int
    memory: float
    cache: float
    arithmetic: float

    def to_json(self) -> dict[str, float]:
        """Return the fields."""
        return asdict(self)


def measure(
    threads: int, image_bytes: int, seconds: float = 0.2, clock: Clock = perf_counter
) -> Roofline:
    """Measure the limits of this machine.

    Parameters
    ----------
    threads : int
        Threads that work at the same time.
    image_bytes : int
        Size of an image of the plan, which decides whether it lives in a cache.
    seconds : float
        Time for each of five loops; the best run counts.
    clock : callable
        Returns seconds, monotonic.
    """
    workers = Workers(threads)
    return Roofline(
        threads,
        _traffic(workers, _MEMORY_BYTES, seconds, clock),
        _traffic(workers, image_bytes, seconds, clock),
        _arithmetic(workers, seconds, clock),
    )


def _traffic(workers: Workers, size: int, seconds: float, clock: Clock) -> float:
    count = max(size // 4, 64 * workers.threads)
    a, b, dst = (np.ones(count, np.int32) for _ in range(3))
    cuts = [count * i // workers.threads for i in range(workers.threads + 1)]
    again = max(1, 2**22 // count)  # passes per dispatch, so that handing out work does not count

    def copied(i: int, slot: int) -> None:
        for _ in range(again):
            copy(a, dst, cuts[i], cuts[i + 1])

    def added(i: int, slot: int) -> None:
        for _ in range(again):
            triad(a, b, dst, cuts[i], cuts[i + 1])

    passes = again * count
    return max(
        8 * passes / _best(lambda: workers.run(copied, workers.threads), seconds, clock),
        12 * passes / _best(lambda: workers.run(added, workers.threads), seconds, clock),
    )


def _arithmetic(workers: Workers, seconds: float, clock: Clock) -> float:
    values = np.ones((workers.threads, _VALUES), np.int16)
    factor, summand = np.int16(5), np.int16(7)

    def work(i: int, slot: int) -> None:
        multiply_add(values[i], factor, summand, _PASSES)

    operations = 2 * ROUNDS * _VALUES * _PASSES * workers.threads
    return operations / _best(lambda: workers.run(work, workers.threads), seconds, clock)


def _best(call: Callable[[], object], seconds: float, clock: Clock) -> float:
    """Seconds of the quickest call."""
    call()  # compiles
    best = float("inf")
    begin = clock()
    while clock() - begin < seconds:
        start = clock()
        call()
        best = min(best, clock() - start)
    return best
