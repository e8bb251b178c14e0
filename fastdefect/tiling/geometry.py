"""Tile geometry: pure functions, no arrays, no threads."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt


def strips(height: int, rows: int) -> tuple[tuple[int, int], ...]:
    """Cut an image into horizontal strips.

    Parameters
    ----------
    height : int
        Image height in pixels, at least 1.
    rows : int
        Height of a strip in pixels, at least 1; the last strip is the rest.

    Returns
    -------
    tuple of (int, int)
        Half-open row ranges in order, without gap or overlap.
    """
    return tuple((y, min(y + rows, height)) for y in range(0, height, rows))


def strip_rows(height: int, threads: int, least: int) -> int:
    """Height of the strips that keep ``threads`` threads evenly busy.

    One thread gets one strip, because each strip pays its halo again. Several get two strips each, so that
    a thread that starts late costs at most a quarter of the work.

    Parameters
    ----------
    height : int
        Image height in pixels.
    threads : int
        Number of threads.
    least : int
        Least height in pixels for which another thread and a halo are worth paying.
    """
    if threads == 1:
        return height
    return max(least, -(-height // (2 * threads)))


Range = tuple[slice, slice]


@dataclass(frozen=True)
class Tile:
    """Where a tile is computed from and where its result goes; slices of rows and columns.

    Attributes
    ----------
    core : (slice, slice)
        What the tile is responsible for, in image coordinates.
    outer : (slice, slice)
        The core and its halo, cut off at the image's edge, in image coordinates.
    inner : (slice, slice)
        The core within ``outer``.
    """

    core: Range
    outer: Range
    inner: Range


def tiles(shape: tuple[int, int], halo: int, pixels: int) -> tuple[Tile, ...]:
    """Cut an image into tiles of at most ``pixels`` pixels with their halo, as wide as possible.

    Parameters
    ----------
    shape : (int, int)
        Image height and width in pixels.
    halo : int
        Pixels that the operation sees around each pixel, on every side.
    pixels : int
        Limit for the area of ``outer``. It must hold a core of one pixel: at least ``(2 halo + 1) ** 2``.

    Notes
    -----
    Strips over the full width are taken while they keep at least half of their rows as core; otherwise
    tiles are about square, which has the least halo.
    """
    height, width = shape
    rows = pixels // width - 2 * halo
    columns = width
    if rows < 2 * halo or rows < 1:
        side = isqrt(pixels) - 2 * halo
        columns = min(width, side)
        rows = pixels // min(width, columns + 2 * halo) - 2 * halo
    made = []
    for y0, y1 in strips(height, rows):
        for x0, x1 in strips(width, columns):
            row, column = _span(y0, y1, halo, height), _span(x0, x1, halo, width)
            core, outer, inner = zip(row, column, strict=True)
            made.append(Tile(core, outer, inner))
    return tuple(made)


def _span(start: int, stop: int, halo: int, size: int) -> tuple[slice, slice, slice]:
    low, high = max(0, start - halo), min(size, stop + halo)
    return slice(start, stop), slice(low, high), slice(start - low, stop - low)
