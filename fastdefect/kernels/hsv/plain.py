"""Value channel and HSV as plain loops: for fewer pixels than a vector has, and without the compiler.

V = max(B, G, R)        diff = V - min(B, G, R)
S = (diff * sdiv[V] + 2048) >> 12                       sdiv[i] = round((255 << 12) / i)
H = (num * hdiv[diff] + 2048) >> 12, plus 180 if < 0    hdiv[i] = round((180 << 12) / (6 i))
num = G - B if V = R, else B - R + 2 diff if V = G, else R - G + 4 diff
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def value_rows(bgr, dst, y0, y1):
    """Value channel of the rows y0 ... y1 of ``bgr`` (H, W, 3)."""
    for y in range(y0, y1):
        for x in range(bgr.shape[1]):
            dst[y, x] = max(max(bgr[y, x, 0], bgr[y, x, 1]), bgr[y, x, 2])


@kernel
def _quotient(numerator, divisor):
    """round(numerator / divisor) of positive integers, 0 for divisor 0; numerator < 2**24."""
    if divisor == np.int32(0):
        return np.int32(0)
    return np.int32(np.rint(np.float32(numerator) / np.float32(divisor)))


@kernel
def hsv_rows(bgr, dst, y0, y1):
    """HSV of the rows y0 ... y1 of ``bgr`` (H, W, 3)."""
    for y in range(y0, y1):
        for x in range(bgr.shape[1]):
            b, g, r = np.int32(bgr[y, x, 0]), np.int32(bgr[y, x, 1]), np.int32(bgr[y, x, 2])
            v = max(max(b, g), r)
            diff = np.int32(v - min(min(b, g), r))
            num = np.int32(r - g + np.int32(4) * diff)
            if v == g:
                num = np.int32(b - r + np.int32(2) * diff)
            if v == r:
                num = np.int32(g - b)
            s = np.int32(diff * _quotient(np.int32(1044480), v) + np.int32(2048)) >> np.int32(12)
            h = np.int32(num * _quotient(np.int32(122880), diff) + np.int32(2048)) >> np.int32(12)
            dst[y, x, 0] = np.uint8(h + np.int32(180) if h < np.int32(0) else h)
            dst[y, x, 1] = np.uint8(s)
            dst[y, x, 2] = np.uint8(v)
