"""The texture model's map: its constants, and what a training finds out for it; plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Units of one natural logarithm: 1/4096 is a 25th of the step that one grey level makes at 160, so rounding
# never shows in a box sum, and the whole range of a table fits 16 bits.
LOG_UNIT = 4096
# Windows above 191 could overflow the 32-bit sums: 4/3 · 191² · 22713 < 2³¹, with the lines fitted at edges.
BACKGROUND_WINDOW_MAX = 191
# Bars: pixels of half a bar, of one that stands for the whole yarn, and across one that stands for the surroundings.
HALF_BAR, LONG_BAR, BAR_THICK = 31, 191, 45
# What looks past the edge by reflection reaches this far at most: half a thick bar.
PAD = BAR_THICK // 2
SIDE_MIN = 32


@dataclass(frozen=True)
class TextureStructure:
    """TEMP"""

    colour: bool
    geometric: bool
    window: int
    scales: tuple[int, int, int, int]
    channels: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedTexture:
    """What `fit` learned; with it the map of a pixel depends on its neighbourhood only (see `TextureParams.halo`).

    All lengths in log units (1/4096 of a natural logarithm); weights turn an integer sum into a multiple of
    its quantile over good pixels.

    Attributes
    ----------
    colour, geometric : bool
    window : int
    scales : (int, int, int, int)
        As in `TextureParams`.
    clips : ndarray of int32, (3,)
        Clip limit of the residual of grey, red - green, blue - green; 1 ... 5000.
    grey_weights, chroma_weights : ndarray of float32, (4,)
        One over the quantile of the absolute box sum.
    line_clip : int
        Residuals are clipped here before lines are summed, 1 ... 2700 so that 12 of them fit 16 bits.
    line_weight : float32
    bar_clip : int
        The same before bars are summed, 1 ... 1350 so that long bars fit 32 bits.
    bar_weights : ndarray of float32, (2,)
        One over the quantile of bars along the rows and along the columns: the yarns of a weft are not those of a warp.
    energy_clip, energy_neutral : int
        Limit of the fine contrast of one pixel, and what a saturated pixel counts, in ninths of a log unit.
    energy_floor : float32
        Added to mean contrasts before they are divided.
    energy_gains, energy_weights : ndarray of float32, (2,)
        Typical ratio of local to surrounding contrast, and one over the quantile of its loss, boxes 9 and 15.
    side_gain, side_offset : float32
        Lines, chroma and energy enter the map as ``side_gain * z - side_offset``.
    bar_gains, bar_offsets : ndarray of float32, (2,)
        Bars enter as the smaller of both ``gain * z - offset``.
    profile : ndarray of int16, (W,), or None
        Typical log grey of each column.
    """

    colour: bool
    geometric: bool
    window: int
    scales: tuple[int, int, int, int]
    clips: NDArray[np.int32]
    grey_weights: NDArray[np.float32]
    chroma_weights: NDArray[np.float32]
    line_clip: int
    line_weight: np.float32
    bar_clip: int
    bar_weights: NDArray[np.float32]
    energy_clip: int
    energy_neutral: int
    energy_floor: np.float32
    energy_gains: NDArray[np.float32]
    energy_weights: NDArray[np.float32]
    side_gain: np.float32
    side_offset: np.float32
    bar_gains: NDArray[np.float32]
    bar_offsets: NDArray[np.float32]
    profile: NDArray[np.int16] | None = None
