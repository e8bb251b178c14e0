"""From scores of good images to a threshold with a rate of false alarms, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.odd import Judgement, check_odd
from fastdefect.checks import check_real, short
from fastdefect.errors import ArgumentValueError

_RESAMPLES = 400
# Scores of good images below this are as good as 0; keeps the logarithm finite.
_LEAST_SCORE = 1e-6
# From this many images on only the highest fifth is fitted: the bulk says too little about the tail. On cloth,
# 800 images and a nominal 1 %: 1.1 % against 1.4 % for all scores, and 0.07 % (grey) for Gumbel's distribution.
_TAIL_FROM = 100
_TAIL_SHARE = 0.2
# The shape is drawn to 0 as by this many images of shape 0: 24 images alone would give 2.8 % for 1 %.
_PRIOR_ALL = 56
_PRIOR_TAIL = 20


@dataclass(frozen=True)
class Tail:
    """How often the logarithm of a good image's score exceeds a value.

    Attributes
    ----------
    location, scale, shape : float
        Hosking's parameters; shape above 0 means an upper end, 0 an exponential tail.
    share : float
        1: generalised extreme value distribution of all scores. Less: generalised Pareto distribution of that
        share of the scores, above ``location``.
    """

    location: float
    scale: float
    shape: float
    share: float

    def level(self, rate: float) -> float:
        """Score that is exceeded at this rate, which must not be above ``share``."""
        rest = -math.log1p(-rate) if self.share == 1.0 else min(rate / self.share, 1.0)
        reach = -math.log(rest) if self.shape == 0 else (1.0 - rest**self.shape) / self.shape
        return math.exp(min(self.location + self.scale * reach, 700.0))

    def rate(self, score: float) -> float:
        """Rate at which a score is exceeded; ``share`` for every score below the tail."""
        z = (math.log(max(score, _LEAST_SCORE)) - self.location) / self.scale
        inner = 1.0 - self.shape * z
        if self.shape == 0:
            rest = math.exp(-max(z, -700.0))
        elif inner <= 0.0:
            rest = 0.0 if self.shape > 0 else math.inf
        else:
            rest = inner ** (1.0 / self.shape)
        return -math.expm1(-rest) if self.share == 1.0 else self.share * min(rest, 1.0)


@dataclass(frozen=True)
class Calibration:
    """A threshold, and where it comes from: scores of good images, each with its group left out.

    Attributes
    ----------
    tail : Tail
    images, groups : int
        How many images, in how many groups, it was fitted to.
    false_alarms : float
        The rate that `threshold` stands for.
    threshold : float
        The score that a good image exceeds at that rate.
    interval : (float, float)
        Where 90 % of thresholds fall when groups, and images within them, are drawn anew from these
        (400 times, seeded). With few groups even this is too narrow: the next group may be of another kind.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import calibrate
    >>> found = calibrate(np.linspace(1.0, 2.0, 20), range(20), false_alarms=0.01)
    >>> found.images, found.groups, found.interval[0] <= found.threshold <= found.interval[1]
    (20, 20, True)
    """

    tail: Tail
    images: int
    groups: int
    false_alarms: float
    threshold: float
    interval: tuple[float, float]


def calibrate(
    scores: NDArray[np.float64],
    groups: Sequence[int],
    false_alarms: float,
    *,
    names: Mapping[int, str] | None = None,
    judged: Sequence[Judgement] | None = None,
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
    names : mapping of int to str, N long, optional
        How to call an image that stands apart from the others, by its place; by default ``scores[i]``.
    judged : sequence of Judgement, optional
        In what an image may stand apart, by default the scores; see `fastdefect.calibration.check_odd`.

    Returns
    -------
    Calibration

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For anything of the wrong type, length or range.
    OddImagesError
        Where images stand apart, on either side, and the threshold would be theirs alone.

    Warns
    -----
    OddImagesWarning
        Where they stand apart and the threshold does not depend on them.

    Notes
    -----
    A score is a mean of the highest of very many values, which is why a few of them are fitted by the distribution
    of maxima; many speak for themselves. About 50 ms, most of it the resampling.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import calibrate
    >>> scores = np.random.default_rng(0).normal(1.0, 0.1, 60)
    >>> groups = [image // 6 for image in range(60)]
    >>> rare, often = (calibrate(scores, groups, rate).threshold for rate in (0.001, 0.1))
    >>> rare > often > np.median(scores)
    np.True_
    """
    scores = _checked("scores", scores, np.float64, 2)
    of_each = _checked("groups", groups, np.int64, len(scores))
    if len(of_each) != len(scores):
        raise ArgumentValueError(
            f"groups: expected one per score, {len(scores)}, received {len(of_each)}; name the group of each"
        )
    false_alarms = check_real("false_alarms", false_alarms, minimum=1e-9, maximum=0.999)
    logs = np.log(np.maximum(scores, _LEAST_SCORE))
    tail = fit_tail(logs)
    members = [np.flatnonzero(of_each == g) for g in np.unique(of_each)]
    random = np.random.default_rng(0)
    levels = []
    for _ in range(_RESAMPLES):
        drawn = random.integers(0, len(members), len(members))
        # of a group of one there is nothing to draw: 2,000 such groups took 7 s otherwise
        chosen = [
            one if len(one := members[g]) == 1 else one[random.integers(0, len(one), len(one))]
            for g in drawn
        ]
        levels.append(fit_tail(logs[np.concatenate(chosen)]).level(false_alarms))
    low, high = np.quantile(levels, (0.05, 0.95))
    level = tail.level(false_alarms)
    called = {i: f"scores[{i}]" for i in range(len(scores))} if names is None else names
    check_odd(judged or [Judgement("score", scores, None, True)], called, level)
    return Calibration(
        tail=tail,
        images=len(logs),
        groups=len(members),
        false_alarms=false_alarms,
        threshold=level,
        interval=(min(float(low), level), max(float(high), level)),
    )


