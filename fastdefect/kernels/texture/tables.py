"""Tables of the texture kernels: logarithms of grey levels and of channels, sizes and scales of bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.texture import (
    BAR_UNIT,
    HALF_BAR,
    LOG_OFFSET,
    LOG_UNIT,
    LONG_BAR,
    LUMA,
    YARN_SHARE,
)
from fastdefect.typing import ByteImage


def _logarithms(levels: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.rint(LOG_UNIT * np.log1p(levels / LOG_OFFSET)).astype(np.int16)


# By the 10-bit luma, 0 for black; by one 8-bit channel, 0 for 0.
GREY_TABLE = _logarithms(np.arange(1024) / 4.0)
CHANNEL_TABLE = _logarithms(np.arange(256.0))


def log_levels(image: ByteImage) -> NDArray[np.int16]:
    """Log grey of a whole image, as `log_grey` makes it row by row without a profile."""
    wide = image.astype(np.int64)
    luma = 4 * wide if image.ndim == 2 else (wide @ np.array(LUMA)) >> 6
    return np.asarray(GREY_TABLE[luma])


def bar_size(length: int) -> tuple[int, int, np.float32, np.float32]:
    """Pixels of half a bar and of a long bar that fit ``length`` pixels, and what their sums are multiplied by."""
    half, long = min(HALF_BAR, (length - 1) // 2), min(LONG_BAR, length)
    return half, long, np.float32(1 / (half * BAR_UNIT)), np.float32(YARN_SHARE / (long * BAR_UNIT))
