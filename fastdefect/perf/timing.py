"""Interleaved timing: candidates take turns in one process, so that a change of clock rate or load hits all.

Nothing here decides what is right: check parity before, see `fastdefect.bench.parity`.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

# A sample shorter than this is mostly timer and call overhead, so short calls are timed in batches.
SAMPLE_SECONDS = 0.002
# Two quartiles of fewer than five rounds say nothing.
MIN_ROUNDS = 5
MAX_ROUNDS = 400


@dataclass(frozen=True)
class Quartiles:
    """A median with its quartiles.

    Attributes
    ----------
    median, low, high : float
        Median, first and third quartile, in the unit of the sample.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, sample: list[float] | tuple[float, ...]) -> Quartiles:
        """Summarise a sample of at least one number."""
        if len(sample) == 1:
            return cls(sample[0], sample[0], sample[0])
        low, _, high = quantiles(sample, n=4, method="inclusive")
        return cls(median(sample), low, high)

    def scaled(self, factor: float) -> Quartiles:
        """Return the same quartiles in another unit; ``factor`` is positive."""
        return Quartiles(self.median * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Comparison:
    """Seconds per call of every candidate, one sample per round.

    Attributes
    ----------
    samples : mapping of str to tuple of float
        Seconds per call; entry ``i`` of every candidate was taken in the same round.
    calls : mapping of str to int
        Calls that one sample averages.
    """

    samples: Mapping[str, tuple[float, ...]]
    calls: Mapping[str, int]

    @property
    def rounds(self) -> int:
        """Number of samples per candidate."""
        return len(next(iter(self.samples.values())))

    def seconds(self, name: str) -> Quartiles:
        """Seconds per call of one candidate."""
        return Quartiles.of(self.samples[name])

    def times_as_fast(self, name: str, baseline: str) -> Quartiles:
        """How many times as fast ``name`` is as ``baseline``, from the ratios within each round."""
        pairs = zip(self.samples[baseline], self.samples[name], strict=True)
        return Quartiles.of([slow / fast for slow, fast in pairs])


def compare(
    candidates: Mapping[str, Callable[[], object]],
    seconds: float = 1.0,
    *,
    min_rounds: int = MIN_ROUNDS,
    clock: Callable[[], float] = perf_counter,
) -> Comparison:
    """Time candidates in turns.

    Parameters
    ----------
    candidates : mapping of str to callable
        Functions without arguments, one or more.
    seconds : float
        Time budget of all candidates together, positive; warm-up and the first rounds may exceed it.
    min_rounds : int
        Rounds to take whatever they cost, at least 1.
    clock : callable
        Returns seconds, monotonic.

    Returns
    -------
    Comparison
        Between ``min_rounds`` and `MAX_ROUNDS` samples per candidate.

    Notes
    -----
    Each candidate is warmed up, which also gives the batch size. Every second round runs in reverse order,
    because the one that comes second finds other data in the caches. The garbage collector is off meanwhile.
    """
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        calls = {name: _batch(function, clock) for name, function in candidates.items()}
        samples: dict[str, list[float]] = {name: [] for name in candidates}
        order = list(candidates)
        start = clock()
        for round_number in range(MAX_ROUNDS):
            if round_number >= min_rounds and clock() - start >= seconds:
                break
            for name in order:
                samples[name].append(_sample(candidates[name], calls[name], clock))
            order.reverse()
    finally:
        if collecting:
            gc.enable()
    return Comparison({name: tuple(values) for name, values in samples.items()}, calls)


def _batch(function: Callable[[], object], clock: Callable[[], float]) -> int:
    """Warm up and return the calls that fill one sample."""
    cost = _sample(function, 1, clock)
    if cost < 100 * SAMPLE_SECONDS:  # a call of 0.2 s or more needs no second warm-up
        cost = min(_sample(function, 1, clock) for _ in range(3))
    return max(1, math.ceil(SAMPLE_SECONDS / max(cost, 1e-9)))


def _sample(function: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        function()
    return (clock() - start) / calls
