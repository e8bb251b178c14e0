"""Tiles of a window, and the blur of the optics."""

from collections.abc import Iterator

import numpy as np

#: Rows and columns of a tile: its arrays of 4 bytes stay in the second-level cache.
TILE = (64, 512)


def tiles(y0: int, x0: int, height: int, width: int) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Cut a window into tiles: upper left corner and size of each."""
    for top in range(y0, y0 + height, TILE[0]):
        for left in range(x0, x0 + width, TILE[1]):
            yield top, left, (min(TILE[0], y0 + height - top), min(TILE[1], x0 + width - left))


def soften(plane: np.ndarray) -> np.ndarray:
    """Blur by 1 2 1 both ways; the result is smaller by one pixel on each side."""
    rows = plane[1:-1] * np.float32(2.0)
    rows += plane[:-2]
    rows += plane[2:]
    result = rows[:, 1:-1] * np.float32(2.0)
    result += rows[:, :-2]
    result += rows[:, 2:]
    result *= np.float32(1.0 / 16.0)
    return result
