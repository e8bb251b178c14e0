"""NL-means where nothing differs: a tile whose grey values span at most one level is a box mean.

Then no patch distance exceeds (2t+1)**2, which is below 2**shift, so every pixel of the search window has the largest
weight. OpenCV's (M * sum + M * n // 2) // (M * n), n = (2s+1)**2 pixels, is (sum + n // 2) // n, because n is odd.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def span(low, high):
    """Range of the grey values of a tile, from those of its rows."""
    least = low[0]
    most = high[0]
    for row in range(low.size):
        least = min(least, low[row])
        most = max(most, high[row])
    return np.int64(most) - np.int64(least)


@kernel
def box_mean(src, row_map, column_map, skip, s, columns, out):
    """Rounded means of the search windows.

    Parameters
    ----------
    src : ndarray of uint8, shape (H, W)
    row_map, column_map : ndarray of int64
        Source rows and columns of the tile and its border.
    skip : (int, int)
        Row and column of the maps at which the window of the first pixel begins.
    s : int
        Half size of the search window.
    columns : ndarray of int32
        Scratch for the sums of columns; at least ``out.shape[1] + 2 s`` entries.
    out : ndarray of uint8
        The tile's part of the result.
    """
    height, width = out.shape
    side = 2 * s + 1
    count = np.int32(side * side)
    half = np.int32(side * side // 2)
    top, left = skip
    for x in range(width + 2 * s):
        total = np.int32(0)
        for y in range(side - 1):
            total += np.int32(src[row_map[top + y], column_map[left + x]])
        columns[x] = total
    for y in range(height):
        enters = src[row_map[top + y + side - 1]]
        leaves = src[row_map[top + y]]
        for x in range(width + 2 * s):
            columns[x] += np.int32(enters[column_map[left + x]])
        total = np.int32(0)
        for x in range(side - 1):
            total += columns[x]
        for x in range(width):
            total += columns[x + side - 1]
            out[y, x] = np.uint8(np.int32(total + half) // count)
            total -= columns[x]
        for x in range(width + 2 * s):
            columns[x] -= np.int32(leaves[column_map[left + x]])
