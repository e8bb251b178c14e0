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
# Wide enough for every window that looks past the edge by reflection (lines reach 11, boxes up to 15 pixels).
SIDE_MIN = 32
PAD = 16


@dataclass(frozen=True, kw_only=True)
class TextureParams:
    """What a person may set before `TextureModel.fit`.

    Attributes
    ----------
    false_alarms : float
        Share of good images that may be called defective, 1e-6 ... 0.2.
    colour : bool
        True: the full model (grey, lines, bars, chroma, loss of texture). False: the grey model, about three times as
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
        Lines, bars, chroma and loss of texture count from this share of their quantile on, 0 ... 0.9: half of it
        keeps the map as sharp as the grey one.
    weight : float
        What these four are worth at their quantile, against 1 for grey; 0 ... 1. At 0.7 their tails hide broken
        yarns from grey; at 0.5 weakly smoothed texture is lost.
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
    column_profile: bool = False

    def __post_init__(self) -> None:
        _within("false_alarms", self.false_alarms, 1e-6, 0.2)
        _within("clip", self.clip, 0.1, 10.0)
        _within("quantile", self.quantile, 0.9, 0.99999)
        _within("knee", self.knee, 0.0, 0.9)
        _within("weight", self.weight, 0.0, 1.0)
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
    """What `fit` learned; with it the map of a pixel depends on its neighbourhood only (see `halo`).

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
        Residuals are clipped here before lines and bars are summed, 1 ... 2700 so that 12 of them fit 16 bits.
    line_weight, bar_weight : float32
    energy_clip, energy_neutral : int
        Limit of the fine contrast of one pixel, and what a saturated pixel counts, in ninths of a log unit.
    energy_floor : float32
        Added to mean contrasts before they are divided.
    energy_gains, energy_weights : ndarray of float32, (2,)
        Typical ratio of local to surrounding contrast, and one over the quantile of its loss, boxes 9 and 15.
    side_gain, side_offset : float32
        Lines, bars, chroma and energy enter the map as ``side_gain * z - side_offset``.
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
    bar_weight: np.float32
    energy_clip: int
    energy_neutral: int
    energy_floor: np.float32
    energy_gains: NDArray[np.float32]
    energy_weights: NDArray[np.float32]
    side_gain: np.float32
    side_offset: np.float32
    profile: NDArray[np.int16] | None = None

    @property
    def reach(self) -> int:
        """Pixels that a feature looks beyond its own, on the residual."""
        box = self.scales[-1] // 2
        return max(box, self.window // 2 + 1, 15) if self.colour else box

    @property
    def halo(self) -> int:
        """Pixels around a tile that its map depends on.

        At the image's edge windows are moved inside, so a pixel there looks further than one in the middle:
        twice the background window, and for the full model once more the window of fine contrast.
        """
        half = self.window // 2
        return 4 * half + 1 if self.colour else max(3 * half, 2 * half + self.reach)
