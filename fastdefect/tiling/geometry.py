"""Tile geometry: pure functions, no arrays, no threads."""

from __future__ import annotations


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
        Least height in pixels for which the halo is worth paying.
    """
    if threads == 1:
        return height
    return max(least, -(-height // (2 * threads)))
