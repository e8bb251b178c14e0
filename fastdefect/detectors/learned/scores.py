"""What good images that a network has not seen score, and the threshold that follows."""

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
