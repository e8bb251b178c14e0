"""NL-means for every parameter set, in plain loops: the exact path where the vector kernel has no place.

Half of the offsets suffice, because the weight of (p, p + d) is that of (p + d, p). Per offset the squared differences
are summed down the columns and along the rows as running sums, so the cost does not depend on the template window. The
loops without a dependency become vectors; the look-up does not. The same code runs without the JIT.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def extend(src, rows, columns, tile):
    """Copy a tile and its border: ``tile[i, j] = src[rows[i], columns[j]]``."""
    for i in range(rows.size):
        line = src[rows[i]]
        for j in range(columns.size):
            tile[i, j] = line[columns[j]]


@kernel
def square_differences(a, b, sums, sign):
    """Add or subtract ``(a - b) ** 2`` to column sums."""
    for i in range(sums.size):
        difference = np.int32(a[i]) - np.int32(b[i])
        sums[i] += np.int32(sign * np.int32(difference * difference))


@kernel
def add_products(weighted, weights, row, pixels):
    """Add weights and weighted pixels of one row of targets."""
    for i in range(row.size):
        weight = row[i]
        weights[i] += weight
        weighted[i] += np.int32(weight * np.int32(pixels[i]))


@kernel
def denoise_tile_plainly(tile, table, shift, t, s, sums, row, weighted, weights, out):
    """NL-means of one tile.

    Parameters
    ----------
    tile : ndarray of uint8, shape (H + 2t + 2s, W + 2t + 2s)
        The tile and its border.
    table : ndarray of int32
        Weights by ``ssd >> shift``; the last entry is 0 and serves all larger distances.
    shift, t, s : int
        Bits dropped from a distance, half sizes of template and search window.
    sums, row : ndarray of int32, length W + 2t + 2s
        Scratch: sums of columns, weights of one row.
    weighted, weights : ndarray of int32, shape (H, W)
        Scratch: both sums of each pixel. Their bounds are those of OpenCV: below 2**31.
    out : ndarray of uint8, shape (H, W)

    Notes
    -----
    Cost: (2s+1)**2 / 2 offsets, each about 3 ns per pixel.
    """
    height, width = out.shape
    border = t + s
    last = np.int32(table.size - 1)
    largest = table[0]
    for y in range(height):
        for x in range(width):
            weights[y, x] = largest
            weighted[y, x] = np.int32(largest * np.int32(tile[y + border, x + border]))
    for dy in range(s + 1):
        for dx in range(-s if dy else 1, s + 1):
            # weights of pixels p = (y, x) with p or p + (dy, dx) in the tile
            left, right = min(0, -dx), max(width, width - dx)
            length = right - left
            columns = sums[: length + 2 * t]
            columns[:] = np.int32(0)
            here = left + border - t
            there = here + dx
            for y in range(-dy, height):
                bottom = y + border + t
                if y == -dy:
                    for r in range(bottom - 2 * t, bottom):
                        square_differences(
                            tile[r, here:], tile[r + dy, there:], columns, np.int32(1)
                        )
                else:
                    r = bottom - 2 * t - 1
                    square_differences(tile[r, here:], tile[r + dy, there:], columns, np.int32(-1))
                square_differences(
                    tile[bottom, here:], tile[bottom + dy, there:], columns, np.int32(1)
                )
                total = np.int32(0)
                for i in range(2 * t):
                    total += columns[i]
                for i in range(length):
                    total += columns[i + 2 * t]
                    row[i] = table[min(np.int32(total >> shift), last)]
                    total -= columns[i]
                if y >= 0:
                    pixels = tile[y + dy + border, border + dx : border + dx + width]
                    add_products(weighted[y], weights[y], row[-left : -left + width], pixels)
                if y + dy < height:
                    pixels = tile[y + border, border - dx : border - dx + width]
                    first = -dx - left
                    add_products(
                        weighted[y + dy], weights[y + dy], row[first : first + width], pixels
                    )
    for y in range(height):
        for x in range(width):
            total = np.int64(weights[y, x])
            out[y, x] = np.uint8((np.int64(weighted[y, x]) + total // np.int64(2)) // total)
