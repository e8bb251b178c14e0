"""What a drift test is told by: statistics of a frame, and their words."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import LEAST_SPREAD, Domain
from fastdefect.calibration.drift import BLOCK, DriftAlarm, DriftBounds
from fastdefect.detectors.domain import WORDS, Meter
from fastdefect.kernels import domain as measures
from fastdefect.kernels._numba import Bound
from fastdefect.typing import BoolImage, ByteImage

SCORE, LIGHT, DISTANCE, FIRST = 0, 1, 2, 3
"""Places of the score's logarithm, of the mean grey level's, of the distance from the domain in multiples of its limit, and
of the first of the domain's statistics."""
_LEAST_SCORE = 1e-6
# Of the light a mean is never believed to be 30 % beyond every good image, however few groups there are: at half the
# light of the darkest one a frame is unusable.
LIGHT_REACH = math.log(1.0 / 0.7)
# Nor of the distance to be three quarters of the limit: means of 20 unchanged frames of 30 fresh rolls end at 0.61 of it.
MOST_DISTANCE = 0.75
# Light, gain and focus may always differ so much from day to day; then the domain's own statistics.
LEAST = np.array([0.02, 0.01, 0.0, *LEAST_SPREAD])
_distance = Bound(measures.distance)
_STEPS = "fewer steps every 8 pixels", "more steps every 8 pixels, as JPEG leaves them"


class Measures:
    """Statistics of images of the domain's shape; all memory is made here."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._meter = Meter(domain.shape, domain.channels)
        self._deviations = np.zeros(domain.frame.shape[1])
        self._values = np.zeros(FIRST + domain.frame.shape[1])
        self._inside: BoolImage | None = None
        self._outside: BoolImage | None = None

    def __call__(
        self, image: ByteImage, inside: BoolImage | None, score: float
    ) -> NDArray[np.float64]:
        outside = self._outside_of(inside)
        self._meter(
            np.ascontiguousarray(image), None if outside is None else outside.view(np.uint8)
        )
        found, domain = self._meter.found, self._domain
        away = _distance(found, domain.frame, self._deviations) / domain.limit_for(
            self._meter.pixels
        )
        return values_of(found, score, away, self._values)

    def _outside_of(self, inside: BoolImage | None) -> BoolImage | None:
        """What does not count; turned round once for each area, which all results of a plan share."""
        if inside is not self._inside:
            self._inside, self._outside = inside, None if inside is None else ~inside
        return self._outside


def values_of(
    found: NDArray[np.float64], score: float, away: float, values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fill ``values`` from what was measured."""
    values[SCORE] = math.log(max(score, _LEAST_SCORE))
    values[LIGHT] = math.log(found[measures.MEAN] + 1.0)
    values[DISTANCE] = away
    values[FIRST:] = found[: len(values) - FIRST]
    return values


def alarm_words(alarm: DriftAlarm, bounds: DriftBounds, domain: Domain) -> str:
    """What has changed, in a sentence."""
    place, usual = alarm.statistic, bounds.centre[alarm.statistic]
    above = alarm.mean > usual
    if place == SCORE:
        what = f"scores are {'higher' if above else 'lower'}"
        numbers = f"{_score(alarm.mean):.3g}, good images had {_score(usual):.3g}"
    elif place == LIGHT:
        what = "brighter" if above else "darker"
        numbers = (
            f"grey level {_grey_level(alarm.mean):.0f}, good images had {_grey_level(usual):.0f}"
        )
    elif place == DISTANCE:
        middle, slack, spread = domain.frame[:3]
        away = alarm.means[FIRST:] - middle
        worst = int(np.argmax((np.abs(away) - slack) / spread))
        what = _compared(worst, bool(away[worst] > 0))
        shares = f"{alarm.mean:.0%}", f"{usual:.0%}"
        numbers = (
            f"{shares[0]} of the distance at which frames are unusable, good images had {shares[1]}"
        )
    else:
        what = _compared(place - FIRST, above)
        limit = bounds.high[place] if above else bounds.low[place]
        numbers = f"{(alarm.mean - usual) / (limit - usual):.1f} times as far from good images as these allow"
    first = alarm.frame - BLOCK + 1
    return f"{what} than at the calibration (mean of frames {first} to {alarm.frame}: {numbers})"


def _compared(statistic: int, above: bool) -> str:
    """The domain's words without what they name as the cause, which a slow change does not tell."""
    pair = _STEPS if statistic in (measures.BLOCK_X, measures.BLOCK_Y) else WORDS[statistic]
    words = pair[above].partition(" (")[0]
    return words.removesuffix(" have").removesuffix(" than good images")


def _grey_level(logarithm: float) -> float:
    """Of the logarithm of one more; a file may hold any number, an image none beyond 255."""
    return math.expm1(min(logarithm, math.log(256.0)))


def _score(logarithm: float) -> float:
    """Likewise, up to the largest number."""
    return math.exp(min(logarithm, 700.0))
