"""The mean of a window from its sum, as ``cv2.blur`` rounds it.

Up to 256 pixels OpenCV divides by a rounded reciprocal in 23 bits, (sum + delta) * scale >> 23. Beyond, it multiplies by
1 / (w h) in single precision and rounds half to even.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def divisor_16(area: int) -> tuple[int, int]:
    """(delta, scale) of OpenCV's reciprocal for windows of 1 ... 256 pixels (``ColumnSum<ushort, uchar>``)."""
    if area == 1:
        return 0, 1 << 23
    exact = (1 << 23) / area
    scale = int(exact)
    if exact - scale < 0.5:
        return area // 2 + 1, scale
    return area // 2, scale + 1


@lru_cache(maxsize=256)
def position_independent(area: int) -> bool:
    """Whether ``cv2.blur`` is a function of the window sum alone.

    OpenCV rounds single-precision products in its vector loop, but double-precision ones in the columns that are left.
    Both grow with the sum, so they agree everywhere if they agree around each half: the single-precision product
    is off by less than 255 * 2**-22, which is less than 4 sums for any window of up to 255 x 255.

    Up to 256 pixels there is one formula, but two white pixels give 256, which its vector loop saturates to 255 and the
    columns that are left wrap to 0.
    """
    if area <= 256:
        return area != 2
    around = np.arange(255)[:, None] * area + area // 2 + np.arange(-4, 6)
    single = np.rint(around.astype(np.float32) * np.float32(1.0 / area))
    double = np.rint(around.astype(np.float64) * (1.0 / area))
    return bool((single == double).all())


@lru_cache(maxsize=256)
def divisor_words(area: int) -> tuple[int, int, int]:
    """(added, factor, shift) with ``((sum + added) * factor >> 16) >> shift`` equal to OpenCV's mean of up to 256 pixels.

    All in 16 bits. Both sides grow with the sum, so they are equal everywhere if they are at the first and the last sum of
    each mean: what is returned has been compared there. A search over all areas but 2, whose sums are left to OpenCV,
    finds one each.
    """
    delta, scale = divisor_16(area)
    first = -(-(np.arange(1, 256, dtype=np.int64) << 23) // scale) - delta  # first sum of each mean
    sums = np.concatenate((first - 1, first, [0, 255 * area]))
    sums = sums[(sums >= 0) & (sums <= 255 * area)]
    means = (sums + delta) * scale >> 23
    for shift in range(area.bit_length(), -1, -1):
        nearest = (1 << (16 + shift)) // area
        for factor in range(nearest - 2, nearest + 4):
            for added in range(max(0, area // 2 - 4), area // 2 + 5):
                inside = 0 < factor < 1 << 16 and 255 * area + added < 1 << 16
                if inside and ((((sums + added) * factor >> 16) >> shift) == means).all():
                    return added, factor, shift
    raise ValueError(f"no 16-bit divisor for windows of {area} pixels")
