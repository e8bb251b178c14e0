"""Whether passed material has left what the calibration saw: means of blocks of frames, held against those of its groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentValueError

Floats = NDArray[np.float64]

BLOCK = 20
"""Frames of which a mean is taken; one frame scatters too much, and a hundred come too late."""
# Beyond some thousand degrees of freedom Student's distribution is the normal one.
_MOST_FREEDOM = 2001
_BISECTIONS = 200


@dataclass(frozen=True, eq=False)
class DriftBounds:
    """Between which values the mean of a block of good frames lies.

    Attributes
    ----------
    low, high : ndarray of float64, (K,)
        Of each statistic.
    centre : ndarray of float64, (K,)
        Mean of the means of the calibration's groups.
    false_alarms : float
        Chance that unchanged material raises the alarm at all in ``frames`` frames.
    frames : int
    groups : int
        How many the bounds rest on.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import learn_drift
    >>> values = np.random.default_rng(0).normal(0.0, 1.0, (40, 2))
    >>> bounds = learn_drift(values, range(40), np.inf)
    >>> bounds.groups, bool((bounds.low < bounds.centre).all()), bool((bounds.high < 9).all())
    (40, True, True)
    """

    low: Floats
    high: Floats
    centre: Floats
    false_alarms: float
    frames: int
    groups: int


def learn_drift(
    values: Floats,
    groups: Sequence[int],
    reach: Floats | float,
    *,
    least: Floats | float = 0.0,
    false_alarms: float = 0.01,
    frames: int = 20_000,
) -> DriftBounds:
    """Bounds for means of blocks, from values of good images.

    Parameters
    ----------
    values : ndarray of float64, (N, K)
        K statistics of each image, each about normally distributed.
    groups : sequence of int, N long
        Which images belong together; each image its own where that is not known.
    reach : ndarray of float64, (K,), or float
        How far beyond the lowest and highest value of any image no mean is believed to lie, whatever few groups allow.
    least : ndarray of float64, (K,), or float
        Standard deviation that groups may always have.
    false_alarms : float, default: 0.01
        Chance of an alarm at all, of unchanged material.
    frames : int, default: 20,000
        In so many frames.

    Returns
    -------
    DriftBounds

    Raises
    ------
    ArgumentValueError
        For fewer than two groups.

    Notes
    -----
    Images of one roll are alike, so a run of frames is no sample of independent ones: a roll at the edge of the calibration
    stays there, and a sequential test of single frames would call that a drift. The mean of a block is therefore held to
    what the mean of another group may be: its prediction interval by Student's distribution, with as many degrees of freedom
    as there are groups but one. Chances of all blocks and statistics are added up, so the rate holds however blocks depend
    on each other. Without groups a block of 20 is held to what a single image may be, which is wider still.

    Four groups say little: their interval ends a hundred deviations away. ``reach`` ends it sooner.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import learn_drift
    >>> values = np.random.default_rng(0).normal(0.0, 1.0, (40, 1))
    >>> few, many = (learn_drift(values, [i % count for i in range(40)], np.inf) for count in (4, 20))
    >>> bool(few.high > many.high)
    True
    """
    members = np.asarray(groups)
    names = np.unique(members)
    if len(names) < 2:
        raise ArgumentValueError(
            f"groups: expected at least two, received {len(names)}; how much groups differ is what tells a drift"
        )
    parts = [values[members == name] for name in names]
    means = np.array([part.mean(0) for part in parts])
    centre = means.mean(0)
    # a block of fewer images than a group has scatters more within
    size = float(np.mean([len(part) for part in parts]))
    inner = sum(((part - part.mean(0)) ** 2).sum(0) for part in parts) / max(
        len(values) - len(names), 1
    )
    between = means.var(0, ddof=1) + np.square(least)
    variance = between * (1.0 + 1.0 / len(names)) + max(1.0 / BLOCK - 1.0 / size, 0.0) * inner
    tail = false_alarms * BLOCK / frames / values.shape[1]
    away = student_limit(tail, len(names) - 1) * np.sqrt(variance)
    return DriftBounds(
        low=np.maximum(centre - away, values.min(0) - reach),
        high=np.minimum(centre + away, values.max(0) + reach),
        centre=centre,
        false_alarms=false_alarms,
        frames=frames,
        groups=len(names),
    )


@dataclass(frozen=True, eq=False)
class DriftAlarm:
    """Which statistic left the bounds, and when.

    Attributes
    ----------
    frame : int
        Passed frames until then, from 1.
    statistic : int
        The one that lies furthest outside.
    means : ndarray of float64, (K,)
        Of the block that ended there.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import DriftAlarm
    >>> DriftAlarm(frame=160, statistic=1, means=np.array([0.5, 7.5])).mean
    7.5
    """

    frame: int
    statistic: int
    means: Floats

    @property
    def mean(self) -> float:
        """Mean of that statistic."""
        return float(self.means[self.statistic])


class DriftTest:
    """A running test: takes values of one passed frame after another, in memory and time that do not grow.

    Parameters
    ----------
    bounds : DriftBounds

    Attributes
    ----------
    frames : int
        Taken so far.
    alarm : DriftAlarm or None
        The first one; it stands until `reset`.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import DriftTest, learn_drift
    >>> values = np.random.default_rng(0).normal(0.0, 1.0, (40, 1))
    >>> test = DriftTest(learn_drift(values, range(40), np.inf))
    >>> alarms = [test.take(np.array([frame * 0.05])) for frame in range(400)]
    >>> test.alarm.frame, sum(alarm is not None for alarm in alarms)
    (100, 1)
    >>> test.reset()
    >>> test.frames, test.alarm
    (0, None)
    """

    def __init__(self, bounds: DriftBounds) -> None:
        self.bounds = bounds
        self.frames = 0
        self.alarm: DriftAlarm | None = None
        self.sums: Floats = np.zeros(len(bounds.low))

    def take(self, values: Floats) -> DriftAlarm | None:
        """Take the values of a frame.

        Parameters
        ----------
        values : ndarray of float64, (K,)

        Returns
        -------
        DriftAlarm or None
            The alarm, only with the frame that raises it.
        """
        self.sums += values
        self.frames += 1
        if self.frames % BLOCK:
            return None
        means = self.sums / BLOCK
        self.sums[:] = 0.0
        if self.alarm is not None:
            return None
        bounds = self.bounds
        outside = np.maximum(means - bounds.high, bounds.low - means) / (bounds.high - bounds.low)
        worst = int(np.argmax(outside))
        if not outside[worst] > 0.0:
            return None
        self.alarm = DriftAlarm(self.frames, worst, means)
        return self.alarm

    def reset(self) -> None:
        """Begin anew."""
        self.frames, self.alarm = 0, None
        self.sums[:] = 0.0


def student_limit(tail: float, freedom: int) -> float:
    """How many deviations a value of Student's distribution exceeds, up or down, with the chance ``tail``."""
    low, high = 0.0, 1e12
    for _ in range(_BISECTIONS):
        middle = math.sqrt(max(low, 1e-12) * high)
        if _student_tail(middle, freedom) > tail:
            low = middle
        else:
            high = middle
    return high


def _student_tail(t: float, freedom: int) -> float:
    """Two-sided tail for whole degrees of freedom, as a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    freedom = min(freedom, _MOST_FREEDOM)
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term, total = (math.cos(angle), 0.0) if odd else (1.0, 0.0)
    for k in range(1 + odd, freedom, 2):
        total += term
        term *= square * k / (k + 1)
    inside = 2.0 / math.pi * (angle + sine * total) if odd else sine * total
    return max(1.0 - inside, 0.0)
