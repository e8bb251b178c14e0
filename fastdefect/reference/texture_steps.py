"""The texture operations as steps, in the form of a back end's: nothing is kept between calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.texture import FittedTexture, ResidualSums, TextureStructure
from fastdefect.reference.texture import texture_map
from fastdefect.reference.texture_statistics import histograms, residual_sums

Mask = NDArray[np.bool_]


def _mask(outside: Any) -> Mask | None:
    return None if outside is None else outside.astype(bool)


class _Step:
    nbytes = 0
    path = "NumPy"

    def __init__(
        self, shape: tuple[int, int], structure: TextureStructure, workers: object, **_: Any
    ) -> None:
        self._structure = structure


class TextureMap(_Step):
    """``step(image, fitted, outside, out)``: the map to ``out``, and the mean of its 20 highest values."""

    def __call__(
        self,
        image: NDArray[np.uint8],
        fitted: FittedTexture,
        outside: Any,
        out: NDArray[np.float32],
    ) -> float:
        score = texture_map(image, fitted)
        mask = _mask(outside)
        if mask is not None:
            score[mask] = 0
        out[...] = score
        return float(np.sort(score, axis=None)[-20:].astype(np.float64).mean())


class TextureHistograms(_Step):
    """``step(image, fitted, outside, out)``: adds the counts of one image to ``out``."""

    def __call__(
        self,
        image: NDArray[np.uint8],
        fitted: FittedTexture,
        outside: Any,
        out: NDArray[np.int64],
    ) -> None:
        out += histograms(image, fitted, _mask(outside))


class TextureResidualSums(_Step):
    """``step(image, profile, outside)``: the sums of one image."""

    def __call__(
        self, image: NDArray[np.uint8], profile: NDArray[np.int16] | None, outside: Any
    ) -> ResidualSums:
        structure = self._structure
        return residual_sums(image, structure.window, structure.colour, profile, _mask(outside))
