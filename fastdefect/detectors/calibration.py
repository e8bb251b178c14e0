"""From scores of good images to a threshold with a rate of false alarms, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 400
# Scores of good images below this are as good as 0; keeps the logarithm finite.
_LEAST_SCORE = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Gumbel distribution of the logarithm of good images' scores, each scored with its group left out.

    Attributes
    ----------
    location, scale : float
        Of the Gumbel distribution of ``log(score)``.
    images, groups : int
        How many images, in how many groups, it was fitted to.
    false_alarms : float
        The rate that `threshold` stands for.
    threshold : float
        The score that a good image exceeds at that rate.
    interval : (float, float)
        Where 90 % of thresholds fall when groups, and images within them, are drawn anew from these
        (400 times, seeded). With few groups even this is too narrow: the next group may be of another kind.
    """

    location: float
    scale: float
    images: int
    groups: int
    false_alarms: float
    threshold: float
    interval: tuple[float, float]

    def threshold_at(self, false_alarms: float) -> float:
        """Score that a good image exceeds at another rate."""
        return _level(self.location, self.scale, false_alarms)

    def rate_at(self, threshold: float) -> float:
        """Rate of false alarms to expect at another threshold, above 0."""
        if threshold <= 0:
            return 1.0
        z = (math.log(threshold) - self.location) / self.scale
        return -math.expm1(-math.exp(-z)) if z > -700 else 1.0


def calibrate(
    scores: NDArray[np.float64], groups: Sequence[int], false_alarms: float
) -> Calibration:
    """Fit the distribution to scores of good images.

    Parameters
    ----------
    scores : ndarray of float64, (N,)
        At least 2, not all equal.
    groups : sequence of int, N long
        Which images belong together.
    false_alarms : float
        Wanted rate, above 0 and below 1.

    Returns
    -------
    Calibration

    Notes
    -----
    A score is a mean of the highest of very many values, which is why its logarithm follows the distribution
    of maxima. Maximum likelihood; about 2 ms for 1000 scores, most of it the resampling.
    """
    logs = np.log(np.maximum(scores, _LEAST_SCORE))
    location, scale = fit_gumbel(logs)
    members = [np.flatnonzero(np.asarray(groups) == g) for g in sorted(set(groups))]
    random = np.random.default_rng(0)
    levels = []
    for _ in range(_RESAMPLES):
        drawn = random.integers(0, len(members), len(members))
        chosen = [members[g][random.integers(0, len(members[g]), len(members[g]))] for g in drawn]
        levels.append(_level(*fit_gumbel(logs[np.concatenate(chosen)]), false_alarms))
    low, high = np.quantile(levels, (0.05, 0.95))
    level = _level(location, scale, false_alarms)
    return Calibration(
        location=location,
        scale=scale,
        images=len(logs),
        groups=len(members),
        false_alarms=false_alarms,
        threshold=level,
        interval=(min(float(low), level), max(float(high), level)),
    )


def fit_gumbel(values: NDArray[np.float64]) -> tuple[float, float]:
    """Location and scale of a Gumbel distribution by maximum likelihood.

    The scale solves ``s = mean(x) - sum(x·exp(-x/s)) / sum(exp(-x/s))``; the right side falls in ``s``, so
    halving an interval finds it. Equal values give the least scale, 1e-6.
    """
    spread = float(values.std())
    low, high = 1e-6, max(10.0 * spread, 2e-6)
    shift = values - values.min()
    mean = float(shift.mean())
    for _ in range(50):
        scale = 0.5 * (low + high)
        weight = np.exp(-shift / scale)
        if mean - float((shift * weight).sum() / weight.sum()) > scale:
            low = scale
        else:
            high = scale
    location = -scale * math.log(float(np.exp(-shift / scale).mean())) + float(values.min())
    return location, scale


def _level(location: float, scale: float, rate: float) -> float:
    # an overflow means a scale that no real scores have
    return math.exp(min(location - scale * math.log(-math.log1p(-rate)), 700.0))