def _checked(
    name: str, numbers: object, dtype: type[np.float64 | np.int64], least: int
) -> NDArray[Any]:
    """Numbers as a flat array of the type: no text, no truth values, nothing that the type cannot hold."""
    try:
        given = np.asarray([*numbers])  # type: ignore[misc] # of a range too; what is none raises
        array = given.astype(dtype)
        fits = given.dtype.kind in "iuf" and array.ndim == 1 and np.array_equal(array, given)
    except Exception:  # whatever a class of someone else's does there
        fits = False
    if not fits or len(array) < least or not np.isfinite(array).all():
        whole = "integers" if dtype is np.int64 else "finite numbers"
        raise ArgumentValueError(
            f"{name}: expected a flat list of at least {least} {whole}, received {short(numbers)}; pass one for each image"
        )
    return array


def fit_tail(values: NDArray[np.float64]) -> Tail:
    """Tail of a sample by probability-weighted moments (Hosking 1985, 1987), its shape drawn towards 0."""
    values = np.sort(values)
    count = len(values)
    if count < _TAIL_FROM:
        return _maxima(values)
    above = values[-round(_TAIL_SHARE * count) :]
    location = float(values[-len(above) - 1])
    return _exceedances(above - location, location, len(above) / count)


def _maxima(values: NDArray[np.float64]) -> Tail:
    count = len(values)
    rank = np.arange(count)
    b0 = float(values.mean())
    b1 = float((rank * values).sum()) / (count * (count - 1))
    b2 = float((rank * (rank - 1) * values).sum()) / (count * (count - 1) * max(count - 2, 1))
    spread = max(2 * b1 - b0, 1e-9)
    c = spread / max(3 * b2 - b0, 1e-9) - math.log(2) / math.log(3)
    shape = (7.8590 * c + 2.9554 * c * c) * count / (count + _PRIOR_ALL)
    shape = min(max(shape, -0.5), 0.5)
    if abs(shape) < 1e-6:
        scale = spread / math.log(2)
        return Tail(b0 - 0.5772156649015329 * scale, scale, 0.0, 1.0)
    gamma = math.gamma(1.0 + shape)
    scale = spread * shape / (gamma * (1.0 - 2.0**-shape))
    return Tail(b0 - scale * (1.0 - gamma) / shape, scale, shape, 1.0)


def _exceedances(excess: NDArray[np.float64], location: float, share: float) -> Tail:
    count = len(excess)
    a0 = max(float(excess.mean()), 1e-9)
    a1 = float(((count - 1 - np.arange(count)) * excess).sum()) / (count * (count - 1))
    shape = (a0 / max(a0 - 2 * a1, 1e-3 * a0) - 2.0) * count / (count + _PRIOR_TAIL)
    shape = min(max(shape, -0.5), 0.5)
    if abs(shape) < 1e-6:
        shape = 0.0
    return Tail(location, a0 * (1.0 + shape), shape, share)
