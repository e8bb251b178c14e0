"""Erosion, dilation and the defect mask as plain loops: for images narrower than a vector, and without the compiler.

Erosion is dilation of the complement (``^ 255``).
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def extreme_rows(src, dst, rows, ksize, flip, line):
    """Dilate (``flip`` 0) or erode (``flip`` 255) the rows y0 ... y1; ``line`` is scratch, uint8 (W,)."""
    height, width = src.shape
    w, h = ksize
    y0, y1 = rows
    for y in range(y0, y1):
        for x in range(width):
            line[x] = 0
        for row in range(max(y - h // 2, 0), min(y - h // 2 + h, height)):
            for x in range(width):
                line[x] = np.uint8(max(line[x], np.uint8(src[row, x] ^ flip)))
        for x in range(width):
            most = np.uint8(0)
            for column in range(max(x - w // 2, 0), min(x - w // 2 + w, width)):
                most = np.uint8(max(most, line[column]))
            dst[y, x] = np.uint8(most ^ flip)


@kernel
def defect_mask_rows(src, dst, rows, ksize, threshold, line):
    """1 where the dilation is at most ``threshold``, else 0, for the rows y0 ... y1; return the count of ones."""
    extreme_rows(src, dst, rows, ksize, np.uint8(0), line)
    dark = np.int64(0)
    for y in range(rows[0], rows[1]):
        for x in range(src.shape[1]):
            dst[y, x] = np.uint8(dst[y, x] <= threshold)
            dark += np.int64(dst[y, x])
    return dark
