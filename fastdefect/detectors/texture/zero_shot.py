"""Zero-shot: constants from the image itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.detectors.stage import Context, Stage
from fastdefect.detectors.texture.fit import open_constants, weigh
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.errors import ArgumentValueError
from fastdefect.kernels.texture.tables import log_levels
from fastdefect.operations.texture import BINS, FEATURES, FittedTexture, TextureStructure
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, Shape

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
# Where most values are 0 or 255, texture is lost and noise of the rest would be called the material.
_MOST_CLIPPED = 0.5


class SelfFit:
    """Constants of images as if each were good, for images of one shape; all memory is made here.

    Parameters
    ----------
    shape : (int, int)
        Height and width.
    params : TextureParams
    channels : int
        1 or 3.
    workers : Workers
    """

    def __init__(
        self, shape: Shape, params: TextureParams, channels: int, workers: Workers
    ) -> None:
        table, structure = load(), TextureStructure.of(params, channels)
        self._params = params
        self._sums = table.texture_residual_sums(shape, structure, workers)
        self._count = table.texture_histograms(shape, structure, workers)
        self._histograms = np.empty((FEATURES, BINS), np.int64)

    @property
    def nbytes(self) -> int:
        """Bytes held between calls."""
        steps = sum(getattr(step, "nbytes", 0) for step in (self._sums, self._count))
        return int(steps + self._histograms.nbytes)

    def __call__(self, image: ByteImage, outside: BoolImage | None = None) -> FittedTexture:
        """Constants of one image; pixels where ``outside`` is True count nowhere.

        Raises
        ------
        ArgumentValueError
            For a flat image, which has no texture to compare with, and one that is black or white for the most part.
        """
        params = self._params
        clipped = (image == 0) | (image == 255)
        clipped = clipped if outside is None else clipped[~outside.view(np.bool_)]
        if clipped.mean() > _MOST_CLIPPED:
            raise ArgumentValueError(
                f"img: expected an image with texture, received one of which {clipped.mean():.0%} of the values are "
                "0 or 255; zero-shot cannot judge it: take it again with more or less light"
            )
        profile = _profile(log_levels(image), outside) if params.column_profile else None
        try:
            constants = open_constants(self._sums(image, profile, outside), params, profile)
        except ArgumentValueError as error:
            raise ArgumentValueError(
                "img: expected an image with some texture or noise, received a flat one; "
                "zero-shot has nothing to compare with there"
            ) from error
        self._histograms[:] = 0
        self._count(image, constants, outside, self._histograms)
        return weigh(constants, self._histograms, params.quantile)


def constants_stage(fitted: FittedTexture | None, params: TextureParams, channels: int) -> Stage:
    """The step that makes ``"fitted"``: what was learned, or without that the constants of the image itself."""

    def plan(context: Context) -> Step:
        if fitted is not None:
            return lambda image, outside: fitted
        return SelfFit(context.shape, params, channels, context.workers)

    return Stage(name="constants", plan=plan, reads=("image", "outside"), number="fitted")


def learn_from(
    image: ByteImage, params: TextureParams, ignore: BoolImage | None = None
) -> FittedTexture:
    """Constants of one image by a plan that serves this image only, see `SelfFit`."""
    shape, channels = (image.shape[0], image.shape[1]), 3 if image.ndim == 3 else 1
    return SelfFit(shape, params, channels, Workers(1))(image, ignore)


def _profile(levels: NDArray[Any], ignore: BoolImage | None) -> NDArray[np.int16]:
    """Median of each column over what counts; a column of which nothing counts takes the median of all that do."""
    if ignore is None:
        return np.rint(np.median(levels, axis=0)).astype(np.int16)
    counted = np.where(ignore, np.nan, levels)
    some = ~ignore.all(axis=0)
    profile = np.full(levels.shape[1], np.nanmedian(counted))
    profile[some] = np.nanmedian(counted[:, some], axis=0)
    return np.rint(profile).astype(np.int16)
