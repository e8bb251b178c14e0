"""Zero-shot: constants from the image itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastdefect.detectors.texture_fit import open_constants, weigh
from fastdefect.detectors.texture_statistics import Counter, image_spread
from fastdefect.errors import ArgumentValueError
from fastdefect.reference.texture import log_grey
from fastdefect.result import ByteImage
from fastdefect.texture_params import TextureConstants, TextureParams

# Stains are large and faint, so the scales are wider and the strongest one speaks. The 0.95 quantile stands for
# the material as long as defects cover less than a twentieth of it; a deviation of good texture is half of it.
ZERO_SHOT: dict[str, Any] = {
    "window": 191,
    "scales": (3, 7, 15, 31),
    "geometric": False,
    "quantile": 0.95,
    "column_profile": True,
}
ZERO_SHOT_THRESHOLD = 4.0


def learn_from(image: ByteImage, params: TextureParams) -> TextureConstants:
    """Constants of one image, as if it were good.

    Raises
    ------
    ArgumentValueError
        For a flat image, which has no texture to compare with.
    """
    profile = None
    if params.column_profile:
        profile = np.rint(np.median(log_grey(image, None), axis=0)).astype(np.int16)
    ignore = np.zeros(image.shape[:2], np.uint8)
    try:
        constants = open_constants(image_spread(image, params, profile, ignore), params, profile)
    except ArgumentValueError as error:
        raise ArgumentValueError(
            "img: expected an image with some texture or noise, received a flat one; "
            "zero-shot has nothing to compare with there"
        ) from error
    counts = Counter((image.shape[0], image.shape[1]), constants).count(image, ignore)
    return weigh(constants, counts, params.quantile)
