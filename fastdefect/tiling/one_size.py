"""Tiles of one shape, for what is planned for one shape only."""

from __future__ import annotations

from fastdefect.tiling.geometry import Tile


def tiles_of_one_size(shape: tuple[int, int], halo: int, side: int) -> tuple[Tile, ...]:
    """Cut an image into tiles whose ``outer`` parts have one shape, for what is planned for one shape only.

    Parameters
    ----------
    shape : (int, int)
        Image height and width in pixels.
    halo : int
        Pixels that the operation sees around each pixel, on every side.
    side : int
        Height and width of ``outer``, more than twice the halo; less along a shorter image.

    Notes
    -----
    Tiles begin at multiples of ``side - 2 halo``, but for the last, which ends with the image and shares the more of
    its pixels with the one before. So all begin at multiples of what divides shape, halo and side.
    """
    rows, columns = (_spans(length, halo, side) for length in shape)
    return tuple(Tile(*zip(row, column, strict=True)) for row in rows for column in columns)


def _spans(length: int, halo: int, side: int) -> list[tuple[slice, slice, slice]]:
    """Core, outer and inner of each tile along one axis."""
    if length <= side:
        whole = slice(0, length)
        return [(whole, whole, whole)]
    starts = [*range(0, length - side, side - 2 * halo), length - side]
    ends = [start + side - halo for start in starts[:-1]] + [length]
    begins = [0, *ends[:-1]]
    return [
        (slice(begin, end), slice(start, start + side), slice(begin - start, end - start))
        for begin, end, start in zip(begins, ends, starts, strict=True)
    ]
