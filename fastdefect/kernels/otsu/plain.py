"""Histogram and fixed threshold as plain loops: for fewer pixels than a vector has, and without the compiler."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def histogram_rows(src, y0, y1, counts):
    """Add the grey levels of the rows y0 ... y1 to the first row of ``counts``, uint32 (8, 256)."""
    for y in range(y0, y1):
        for x in range(src.shape[1]):
            counts[0, src[y, x]] += np.uint32(1)


@kernel
def binarize_rows(src, threshold, dst, y0, y1):
    """255 where ``src`` exceeds ``threshold`` (0 ... 255), else 0, for the rows y0 ... y1."""
    level = np.uint8(threshold)
    for y in range(y0, y1):
        for x in range(src.shape[1]):
            dst[y, x] = np.uint8(255) if src[y, x] > level else np.uint8(0)
