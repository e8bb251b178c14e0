"""Every tunable of the texture model once, and the constants that it learns; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.params import check_int, check_real

# Units of one natural logarithm: 1/4096 is a 25th of the step that one grey level makes at 160, so rounding
# never shows in a box sum, and the whole range of a table fits 16 bits.
LOG_UNIT = 4096
# Windows above 191 could overflow the 32-bit sums: 4/3 · 191² · 22713 < 2³¹, with the lines fitted at edges.
WINDOW_MAX = 191
# Bars: pixels of half a bar, of one that stands for the whole yarn, and across one that stands for the surroundings.
HALF_BAR, LONG_BAR, BAR_THICK = 31, 191, 45
# What looks past the edge by reflection reaches this far at most: half a thick bar.
PAD = BAR_THICK // 2
SIDE_MIN = 32


@dataclass(frozen=True, kw_only=True)
class TextureParams:
    """What a person may set before `TextureModel.fit`.

    Attributes
    ----------
    false_alarms : float
        Share of good images that may be called defective, 1e-6 ... 0.2.
    colour : bool
        True: the full model (grey, lines, bars, chroma, loss of texture). False: the grey model, about six times as
        fast, blind to defects of equal brightness and to smoothed texture.
    window : int
        Side of the box whose mean is the background, in pixels, odd, 31 ... 191. Wider finds wider defects
        and needs more even light; below 63 wide defects are taken for background.
    scales : (int, int, int, int)
        Sides of the boxes that are compared with the good texture, in pixels, odd, rising, 1 ... 31.
    geometric : bool
        True: geometric mean over the scales (sharp maps). False: their maximum (large faint stains).
    clip : float
        Residuals beyond this many standard deviations count as that much when the background is averaged again.
    quantile : float
        Share of good pixels below which a feature is called 1; 0.9 ... 0.99999.
    knee : float
        Lines, chroma and loss of texture count from this share of their quantile on, 0 ... 0.9: half of it
        keeps the map as sharp as the grey one.
    weight : float
        What these three are worth at their quantile, against 1 for grey; 0 ... 1. At 0.5 weakly smoothed texture is lost.
    bar_weight : float
        Scale of what bars, which answer to broken and thick yarns, count in the map; 0 ... 1, 0 silences them.
    column_profile : bool
        Take the median of each column off first, for warp stripes and fixed line-scan cameras.
    """

    false_alarms: float = 0.01
    colour: bool = True
    window: int = 95
    scales: tuple[int, int, int, int] = (1, 3, 5, 9)
    geometric: bool = True
    clip: float = 1.0
    quantile: float = 0.9995
    knee: float = 0.5
    weight: float = 0.6
    bar_weight: float = 1.0
    column_profile: bool = False

    def __post_init__(self) -> None:
        _within("false_alarms", self.false_alarms, 1e-6, 0.2)
        _within("clip", self.clip, 0.1, 10.0)
        _within("quantile", self.quantile, 0.9, 0.99999)
        _within("knee", self.knee, 0.0, 0.9)
        _within("weight", self.weight, 0.0, 1.0)
        _within("bar_weight", self.bar_weight, 0.0, 1.0)
        for name in ("colour", "geometric", "column_profile"):
            if not isinstance(getattr(self, name), bool):
                raise ArgumentTypeError(
                    f"{name}: expected True or False, received {getattr(self, name)!r}; pass a bool"
                )
        _odd("window", self.window, 31, WINDOW_MAX)
        scales = self.scales
        if not isinstance(scales, (tuple, list)) or len(scales) != 4:
            raise ArgumentTypeError(
                f"scales: expected four odd numbers, received {scales!r}; pass for example (1, 3, 5, 9)"
            )
        for scale in scales:
            _odd("scales", scale, 1, 31)
        if any(a >= b for a, b in pairwise(scales)):
            raise ArgumentValueError(
                f"scales: expected rising numbers, received {tuple(scales)}; sort them, each once"
            )
        object.__setattr__(self, "scales", tuple(int(s) for s in scales))

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


def _within(name: str, value: object, least: float, most: float) -> None:
    number = check_real(name, value, least=least)
    if number > most:
        raise ArgumentValueError(
            f"{name}: expected a number from {least:g} to {most:g}, received {number:g}; "
            "choose a value of that range"
        )


def _odd(name: str, value: object, least: int, most: int) -> None:
    if check_int(name, value, least, most) % 2 == 0:
        raise ArgumentValueError(
            f"{name}: expected an odd number, received {value}; add or take off 1"
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class TextureConstants:
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
