"""Scores of good images as a detector gives them, and the threshold that follows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import DOMAIN_SHARE, Domain
from fastdefect.calibration.odd import Judgement
from fastdefect.calibration.threshold import Calibration
from fastdefect.calibration.threshold import calibrate as calibrate_scores
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.domain import DomainCheck, DomainLearner
from fastdefect.detectors.good_images import GoodImages, group_numbers
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, OddImagesWarning
from fastdefect.io import with_channels
from fastdefect.typing import ByteImage

_NAMED = 5  # images outside a domain that a sentence names; the rest is counted


class Scored(NamedTuple):
    """What scores as they are gave, see `fastdefect.detectors.calibrating.run.Calibrated`."""

    detector: Any
    calibration: Calibration
    domain: Domain | None
    domain_learned: bool
    scores: NDArray[np.float64]
    outside: tuple[int, ...]


def scores_as_they_are(
    detector: Detector,
    images: Sequence[Any],
    groups: Sequence[Hashable] | None,
    ignore: Any,
    false_alarms: float,
    learn_domain: bool,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> Scored:
    """Calibrate on the scores that the detector gives; arguments as for `fastdefect.calibrate`."""
    with_threshold: Any = getattr(detector, "with_threshold", None)
    if with_threshold is None:
        raise ArgumentTypeError(
            f"detector: expected one whose threshold can be set (with_threshold), received one of the kind "
            f"{detector.kind!r}; derive it from fastdefect.detectors.ScoreMapDetector"
        )
    good = GoodImages(images, ignore, reach=detector.reach, smallest=detector.smallest)
    members = group_numbers(None if groups is None else good.of_each(groups), len(good))
    takes_domain = isinstance(detector, ScoreMapDetector)
    known = detector.domain if isinstance(detector, ScoreMapDetector) else None
    learns = takes_domain and (learn_domain or known is None)
    channels = good.channels if detector.channels is None else detector.channels
    learner = DomainLearner(good.shape, channels, len(good), 1)
    check = None if known is None or learns else DomainCheck(known, good.shape)
    scores = np.empty(len(good))
    strange: dict[int, tuple[str, ...]] = {}
    for index in range(len(good)):
        img, mask = good[index]
        image = _as_taken(img, detector.channels)
        area = mask.view(np.bool_) if mask.any() else None
        scores[index] = detector(image, threads=threads, ignore=area).score
        if learns:
            learner.take(index, 0, image, mask)
        elif check is not None and (reasons := check(image, area).reasons):
            strange[index] = reasons
        if progress is not None:
            progress(index + 1, len(good))
    if not np.isfinite(scores).all() or float(np.ptp(scores)) < 1e-6:
        what = "all score the same" if np.isfinite(scores).all() else "do not all have a score"
        raise ArgumentValueError(
            f"images: expected different photographs of good material, received {len(good)} that {what}; "
            "a threshold cannot be learned from these"
        )
    rate = false_alarms
    judged = [Judgement("score", scores, None, True)]
    domain = known
    if learns:
        domain, distances = learner.learn(members, DOMAIN_SHARE * false_alarms)
        judged.append(
            Judgement("distance of the whole image from the others", distances, domain.limit, False)
        )
    if domain is not None:
        rate = (1.0 - DOMAIN_SHARE) * false_alarms
    found = calibrate_scores(scores, members, rate, names=good.names, judged=judged)
    _name_strange(strange, good)
    made = (
        detector.with_calibration(found, domain)
        if isinstance(detector, ScoreMapDetector)
        else with_threshold(found.threshold)
    )
    places = [*good.names]
    return Scored(
        made, found, domain, learns, good.spread(scores), tuple(places[i] for i in strange)
    )


def _as_taken(image: ByteImage, channels: int | None) -> ByteImage:
    return image if image.ndim == 2 else with_channels(image, channels)


def _name_strange(strange: dict[int, tuple[str, ...]], good: GoodImages) -> None:
    """Say which images lie outside the domain that the detector has."""
    if not strange:
        return
    places = [*good.names]
    told = [f"{good.names[places[i]]} ({'; '.join(reasons)})" for i, reasons in strange.items()]
    more = f"; and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    warnings.warn(
        OddImagesWarning(
            f"images: {len(strange)} of {len(good)} lie outside the domain that the detector has: "
            f"{'; '.join(told[:_NAMED])}{more}; leave out what is no picture of this material, or learn the domain anew",
            tuple(places[i] for i in strange),
        ),
        stacklevel=4,
    )
