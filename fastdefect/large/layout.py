"""Blocks, which results are made of, and tiles, which they are computed in: pure geometry.

A block is a unit of the file, of the journal and of the certificate. A tile is a unit of computing: some blocks and what is
seen around them. Every tile's outer part has one shape, so one plan serves all; it is moved inside at the image's edge,
where a window that a detector keeps inside the image then lies as it does in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from fastdefect.typing import Shape

BLOCK = 1024
"""Side of a block in pixels, of every result and certificate."""

Place = tuple[int, int]
Window = tuple[slice, slice]


@dataclass(frozen=True)
class Blocks:
    """An image in blocks.

    Attributes
    ----------
    shape : (int, int)
        Height and width in pixels.
    side : int
        Of a block in pixels.
    """

    shape: Shape
    side: int

    @property
    def grid(self) -> tuple[int, int]:
        """How many there are down and across."""
        return -(-self.shape[0] // self.side), -(-self.shape[1] // self.side)

    def __len__(self) -> int:
        return self.grid[0] * self.grid[1]

    def __iter__(self) -> Iterator[Place]:
        """Row and column of each, row by row."""
        down, across = self.grid
        return ((i, j) for i in range(down) for j in range(across))

    def window(self, place: Place) -> Window:
        """Pixels of a block."""
        (height, width), side = self.shape, self.side
        top, left = place[0] * side, place[1] * side
        return slice(top, min(top + side, height)), slice(left, min(left + side, width))


class Tile(NamedTuple):
    """Some blocks that are computed together.

    Attributes
    ----------
    places : tuple of (int, int)
        The blocks.
    outer : (slice, slice)
        What is looked at, in the image.
    core : (slice, slice)
        What the blocks cover, in the image.
    """

    places: tuple[Place, ...]
    outer: Window
    core: Window

    def inner(self, window: Window) -> Window:
        """A window of the image, seen from the outer part."""
        return shifted(window, self.outer)


def pixels_of(window: Window) -> int:
    """How many a window has."""
    rows, columns = window
    return (rows.stop - rows.start) * (columns.stop - columns.start)


def shifted(window: Window, outer: Window) -> Window:
    """A window in the coordinates of another one that holds it."""
    rows, columns = (
        slice(own.start - around.start, own.stop - around.start)
        for own, around in zip(window, outer, strict=True)
    )
    return rows, columns


def grown(window: Window, by: int, shape: Shape) -> Window:
    """A window with some pixels more on every side, cut off at the image's edge."""
    rows, columns = (
        slice(max(0, part.start - by), min(size, part.stop + by))
        for part, size in zip(window, shape, strict=True)
    )
    return rows, columns


@dataclass(frozen=True)
class Layout:
    """An image in tiles of some blocks each.

    Attributes
    ----------
    blocks : Blocks
    tile : (int, int)
        Blocks of a tile, down and across.
    halo : int
        Pixels seen around each pixel.
    grid : int
        Outer parts begin at multiples of it; divides the side of a block.
    """

    blocks: Blocks
    tile: tuple[int, int]
    halo: int
    grid: int

    @property
    def outer_shape(self) -> Shape:
        """Of every tile."""
        height, width = (
            _outer_side(size, count * self.blocks.side, self.halo, self.grid)
            for size, count in zip(self.blocks.shape, self.tile, strict=True)
        )
        return height, width

    def tiles(self, wanted: set[Place]) -> Iterator[Tile]:
        """The tiles that hold wanted blocks, row by row, each with its wanted blocks alone."""
        for i in range(0, self.blocks.grid[0], self.tile[0]):
            for j in range(0, self.blocks.grid[1], self.tile[1]):
                places = tuple(
                    (a, b)
                    for a in range(i, min(i + self.tile[0], self.blocks.grid[0]))
                    for b in range(j, min(j + self.tile[1], self.blocks.grid[1]))
                    if (a, b) in wanted
                )
                if places:
                    yield self._tile(places, (i, j))

    def outer(self, first: Place) -> Window:
        """What the tile looks at whose first block this is."""
        return self._tile((first,), first).outer

    def _tile(self, places: tuple[Place, ...], first: Place) -> Tile:
        side = self.blocks.side
        core, outer = [], []
        for axis in (0, 1):
            size, length = self.blocks.shape[axis], self.outer_shape[axis]
            start = first[axis] * side
            stop = min(start + self.tile[axis] * side, size)
            halo = -(-self.halo // self.grid) * self.grid
            low = max(0, min(start - halo, size - length))
            core.append(slice(start, stop))
            outer.append(slice(low, low + length))
        return Tile(places, (outer[0], outer[1]), (core[0], core[1]))


def _outer_side(size: int, core: int, halo: int, grid: int) -> int:
    length = core + 2 * (-(-halo // grid) * grid)
    if length >= size:
        return size
    # so that the last one, which ends with the image, begins at a multiple too
    return length + (size - length) % grid


def best_tile(
    blocks: Blocks, halo: int, grid: int, pixels: int, *, whole_rows: bool = False
) -> tuple[int, int] | None:
    """The tile of at most so many pixels with which all tiles together look at the fewest; None if none fits.

    The last tile of a row is as large as the others, whatever it has to do: 6 blocks of 32 leave one of 2.
    """
    best: tuple[int, int, tuple[int, int]] | None = None
    down, across = blocks.grid
    for i in range(1, down + 1):
        for j in range(across if whole_rows else 1, across + 1):
            height, width = Layout(blocks, (i, j), halo, grid).outer_shape
            if height * width > pixels:
                break
            ranked = -(-down // i) * -(-across // j) * height * width, i * j, (i, j)
            best = ranked if best is None or ranked < best else best
    return None if best is None else best[2]
