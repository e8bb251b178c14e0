"""One named rate for two detectors: thresholds from scores of good images, each with its group left out."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.threshold import Calibration, calibrate, fit_tail
from fastdefect.detectors.good_images import GoodImages, area_of_each, group_numbers
from fastdefect.errors import OddImagesWarning

Floats = NDArray[np.float64]

SHARES = 0.8, 0.2
"""Of the rate, for each part."""
FOLDS = 5
"""Parts into which groups are dealt for a detector that does not tell the scores of its training."""
# Scores below this are as good as 0, as for a single threshold.
_LEAST_SCORE = 1e-6


def share_rate(
    scores: Floats, groups: Sequence[int], false_alarms: float, names: dict[int, str]
) -> tuple[list[float], Calibration]:
    """Thresholds that good images exceed together at a rate.

    Parameters
    ----------
    scores : ndarray of float64, (2, N)
        Of each part and good image, its group left out.
    groups : sequence of int, N long
    false_alarms : float
        Wanted rate.
    names : dict of int to str
        How to call each image.

    Returns
    -------
    (list of float, Calibration)
        A threshold for each part, and the calibration of the joined score, which is the larger of both scores relative to
        these; so its threshold is 1.

    Notes
    -----
    The first part gets the threshold that good images exceed at four fifths of the rate, the second that at one fifth:
    both together alarm at the rate if they never alarm for the same image. In a model of texture and pattern the first
    keeps nearly all that it finds on even material, and the second loses next to nothing where yarns of two colours
    make defects stand out for it; with halves six kinds of paper had 5 of 144 alarms and 282 of 288 found, with 4 : 1
    these are 3 and 285 (texture alone 3 and 286), while on six two-colour rolls 403 of 432 found became 401.

    What both do together is then counted: an image's larger relative score is a maximum of maxima, to which the same
    distribution is fitted as to the scores of one detector. Where it says that more than the rate would alarm, both
    thresholds are raised by the same factor. They are never lowered: from simulated scores of 24 and 60 images,
    independent, at a nominal 1 % that gave 2.5 and 1.6 % (one detector 1.6 and 1.2 %), because images that set the two
    thresholds are those that would lower them.
    """
    logs = np.log(np.maximum(scores, _LEAST_SCORE))
    levels = np.array(
        [fit_tail(x).level(false_alarms * share) for x, share in zip(logs, SHARES, strict=True)]
    )
    found = calibrate((scores / levels[:, None]).max(0), groups, false_alarms, names=names)
    unit = max(found.threshold, 1.0)
    low, high = (end / unit for end in found.interval)
    relative = replace(
        found,
        tail=replace(found.tail, location=found.tail.location - math.log(unit)),
        threshold=1.0,
        interval=(min(low, 1.0), max(high, 1.0)),
    )
    return [float(level * unit) for level in levels], relative


def left_out_scores(
    untrained: Any,
    images: Sequence[Any],
    groups: Sequence[Hashable] | None,
    ignore: Any,
    threads: int | None,
) -> Floats:
    """Scores of good images by detectors that were trained without each one's group, for a detector that tells none.

    Parameters
    ----------
    untrained : Detector
        Copied for each training.
    images, groups, ignore, threads
        As for ``fit``.

    Returns
    -------
    ndarray of float64, (N,)
        NaN for an image that repeats another.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", OddImagesWarning
        )  # the trainings on all images have said it
        good = GoodImages(images, ignore, reach=untrained.reach)
        places, each = [*good.names], area_of_each(ignore, len(images))
        folds = np.array(group_numbers(groups, len(images))) % FOLDS
        scores = np.full(len(images), math.nan)
        for fold in np.unique(folds):
            rest = [place for place in places if folds[place] != fold]
            detector = copy.deepcopy(untrained).fit(
                [images[place] for place in rest],
                None if groups is None else [groups[place] for place in rest],
                ignore if each is None else [each[place] for place in rest],
                threads=threads,
            )
            for row, place in enumerate(places):
                if folds[place] == fold:
                    image, mask = good[row]
                    area = mask.view(np.bool_) if mask.any() else None
                    scores[place] = detector(image, threads=threads, ignore=area).score
    return scores
