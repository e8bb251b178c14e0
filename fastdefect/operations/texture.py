"""The texture model's operations: their constants, what sizes them, and what a training finds out; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Units of one natural logarithm: 1/4096 is a 25th of the step that one grey level makes at 160, so rounding
# never shows in a box sum, and the whole range of a table fits 16 bits.
LOG_UNIT = 4096
# log(level + 1): with 8 a change of brightness to 60 % costs a grey level of 60 a tenth of its contrast, which
# cuts false alarms from 1 % to 0.3 %; with 1 it costs 1 %. Maps of paper are as sharp with 1 as with 8.
LOG_OFFSET = 1.0
# Weights of blue, green and red in the 10-bit luma, sixty-fourths.
LUMA = (29, 150, 77)
# Log ratios of colours end at a factor of 7.4, so that 16 bits hold their residuals.
CHROMA_MAX = 8191
# Added to each scale before the geometric mean, so that one scale at zero does not silence the others.
EPSILON = np.float32(0.05)
# Sides of the boxes whose fine contrast is held against that of the window around.
ENERGY_BOXES = (9, 15)
# Pixels of half a line, its centre included.
HALF_LINE = 12
# Steps (rows, columns) of the eight line directions; the slanted ones sum pairs of neighbours.
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1))
# Windows above 191 could overflow the 32-bit sums: 4/3 · 191² · 22713 < 2³¹, with the lines fitted at edges.
BACKGROUND_WINDOW_MAX = 191
# Bars: pixels of half a bar, of one that stands for the whole yarn, and across one that stands for the surroundings.
HALF_BAR, LONG_BAR, BAR_THICK = 31, 191, 45
# Weights across a bar, a box of 7 averaged over 5, and their sum: soft edges let no single pitch of yarns ripple.
BAR_PROFILE = (1, 2, 3, 4, 5, 5, 5, 4, 3, 2, 1)
BAR_PROFILE_SUM = 35
# 15 / (15 · 35) of the profile less 7 / (15 · 35) = 3/5 of 1/45 of the thick bar
PROFILE_SHARE, THICK_SHARE = 15, 7
BAR_UNIT = PROFILE_SHARE * BAR_PROFILE_SUM
# Part of the long bar that is the yarn's own tone.
YARN_SHARE = 2 / 3
# What looks past the edge by reflection reaches this far at most: half a thick bar.
PAD = BAR_THICK // 2
SIDE_MIN = 32
# The image's score is the mean of this many highest values of its map: one hot pixel is no defect.
TOP = 20

# Histograms of features: a bin is the exponent and the first 8 bits of the mantissa of a float32 of 1 ... 2**24. Bins are
# 0.2 to 0.4 % wide, so a quantile that is interpolated inside its bin is right to a thousandth, and images add up.
BINS = 24 * 256
# Ratios of contrasts lie around 1; this lifts them into the range of the bins.
RATIO_UNIT = np.float32(4096)
# Rows of the histograms: four grey scales, lines, bars both ways, two contrast ratios, four chroma scales.
GREY, LINES, BARS, RATIOS, CHROMA, FEATURES = 0, 4, 5, 7, 9, 13


class TextureSettings(Protocol):
    """What `TextureParams` and `FittedTexture` have in common."""

    @property
    def colour(self) -> bool:
        """Full model, not grey model."""

    @property
    def geometric(self) -> bool:
        """Geometric mean over the scales, not maximum."""

    @property
    def window(self) -> int:
        """Side of the background window."""

    @property
    def scales(self) -> tuple[int, int, int, int]:
        """Sides of the boxes."""


@dataclass(frozen=True, kw_only=True)
class TextureStructure:
    """What sizes the memory of a plan, before anything is fitted.

    Attributes
    ----------
    colour, geometric : bool
    window : int
    scales : (int, int, int, int)
        As in `TextureParams`.
    channels : int
        1 for (H, W) images, 3 for (H, W, 3).
    """

    colour: bool
    geometric: bool
    window: int
    scales: tuple[int, int, int, int]
    channels: int

    @classmethod
    def of(cls, settings: TextureSettings, channels: int) -> TextureStructure:
        """The structure that parameters or a fitted texture ask for."""
        return cls(
            colour=settings.colour,
            geometric=settings.geometric,
            window=settings.window,
            scales=settings.scales,
            channels=channels,
        )

    @property
    def halo(self) -> int:
        """Pixels around a pixel that its value in the map depends on.

        At the image's edge windows are moved inside, so a pixel there looks further than one in the middle: twice the
        background window, and for the full model once more the window of fine contrast or a long bar.
        """
        half = self.window // 2
        if not self.colour:
            return max(3 * half, 2 * half + self.scales[-1] // 2)
        return max(4 * half + 1, 2 * half + LONG_BAR - 1)


@dataclass
class ResidualSums:
    """Sums over good pixels of one image or several: pixels, squared residuals per plane, fine contrast."""

    count: int
    squares: NDArray[np.int64]
    contrast: int

    def add(self, other: ResidualSums) -> None:
        """Take another image in."""
        self.count += other.count
        self.squares += other.squares
        self.contrast += other.contrast


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
