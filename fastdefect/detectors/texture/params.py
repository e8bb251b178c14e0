"""What a person may set before the texture model is trained: unit, range, default."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from fastdefect.checks import check_int, check_real, short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.operations.texture import BACKGROUND_WINDOW_MAX, TextureStructure


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
    background_clip_sigma : float
        Residuals beyond this many standard deviations count as that much when the background is averaged again.
    quantile : float
        Share of good pixels below which a feature is called 1; 0.9 ... 0.99999.
    side_onset : float
        Lines, chroma and loss of texture count from this share of their quantile on, 0 ... 0.9: half of it
        keeps the map as sharp as the grey one.
    side_weight : float
        What these three are worth at their quantile, against 1 for grey; 0 ... 1. At 0.5 weakly smoothed texture is lost.
    bar_weight : float
        Scale of what bars, which answer to broken and thick yarns, count in the map; 0 ... 1, 0 silences them.
    column_profile : bool
        Take the median of each column off first, for warp stripes and fixed line-scan cameras.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad value.

    Examples
    --------
    >>> from fastdefect import TextureParams
    >>> TextureParams(window=31).halo, TextureParams(window=31, colour=False).halo
    (220, 45)
    >>> TextureParams(window=30)
    Traceback (most recent call last):
    ...
    fastdefect.errors.ArgumentValueError: window: expected ...
    """

    false_alarms: float = 0.01
    colour: bool = True
    window: int = 95
    scales: tuple[int, int, int, int] = (1, 3, 5, 9)
    geometric: bool = True
    background_clip_sigma: float = 1.0
    quantile: float = 0.9995
    side_onset: float = 0.5
    side_weight: float = 0.6
    bar_weight: float = 1.0
    column_profile: bool = False

    def __post_init__(self) -> None:
        _within("false_alarms", self.false_alarms, 1e-6, 0.2)
        _within("background_clip_sigma", self.background_clip_sigma, 0.1, 10.0)
        _within("quantile", self.quantile, 0.9, 0.99999)
        _within("side_onset", self.side_onset, 0.0, 0.9)
        _within("side_weight", self.side_weight, 0.0, 1.0)
        _within("bar_weight", self.bar_weight, 0.0, 1.0)
        for name in ("colour", "geometric", "column_profile"):
            if not isinstance(getattr(self, name), bool):
                raise ArgumentTypeError(
                    f"{name}: expected True or False, received {short(getattr(self, name))}; pass a bool"
                )
        _odd("window", self.window, 31, BACKGROUND_WINDOW_MAX)
        scales = self.scales
        if not isinstance(scales, (tuple, list)) or len(scales) != 4:
            raise ArgumentTypeError(
                f"scales: expected four odd numbers, received {short(scales)}; pass for example (1, 3, 5, 9)"
            )
        for scale in scales:
            _odd("scales", scale, 1, 31)
        if any(a >= b for a, b in pairwise(scales)):
            raise ArgumentValueError(
                f"scales: expected rising numbers, received {short(scales)}; sort them, each once"
            )
        object.__setattr__(self, "scales", tuple(int(s) for s in scales))

    @property
    def halo(self) -> int:
        """Pixels around a pixel that its value in the map depends on, see `TextureStructure`."""
        return TextureStructure.of(self, 3).halo


def _within(name: str, value: object, least: float, most: float) -> None:
    number = check_real(name, value, minimum=least)
    if number > most:
        raise ArgumentValueError(
            f"{name}: expected a number from {least:g} to {most:g}, received {number:g}; "
            "choose a value of that range"
        )


def _odd(name: str, value: object, least: int, most: int) -> None:
    if check_int(name, value, least, most) % 2 == 0:
        raise ArgumentValueError(
            f"{name}: expected an odd number, received {short(value)}; add or take off 1"
        )
