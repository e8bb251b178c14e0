"""A large image and its mask at halves of their size, tile by tile, for what shows them.

Each tile is made of the four below it while these are held, so the image is read once and memory holds a few tiles for each
thread and the one level from which on a single thread goes up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.io.tiles import BlockTiff, Source
from fastdefect.large.layout import Blocks, Place, pixels_of
from fastdefect.large.progress import Counter, Progress
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Shape


class Pictures(NamedTuple):
    """A tile of the image, uint8 (h, w) or (h, w, 3) BGR, and the same part of the mask, uint8 (h, w) of 0 and 255."""

    image: ByteImage
    mask: ByteImage


Put = Callable[[int, Place, Pictures], object]
"""Takes a tile: level, row and column of it, pictures; called from any thread, once for each tile."""


def levels_of(shape: Shape, side: int) -> list[Shape]:
    """Height and width of each level, from the whole image to one that a tile holds.

    Parameters
    ----------
    shape : (int, int)
    side : int
        Of a tile in pixels.

    Returns
    -------
    list of (int, int)
    """
    levels = [shape]
    while max(levels[-1]) > side:
        height, width = levels[-1]
        levels.append(((height + 1) // 2, (width + 1) // 2))
    return levels


class Pyramid:
    """Makes all tiles.

    Parameters
    ----------
    source : Source
    mask : BlockTiff
        Of the same height and width.
    side : int
        Of a tile in pixels, even.
    put : callable
        See `Put`.
    progress : callable, optional
        Called with a `Progress` after each tile of the image itself.
    """

    def __init__(
        self,
        source: Source,
        mask: BlockTiff,
        side: int,
        put: Put,
        progress: Callable[[Progress], object] | None = None,
    ) -> None:
        self._source, self._mask, self._side, self._put = source, mask, side, put
        self.levels = [Blocks(shape, side) for shape in levels_of(source.shape, side)]
        self._counter = Counter(progress, "drawing", source.shape[0] * source.shape[1])

    def make(self, workers: Workers) -> None:
        """Make them, on all threads as far as there is work for each."""
        most = len(self.levels) - 1
        start = next(
            (k for k in range(most, 0, -1) if len(self.levels[k]) >= 4 * workers.threads), 0
        )
        places = list(self.levels[start])
        held: dict[Place, Pictures] = {}

        def one(index: int, slot: int) -> None:
            held[places[index]] = self._tile(start, places[index])

        workers.run(one, len(places))
        for level in range(start + 1, most + 1):
            held = {
                place: self._joined(level, place, held.__getitem__) for place in self.levels[level]
            }

    def _tile(self, level: int, place: Place) -> Pictures:
        """A tile with all below it."""
        if level:
            return self._joined(level, place, lambda below: self._tile(level - 1, below))
        window = self.levels[0].window(place)
        made = Pictures(self._source.read(*window), self._mask.read(*window))
        self._put(0, place, made)
        self._counter.add(pixels_of(window))
        return made

    def _joined(self, level: int, place: Place, below: Callable[[Place], Pictures]) -> Pictures:
        """A tile from those below it."""
        down, across = self.levels[level - 1].grid
        rows = [i for i in (2 * place[0], 2 * place[0] + 1) if i < down]
        columns = [j for j in (2 * place[1], 2 * place[1] + 1) if j < across]
        parts = [[below((i, j)) for j in columns] for i in rows]
        images, masks = ([[part[k] for part in line] for line in parts] for k in (0, 1))
        made = Pictures(
            np.concatenate([np.concatenate([_mean(part) for part in line], 1) for line in images]),
            np.concatenate([np.concatenate([_most(part) for part in line], 1) for line in masks]),
        )
        self._put(level, place, made)
        return made


def _quarters(pixels: ByteImage) -> list[NDArray[np.uint8]]:
    """The four pixels of each square of two by two; the last row and column stand for those that are missing."""
    height, width = pixels.shape[:2]
    pad = [(0, height % 2), (0, width % 2)] + [(0, 0)] * (pixels.ndim - 2)
    even = np.pad(pixels, pad, "edge") if height % 2 or width % 2 else pixels
    return [even[i::2, j::2] for i in (0, 1) for j in (0, 1)]


def _mean(pixels: ByteImage) -> ByteImage:
    total = np.full(
        (-(-pixels.shape[0] // 2), -(-pixels.shape[1] // 2), *pixels.shape[2:]), 2, np.uint16
    )
    for quarter in _quarters(pixels):
        total += quarter
    total >>= 2
    return total.astype(np.uint8)


def _most(mask: ByteImage) -> ByteImage:
    """So that a defect of one pixel is seen on every level."""
    first, *others = _quarters(mask)
    found = first.copy()
    for quarter in others:
        np.maximum(found, quarter, out=found)
    return found
