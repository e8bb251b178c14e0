"""Value channel and HSV of 8-bit BGR, as ``cv2.cvtColor(..., COLOR_BGR2HSV)`` computes them.

V = max(B, G, R)        diff = V - min(B, G, R)
S = (diff * sdiv[V] + 2048) >> 12                       sdiv[i] = round((255 << 12) / i)
H = (num * hdiv[diff] + 2048) >> 12, plus 180 if < 0    hdiv[i] = round((180 << 12) / (6 i))
num = G - B if V = R, else B - R + 2 diff if V = G, else R - G + 4 diff
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.simd.pixels import VECTORS, join64, split64, store_value64


@kernel
def value_row(bgr, i, dst, x, width):
    """``dst[x : x + width]`` = value channel of the bytes from ``bgr[i]`` on; both arrays flat."""
    # a block reads 194 bytes, two more than it owns
    blocks = np.uint64((3 * width - 2) // 192 * VECTORS)
    i, x = np.uint64(i), np.uint64(x)
    for block in range(blocks):
        store_value64(bgr, i + np.uint64(192) * block, dst, x + np.uint64(64) * block)
    for k in range(np.uint64(64) * blocks, np.uint64(width)):
        at = i + np.uint64(3) * k
        dst[x + k] = max(max(bgr[at], bgr[at + np.uint64(1)]), bgr[at + np.uint64(2)])


@kernel
def value_rows(bgr, dst, width, y0, y1):
    """Value channel of the rows y0 ... y1 of a flat image."""
    value_row(bgr, 3 * width * y0, dst, width * y0, width * (y1 - y0))


@kernel
def _quotient(numerator, divisor):
    """round(numerator / divisor) of positive integers, 0 for divisor 0; numerator < 2**24."""
    if divisor == np.int32(0):
        return np.int32(0)
    return np.int32(np.rint(np.float32(numerator) / np.float32(divisor)))


@kernel
def hsv_rows(bgr, dst, width, y0, y1, planes):
    """HSV of the rows y0 ... y1 of a flat image; ``planes`` is scratch, uint8 (6, W)."""
    blue, green, red = planes[0], planes[1], planes[2]
    hue, saturation, value = planes[3], planes[4], planes[5]
    columns = np.uint64(width)
    blocks = columns // np.uint64(64) * np.uint64(VECTORS)
    for y in range(y0, y1):
        start = np.uint64(3) * columns * np.uint64(y)
        for block in range(blocks):
            x = np.uint64(64) * block
            split64(bgr, start + np.uint64(3) * x, blue, green, red, x)
        for x in range(np.uint64(64) * blocks, columns):
            i = start + np.uint64(3) * x
            blue[x], green[x], red[x] = bgr[i], bgr[i + np.uint64(1)], bgr[i + np.uint64(2)]
        for x in range(columns):
            b, g, r = np.int32(blue[x]), np.int32(green[x]), np.int32(red[x])
            v = max(max(b, g), r)
            diff = np.int32(v - min(min(b, g), r))
            num = np.int32(r - g + np.int32(4) * diff)
            if v == g:
                num = np.int32(b - r + np.int32(2) * diff)
            if v == r:
                num = np.int32(g - b)
            s = np.int32(diff * _quotient(np.int32(1044480), v) + np.int32(2048)) >> np.int32(12)
            h = np.int32(num * _quotient(np.int32(122880), diff) + np.int32(2048)) >> np.int32(12)
            hue[x] = np.uint8(h + np.int32(180) if h < np.int32(0) else h)
            saturation[x] = np.uint8(s)
            value[x] = np.uint8(v)
        for block in range(blocks):
            x = np.uint64(64) * block
            join64(hue, saturation, value, x, dst, start + np.uint64(3) * x)
        for x in range(np.uint64(64) * blocks, columns):
            i = start + np.uint64(3) * x
            dst[i], dst[i + np.uint64(1)], dst[i + np.uint64(2)] = hue[x], saturation[x], value[x]
