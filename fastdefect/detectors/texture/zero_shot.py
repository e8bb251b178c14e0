"""Zero-shot: constants from the image itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.texture.fit import open_constants, weigh
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.statistics import Counter, image_spread
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.texture import FittedTexture
from fastdefect.reference.texture import log_grey
from fastdefect.typing import BoolImage, ByteImage

# Stains are large and faint, so the scales are wider and the strongest one speaks. The 0.95 quantile stands for
# the material as long as defects cover less than a twentieth of it; a deviation of good texture is half of it.
ZERO_SHOT: dict[str, Any] = {
    "window": 191,
    "scales": (3, 7, 15, 31),
    "geometric": False,
    "quantile": 0.95,
    "column_profile": True,
    # in multiples of the 0.95 quantile bars grow fast and would blunt the outlines of stains
    "bar_weight": 0.4,
}
ZERO_SHOT_THRESHOLD = 4.0


def learn_from(
    image: ByteImage, params: TextureParams, ignore: BoolImage | None = None
) -> FittedTexture:
    """Constants of one image, as if it were good; pixels where ``ignore`` is True count nowhere.

    Raises
    ------
    ArgumentValueError
        For a flat image, which has no texture to compare with.
    """
    profile = None
    if params.column_profile:
        profile = _profile(log_grey(image, None), ignore)
    skip = np.zeros(image.shape[:2], np.uint8) if ignore is None else ignore.view(np.uint8)
    try:
        constants = open_constants(image_spread(image, params, profile, skip), params, profile)
    except ArgumentValueError as error:
        raise ArgumentValueError(
            "img: expected an image with some texture or noise, received a flat one; "
            "zero-shot has nothing to compare with there"
        ) from error
    counts = Counter((image.shape[0], image.shape[1]), constants).count(image, skip)
    return weigh(constants, counts, params.quantile)


def _profile(levels: NDArray[Any], ignore: BoolImage | None) -> NDArray[np.int16]:
    """Median of each column over what counts; a column of which nothing counts takes the median of all that do."""
    if ignore is None:
        return np.rint(np.median(levels, axis=0)).astype(np.int16)
    counted = np.where(ignore, np.nan, levels)
    some = ~ignore.all(axis=0)
    profile = np.full(levels.shape[1], np.nanmedian(counted))
    profile[some] = np.nanmedian(counted[:, some], axis=0)
    return np.rint(profile).astype(np.int16)
