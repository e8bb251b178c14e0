"""How much good material itself varies, and which detector that asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks import check_image, short
from fastdefect.detectors.good_images import area_of_each, check_listed, image_name
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.io import read_image
from fastdefect.kernels.texture.tables import CHANNEL_TABLE, log_levels
from fastdefect.operations.texture import LOG_UNIT
from fastdefect.roi.area import chosen_pixels

EVEN, VARIED = "texture", "pattern"
"""Kinds of the detectors for material that is even, and for material that varies in itself."""
MOST_EVEN = 0.25
"""Variation above which the material itself is what the texture model sees first, see `benchmarks.advice`."""
LEAST_REPEAT = 0.2
"""Repetition of the colour from which on it is that of yarns: of paper and cloth of one dye 0.09 at most, of denim 0.36."""
# The texture model's largest boxes, its background, and the share of good boxes that it calls good.
_BOX, _BACKGROUND, _QUANTILE = 9, 95, 0.9995
# So many images say it, and of large ones the middle.
_MOST_IMAGES, _MOST_SIDE = 12, 1024
_SHARE = 0.75
# Colours are compared as means of boxes of 3 pixels, over up to 20 pixels, half a repeat of most weaves.
_FINE, _LAGS = 3, 20
# Of fewer pairs noise alone has correlations of 0.2: a standard deviation is 3 / sqrt(pairs), and the lowest of 40 counts.
_LEAST_PAIRS = 2000


@dataclass(frozen=True)
class Advice:
    """Which detector suits a material, and why.

    Attributes
    ----------
    kind : str
        Of the detector.
    variation : float
        How far the mean of a box of 9 pixels lies from its surroundings in good material, as a share of brightness or of
        the colour's; one box in 2,000 lies further.
    repetition : float
        How much the colour of good material swings between two values along rows or columns, 0 to 1: the lowest
        autocorrelation, with its sign changed. 0 for noise and blotches, high for yarns of two colours; 0 without colour.
    images : int
        How many images were measured.

    Examples
    --------
    >>> from fastdefect.detectors.choice.advice import Advice
    >>> Advice("pattern", 0.34, 0.02, 12).words
    'pattern suits: good images (12 measured) differ within themselves by 34 % over 9 pixels (texture: up to 25 %)'
    """

    kind: str
    variation: float
    repetition: float
    images: int

    @property
    def words(self) -> str:
        """The advice in one line."""
        differ = f"good images ({self.images} measured) differ within themselves by {100 * self.variation:.0f} %"
        limit = f"over {_BOX} pixels ({EVEN}: up to {100 * MOST_EVEN:.0f} %)"
        if self.repetition >= LEAST_REPEAT:
            limit += f", and their colour swings as that of yarns ({self.repetition:.2f} of 1)"
        return f"{self.kind} suits: {differ} {limit}"


def advise(images: Sequence[Any], ignore: Any = None, *, colour: bool = True) -> Advice:
    """Measure how much good material varies, and say which detector suits it.

    Parameters
    ----------
    images : sequence of ndarray or path
        Good images, as for `TextureModel.fit`.
    ignore : optional
        What does not count, as for `TextureModel.fit`.
    colour : bool, default: True
        Whether differences of colour count.

    Returns
    -------
    Advice

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, ImageReadError
        For something that is no list of images, and without an image in which any part of 9 pixels counts.

    Notes
    -----
    The texture model compares box means with those of good material: what a defect has to exceed is what good material
    does by itself. So the first measure is that very number, the highest of brightness and two colour ratios, measured on up
    to 12 images, a quarter of which lie higher: stripes that are wider apart than an image are not in each. It needs no
    training and no defect. Fine yarns of two colours average out in boxes; they are told by their colour, which swings
    with the weave. About 40 ms an image of 256×256 pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.detectors.choice.advice import advise
    >>> noise = np.random.default_rng(0).normal(0, 6, (8, 96, 96))
    >>> stripes = 110 + 90 * (np.arange(96) // 12 % 2) + np.zeros((96, 1))
    >>> [advise(list((m + noise).clip(0, 255).astype(np.uint8))).kind for m in (110, stripes)]
    ['texture', 'pattern']
    """
    if not isinstance(colour, bool):
        raise ArgumentTypeError(
            f"colour: expected True or False, received {short(colour)}; pass a bool"
        )
    found = [*_measured(images, ignore, colour)]
    if not found:
        raise ArgumentValueError(
            f"images: expected good images with parts of {_BOX} pixels that count, received none; ignore less"
        )
    value, swing = (float(each) for each in np.quantile(found, _SHARE, axis=0))
    kind = VARIED if value > MOST_EVEN or swing >= LEAST_REPEAT else EVEN
    return Advice(kind, value, swing, len(found))


def _measured(images: Sequence[Any], ignore: Any, colour: bool) -> Iterator[tuple[float, float]]:
    """Variation and repetition of up to `_MOST_IMAGES` images, from all over the sequence."""
    check_listed(images)
    each = area_of_each(ignore, len(images))
    for place in (
        np.linspace(0, len(images) - 1, min(len(images), _MOST_IMAGES)).astype(int).tolist()
    ):
        item = images[place]
        image = check_image(
            image_name(images, place), read_image(item) if isinstance(item, (str, Path)) else item
        )
        area, name = (ignore, "ignore") if each is None else (each[place], f"ignore[{place}]")
        shape = image.shape[0], image.shape[1]
        outside = np.zeros(shape, np.bool_) if area is None else chosen_pixels(name, area, shape)
        top, left = (max(0, (side - _MOST_SIDE) // 2) for side in shape)
        middle = np.s_[top : top + _MOST_SIDE, left : left + _MOST_SIDE]
        planes = [log_levels(image[middle]).astype(np.int64)]
        if colour and image.ndim == 3:
            blue, green, red = np.moveaxis(CHANNEL_TABLE[image[middle]].astype(np.int64), 2, 0)
            planes += [red - green, blue - green]
        inside = ~outside[middle]
        boxes = [_away(plane, inside, _BOX) for plane in planes]
        if np.isfinite(boxes[0]).any():
            away = max(float(np.nanquantile(np.abs(each), _QUANTILE)) for each in boxes)
            yield math.expm1(away / LOG_UNIT), _repetition(planes[1:], inside)


def _repetition(colours: Sequence[NDArray[np.int64]], inside: NDArray[np.bool_]) -> float:
    """The lowest autocorrelation of the colour that varies most, see `Advice`."""
    fields = [_away(plane, inside, _FINE) for plane in colours]
    if not fields or not np.isfinite(fields[0]).any():
        return 0.0
    field = max(fields, key=lambda each: float(np.nanvar(each)))
    square = float(np.nanmean(field * field))
    if square == 0.0:
        return 0.0
    lowest = 0.0
    for rows in (field, field.T):
        for lag in range(1, min(_LAGS + 1, len(rows))):
            together = rows[lag:] * rows[:-lag]
            if np.isfinite(together).sum() >= _LEAST_PAIRS:
                lowest = min(lowest, float(np.nanmean(together)) / square)
    return min(-lowest, 1.0)


def _away(plane: NDArray[np.int64], inside: NDArray[np.bool_], side: int) -> NDArray[np.float64]:
    """How far the mean of each box lies from that of its surroundings; NaN where a pixel of the box does not count."""
    wide = min(_BACKGROUND, min(plane.shape) // 2 | 1)
    rim = (wide - side) // 2
    counts, values = inside.astype(np.int64), inside * plane
    counted = _sums(counts, wide)
    part = np.s_[rim : rim + counted.shape[0], rim : rim + counted.shape[1]]
    whole = _sums(counts, side)[part] == side * side
    far = _sums(values, wide) / np.maximum(counted, 1)
    return np.where(whole, _sums(values, side)[part] / float(side * side) - far, math.nan)


def _sums(plane: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Sums of all boxes of a side that fit the plane."""
    total = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1), np.int64)
    total[1:, 1:] = plane.cumsum(0).cumsum(1)
    sums: NDArray[np.int64] = total[side:, side:] - total[:-side, side:]
    return sums - total[side:, :-side] + total[:-side, :-side]
