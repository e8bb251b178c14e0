"""Box filter as plain loops: for images narrower than a vector, and without the compiler."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.border import reflect_101


@kernel
def blur_rows(values, dst, rows, ksize, divisor, column):
    """Blur the rows y0 ... y1 of ``values`` (H, W).

    ``divisor`` is (delta, scale), see `quotient.divisor_16`, or (0, 0) for windows of more than 256 pixels; ``column`` is
    scratch, int64 (W,).
    """
    height, width = dst.shape
    w, h = ksize
    scale = np.float32(1.0 / (w * h))
    for y in range(rows[0], rows[1]):
        for x in range(width):
            column[x] = 0
        for row in range(y - h // 2, y - h // 2 + h):
            inside = reflect_101(row, height)
            for x in range(width):
                column[x] += np.int64(values[inside, x])
        total = np.int64(0)
        for x in range(-(w // 2), w - w // 2):
            total += column[reflect_101(x, width)]
        for x in range(width):
            if divisor[1]:
                dst[y, x] = np.uint8((total + divisor[0]) * divisor[1] >> 23)
            else:
                dst[y, x] = np.uint8(np.rint(np.float32(total) * scale))
            total += column[reflect_101(x - w // 2 + w, width)]
            total -= column[reflect_101(x - w // 2, width)]
