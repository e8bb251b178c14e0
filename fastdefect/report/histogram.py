"""How the scores of many images lie to their threshold, as bars for a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fastdefect.report.numbers import score_text

_BARS = 32
# Scores that reach this many times their median are drawn by their logarithm: else all but one share a bar.
_WIDE = 30.0


@dataclass(frozen=True)
class Histogram:
    """Counts per bar, and where things lie on the axis as shares 0 ... 1 of its length.

    Attributes
    ----------
    good, defective : tuple of int
        Images of each verdict per bar.
    thresholds : tuple of float
        Places of the thresholds.
    marks : tuple of (float, str)
        Places and labels of scores along the axis.
    logarithmic : bool
        The axis shows log(1 + score).
    most : int
        Images in the highest bar.
    """

    good: tuple[int, ...]
    defective: tuple[int, ...]
    thresholds: tuple[float, ...]
    marks: tuple[tuple[float, str], ...]
    logarithmic: bool
    most: int


def histogram(
    scores: Sequence[float], defective: Sequence[bool], thresholds: Sequence[float]
) -> Histogram | None:
    """Sort the scores into bars; None without a finite one."""
    keep = np.isfinite(np.asarray(scores, np.float64))
    values = np.asarray(scores, np.float64)[keep]
    verdicts = np.asarray(defective, np.bool_)[keep]
    limits = sorted({float(t) for t in thresholds if math.isfinite(t)})
    if len(values) == 0:
        return None
    everything = np.concatenate([values, limits])
    low, high = float(everything.min()), float(everything.max())
    logarithmic = low >= 0 and high > _WIDE * max(float(np.median(values)), 1e-9)
    logarithmic = logarithmic or (low >= 0 and bool(limits) and high > _WIDE * max(limits[0], 1e-9))
    if logarithmic:
        low = 0.0
    span = _place(high, logarithmic) - _place(low, logarithmic) or 1.0

    def share(score: float) -> float:
        return (_place(score, logarithmic) - _place(low, logarithmic)) / span

    bars = np.minimum((np.array([share(v) for v in values]) * _BARS).astype(int), _BARS - 1)
    counts = [np.bincount(bars[verdicts == kind], minlength=_BARS) for kind in (False, True)]
    if logarithmic:
        ticks = [0.0, *(10.0**n for n in range(16) if 10.0**n <= high)]
    else:
        ticks = [low + (high - low) * n / 4 for n in range(5)]
    return Histogram(
        good=tuple(counts[0].tolist()),
        defective=tuple(counts[1].tolist()),
        thresholds=tuple(share(limit) for limit in limits),
        marks=tuple((share(tick), score_text(tick)) for tick in ticks),
        logarithmic=logarithmic,
        most=int((counts[0] + counts[1]).max()),
    )


def _place(score: float, logarithmic: bool) -> float:
    return math.log1p(score) if logarithmic else score
