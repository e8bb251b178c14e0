"""Texture kernels bound once, and the way from an image to the residuals of a strip."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.texture_strips import Memory, Residual, StripRows
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.texture import background, features, lines, log
from fastdefect.kernels.texture.numbers import Numbers
from fastdefect.kernels.texture.tables import CHANNEL_TABLE, GREY_TABLE
from fastdefect.operations.texture import PAD
from fastdefect.typing import BoolImage, ByteImage

# Types of all arguments are the same in every plan, so each kernel is bound once.
log_grey, log_ratio = Bound(log.log_grey), Bound(log.log_ratio)
remove_background = Bound(background.remove_background)
reflect_columns = Bound(features.reflect_columns)
fine_contrast = Bound(features.fine_contrast)
clip_rows = Bound(lines.clip_rows)

# Channel over green that makes plane 1 and plane 2; plane 0 is log grey.
RATIOS = {1: 2, 2: 0}
NO_CLIP = 32767


class Image:
    """One image as the kernels read it.

    Parameters
    ----------
    image : ndarray of uint8, (H, W) or (H, W, 3)
    profile : ndarray of int16, (W,)
        Taken off log grey.
    """

    __slots__ = ("channels", "flat", "profile")

    def __init__(self, image: ByteImage, profile: NDArray[np.int16]) -> None:
        self.flat = image.reshape(-1)
        self.channels = 3 if image.ndim == 3 else 1
        self.profile = profile


def fill_first(
    image: Image, plane: int, rows: Residual, window: int, memory: Memory, dst: Any, pad: int
) -> None:
    """Log grey (plane 0) or a log ratio less its plain background, to ``dst`` from column ``pad`` on."""
    if plane == 0:
        log_grey(image.flat, image.channels, GREY_TABLE, image.profile, rows.log, memory.log)
    else:
        log_ratio(image.flat, RATIOS[plane], CHANNEL_TABLE, rows.log, memory.log)
    remove_background(memory.log, dst, pad, rows.first, window, NO_CLIP, memory.scratch.sums)


def fill_residual(
    image: Image, plane: int, rows: Residual, numbers: Numbers, memory: Memory, out: Any
) -> None:
    """Residual of a plane, to the padded strip ``out``."""
    fill_first(image, plane, rows, numbers.window, memory, memory.first, 0)
    clip, sums = numbers.clips[plane], memory.scratch.sums
    remove_background(memory.first, out, PAD, rows.second, numbers.window, clip, sums)
    reflect_columns(out, rows.second.last - rows.second.first)


def fill_chroma(image: Image, rows: StripRows, numbers: Numbers, memory: Memory) -> None:
    """Residuals of both colour ratios, red : green to ``residual``, blue : green to ``second``."""
    fill_residual(image, 1, rows.chroma, numbers, memory, memory.residual)
    fill_residual(image, 2, rows.chroma, numbers, memory, memory.second)


def fill_contrast(image: Image, rows: StripRows, numbers: Numbers, memory: Memory) -> None:
    """Fine contrast of the rows that ratios look at, to ``second``."""
    limits = numbers.energy_clip, numbers.energy_neutral
    contrast = rows.contrast
    fine_contrast(
        memory.residual, image.flat, image.channels, memory.second, contrast, limits, memory.scratch
    )
    reflect_columns(memory.second, contrast.last - contrast.first)


def mask_bytes(outside: BoolImage) -> ByteImage:
    """The same memory as bytes, which kernels take."""
    return outside.view(np.uint8)
