"""A threshold with a named rate of false alarms for any detector that has one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_progress, check_real, short
from fastdefect.detectors.calibrating.scoring import scores_as_they_are
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.estimator import Estimator
from fastdefect.detectors.good_images import check_groups, check_listed
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

_LEAST_RATE, _MOST_RATE = 1e-6, 0.2


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A detector with a calibrated threshold, and what it rests on.

    Attributes
    ----------
    detector : Detector
        A new one: with the new threshold, calibration and domain.
    calibration : Calibration
        Where the threshold comes from.
    domain : Domain or None
        What good images look like as a whole; None for a detector that cannot have one.
    refitted : bool
        Whether the detector was trained anew on the images, and each scored by a model that has not seen its group.
    domain_learned : bool
        Whether the domain is that of these images, and not one that the detector had.
    scores : ndarray of float64, (N,)
        Of each image that was given; NaN for one that repeats another.
    outside : tuple of int
        Places of images outside a domain that the detector had.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> noise = np.random.default_rng(0).normal(128, 9, (24, 64, 64))
    >>> good = list(noise.clip(0, 255).astype(np.uint8))
    >>> found = fastdefect.calibrate(fastdefect.ArticleDetector(), good)
    >>> found.refitted, found.domain, found.scores.shape
    (False, None, (24,))
    """

    detector: Any
    calibration: Calibration
    domain: Domain | None
    refitted: bool
    domain_learned: bool
    scores: NDArray[np.float64]
    outside: tuple[int, ...] = ()


def calibrate(
    detector: Detector,
    images: Sequence[Any],
    groups: Sequence[Hashable] | None = None,
    ignore: Any = None,
    *,
    false_alarms: float = 0.01,
    refit: bool | None = None,
    learn_domain: bool = False,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Calibrated:
    """Set a detector's threshold so that a named share of good images exceeds it.

    Parameters
    ----------
    detector : Detector
        Any with a threshold: trained, zero-shot, of a file, of another package. It is not changed.
    images : sequence of ndarray or path
        At least 4 good images of one shape and number of channels; better 20, of several groups.
    groups : sequence of hashable, optional
        The sheet, roll or day of each image; without groups the threshold holds for the sheets seen only.
    ignore : optional
        An area that does not count, for all images, or a list of one or None for each.
    false_alarms : float, default: 0.01
        Wanted share of good images that are not called good, 1e-6 ... 0.2. Threshold and domain share it, as in a training.
    refit : bool, optional
        Train the detector anew on these images, with its settings, so that each image is scored by a model that has not
        seen its group. By default where it learns from good images alone (an `Estimator` that was trained so).
    learn_domain : bool, default: False
        Learn the domain of these images also where the detector has one.
    threads : int, optional
        1 ... 256, by default what the process may use. The result doesn't depend on it.
    progress : callable, optional
        Called with (steps done, steps in all), from any thread.

    Returns
    -------
    Calibrated

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a detector without a threshold that could be set, or one to be trained anew that cannot be; for images, groups or
        areas that don't fit together; for a bad rate.
    OddImagesError
        For images that stand apart from the rest, on either side, where the threshold would be theirs alone.
    ImageReadError
        For a file that is no image.

    Warns
    -----
    OddImagesWarning
        For images that stand apart without deciding the threshold, for repeats, and for images outside the domain.

    Notes
    -----
    Where the detector is not trained anew, scores are taken as they are. Then the images must be others than it was trained
    on: on its own images a detector scores too low. A nearest-neighbour detector on features of a network, calibrated on its
    training images, gave 16 % false alarms at a nominal 5 %.

    To the logarithms of the scores a distribution of extreme values is fitted, see `fastdefect.calibration.calibrate`. It
    costs a training, or an inspection of each image, and 50 ms.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> noise = np.random.default_rng(0).normal(128, 9, (24, 64, 64))
    >>> good = list(noise.clip(0, 255).astype(np.uint8))
    >>> model = fastdefect.TextureModel(colour=False, window=31).fit(good)
    >>> strict = fastdefect.calibrate(model, good, false_alarms=0.001)
    >>> strict.refitted, strict.detector.threshold > model.threshold
    (True, True)
    >>> zero_shot = fastdefect.TextureModel.zero_shot(colour=False)
    >>> found = fastdefect.calibrate(zero_shot, good)
    >>> found.refitted, found.domain_learned, found.detector.threshold == found.calibration.threshold
    (False, True, True)
    """
    if not isinstance(detector, Detector):
        raise ArgumentTypeError(
            f"detector: expected a fastdefect.Detector, received {type(detector).__name__}; load one with "
            "fastdefect.load_detector, or train one"
        )
    rate = check_real("false_alarms", false_alarms, minimum=_LEAST_RATE, maximum=_MOST_RATE)
    check_progress(progress)
    for name, value in (("refit", refit), ("learn_domain", learn_domain)):
        if not isinstance(value, (bool, type(None))):
            raise ArgumentTypeError(
                f"{name}: expected True or False, received {short(value)}; pass one"
            )
    check_listed(images)
    check_groups(groups, len(images))
    if isinstance(detector, Estimator):
        detector._refuse_if_unfinished()
    untrained = detector.untrained() if isinstance(detector, Estimator) else None
    if refit and untrained is None:
        raise ArgumentValueError(
            f"refit: expected a detector that was trained on good images alone, received one of the kind "
            f"{detector.kind!r}; pass None to take its scores as they are"
        )
    if untrained is None or refit is False:
        found = scores_as_they_are(
            detector, images, groups, ignore, rate, learn_domain, threads, progress
        )
        return Calibrated(
            found.detector,
            found.calibration,
            found.domain,
            False,
            found.domain_learned,
            found.scores,
            found.outside,
        )
    untrained.set_params(false_alarms=rate)
    model: Any = untrained
    model = model.fit(images, groups, ignore, threads=threads, progress=progress)
    return Calibrated(model, model.calibration, model.domain, True, True, model.left_out)
