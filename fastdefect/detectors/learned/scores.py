"""What good images score, those that a network learned from too, and the threshold that follows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.threshold import Calibration, calibrate
from fastdefect.detectors.learned.samples import view
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.onnx.step import NetworkStep
from fastdefect.errors import OddImagesError, OddImagesWarning
from fastdefect.typing import ByteImage

VIEWS = 8
# As good as 0; keeps the logarithm finite, as in the calibration.
_LEAST_SCORE = 1e-6


def scores_of(
    network: bytes, recipe: Recipe, images: Sequence[ByteImage], threads: int
) -> NDArray[np.float64]:
    """Score of each image in each of its eight views, (N, 8), as the file is run from now on."""
    steps: dict[tuple[int, int], NetworkStep] = {}
    found = np.empty((len(images), VIEWS))
    for index, image in enumerate(images):
        for number in range(VIEWS):
            seen = view(image, number // 2, number % 2 == 1)
            shape = seen.shape[0], seen.shape[1]
            if shape not in steps:
                steps[shape] = NetworkStep(network, recipe, shape, threads, "cpu")
            found[index, number] = steps[shape](seen, None, np.empty(shape, np.float32))
    return found


def unlearned(
    scores: NDArray[np.float64], is_learned: NDArray[np.bool_], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Scores (N, 8) of all good images as if none had been learned from.

    A third of few sheets, often one, says little about the next sheet: of 144 good crops of paper that a network has not
    seen 11 ... 18 exceeded a threshold for 1 % that was found on these alone. So images that were learned from count too,
    as far as learning did not make them look better than they are: their logarithms are raised to the mean of the others,
    and stretched to their spread within groups, where they lie below. 2 ... 8 of 144 exceed it then.
    """
    logs = np.log(np.maximum(scores, _LEAST_SCORE))
    learned, others = logs[is_learned], logs[~is_learned]
    spread, wanted = (
        float(np.mean([part[members == g].std() for g in np.unique(members)]))
        for part, members in ((learned, groups[is_learned]), (others, groups[~is_learned]))
    )
    stretch = max(1.0, wanted / max(spread, 1e-9))
    centre = float(learned.mean())
    logs[is_learned] = (learned - centre) * stretch + max(centre, float(others.mean()))
    return np.exp(logs)


def calibrated(
    scores: NDArray[np.float64],
    places: Sequence[int],
    groups: Sequence[int],
    names: Sequence[str],
    false_alarms: float,
) -> Calibration:
    """The threshold of scores (N, 8) of images of these places, groups and names.

    Turned and mirrored, eight views of an image are nearly as different as eight images of its sheet; its group is
    what is drawn anew for the interval.

    Raises
    ------
    OddImagesError
        Where images stand apart and the threshold would be theirs alone.

    Warns
    -----
    OddImagesWarning
        Where they stand apart and it does not depend on them.
    """
    count = len(scores)
    called = {VIEWS * i + v: f"{names[i]}, view {v}" for i in range(count) for v in range(VIEWS)}

    def originals(views: Sequence[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(places[v // VIEWS] for v in views))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", OddImagesWarning)
        try:
            members = np.repeat(groups, VIEWS).tolist()
            found = calibrate(scores.reshape(-1), members, false_alarms, names=called)
        except OddImagesError as error:
            raise OddImagesError(str(error), originals(error.images)) from error
    for each in caught:
        message = each.message
        if isinstance(message, OddImagesWarning):
            message = OddImagesWarning(str(message), originals(message.images))
        warnings.warn(message, stacklevel=3)
    return found
