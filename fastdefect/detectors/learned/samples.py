"""Crops that a network learns from, drawn anew for each step: turned, mirrored, in another light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.typing import BoolImage, ByteImage

Floats = NDArray[np.float32]
# A photograph's light between that of a worn lamp and of a new one, and the fall from one side to the other.
_LIGHT, _SHADING = (0.6, 1.3), 0.25
# Least distance of a chosen defective pixel from the crop's edge, so that what is around it is seen too.
_RIM = 8


class Batch(NamedTuple):
    """What a step learns from.

    Attributes
    ----------
    images : ndarray of float32, (N, C, H, W)
        Grey levels.
    masks : ndarray of float32, (N, 1, H, W)
        1 where a defect is.
    """

    images: Floats
    masks: Floats


class Samples:
    """Images in memory, and crops of them.

    Parameters
    ----------
    good : sequence of ndarray of uint8, (H, W) or (H, W, 3)
    defective : sequence of (ndarray of uint8, ndarray of bool)
        Images and where they are defective; half of each batch shows such a place.
    side : int
        Most height and width of a crop, a multiple of the stride.
    stride : int
    """

    def __init__(
        self,
        good: Sequence[ByteImage],
        defective: Sequence[tuple[ByteImage, BoolImage]],
        side: int,
        stride: int,
    ) -> None:
        self._good, self._defective = good, defective
        self._places = [np.argwhere(mask) for _, mask in defective]
        everything = [*good, *(image for image, _ in defective)]
        least = min(min(image.shape[:2]) for image in everything)
        self._side = min(side, least // stride * stride)

    def batch(self, count: int, random: np.random.Generator) -> Batch:
        """Draw ``count`` crops."""
        drawn = [self._draw(random, index % 2 == 0) for index in range(count)]
        return as_batch([image for image, _ in drawn], [mask for _, mask in drawn])

    def _draw(self, random: np.random.Generator, bad: bool) -> tuple[ByteImage, BoolImage]:
        side = self._side
        if bad and self._defective:
            index = int(random.integers(len(self._defective)))
            image, mask = self._defective[index]
            place = self._places[index][random.integers(len(self._places[index]))]
            start = place - random.integers(
                min(_RIM, side // 2), max(side - _RIM, side // 2 + 1), 2
            )
        else:
            image = self._good[int(random.integers(len(self._good)))]
            mask = np.zeros(image.shape[:2], np.bool_)
            start = np.array([random.integers(length - side + 1) for length in image.shape[:2]])
        y, x = np.clip(start, 0, np.array(image.shape[:2]) - side)
        turns, mirrored = int(random.integers(4)), bool(random.integers(2))
        crops = (each[y : y + side, x : x + side] for each in (image, mask))
        turned, turned_mask = (view(each, turns, mirrored) for each in crops)
        return relit(turned, random), turned_mask


def view(image: NDArray[Any], turns: int, mirrored: bool) -> NDArray[Any]:
    """One of the eight views that a texture has no preference among, contiguous."""
    turned = np.rot90(image, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def relit(image: ByteImage, random: np.random.Generator) -> ByteImage:
    """The image in another light: brighter or darker, and falling off to one side, rounded as a camera does."""
    factor, slope = random.uniform(*_LIGHT), random.uniform(0, _SHADING)
    angle = random.uniform(0, 2 * np.pi)
    rows, columns = (np.linspace(-0.5, 0.5, length) for length in image.shape[:2])
    ramp = np.sin(angle) * rows[:, None] + np.cos(angle) * columns
    light = factor * (1 + slope * ramp)
    lit = image * (light[..., None] if image.ndim == 3 else light)
    return np.rint(lit).clip(0, 255).astype(np.uint8)


def as_batch(images: Sequence[ByteImage], masks: Sequence[BoolImage]) -> Batch:
    """Images of one shape and their masks as a network takes them."""
    stacked = np.stack(images).astype(np.float32)
    planes = stacked[:, None] if stacked.ndim == 3 else stacked.transpose(0, 3, 1, 2)
    return Batch(np.ascontiguousarray(planes), np.stack(masks)[:, None].astype(np.float32))
