"""Normalised box filter of 8-bit rows, as ``cv2.blur`` computes it (border reflect-101).

The window of width w and height h spans x - w // 2 ... x - w // 2 + w - 1, rows alike. A strip moves down one row
at a time:

    ring    the last h rows, so that the row which leaves need not be computed again
    column  sum of these h rows for each column, mirrored to both sides
    part    sums of 1, 4, 16, ... neighbouring columns, each from the one before: no carried dependency, so LLVM
            vectorises what a running sum would not
    total   sum of w columns, put together from the parts by the digits of w to the base 4

Up to 256 pixels OpenCV divides by a rounded reciprocal in 23 bits, (sum + delta) * scale >> 23; all sums then fit in
16 bits. Beyond, it multiplies by 1 / (w h) in single precision and rounds half to even.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.border import reflect_101
from fastdefect.kernels.hsv import value_row


@kernel
def blur_rows(image, channels, dst, y0, y1, ksize, divisor, ring, column, sums):
    """Blur the rows y0 ... y1 of a grey image (``channels`` 1), or of the value channel of a BGR image (3).

    ``image`` is flat, ``dst`` (H, W). ``divisor`` is (delta, scale), see `divisor_16`, or (w h, 0). Scratch: ``ring`` uint8
    (h W,), ``column`` (W + w - 1,) and ``sums`` (3, W + w - 1) of uint16 for windows of up to 256 pixels, else uint32.
    """
    height, width = dst.shape
    w, h = ksize
    left = w // 2
    columns, start = np.uint64(width), np.uint64(left)
    for x in range(np.uint64(column.size)):
        column[x] = 0
    first = y0 - h // 2
    for row in range(first, y1 - h // 2 + h - 1):
        slot = np.uint64((row + h) % h * width)
        if row >= first + h:
            for x in range(columns):
                column[start + x] -= column.dtype.type(ring[slot + x])
        source = reflect_101(row, height) * width
        if channels == 3:
            value_row(image, 3 * source, ring, slot, width)
        else:
            for x in range(columns):
                ring[slot + x] = image[np.uint64(source) + x]
        for x in range(columns):
            column[start + x] += column.dtype.type(ring[slot + x])
        y = row - first - h + 1 + y0
        if y >= y0:
            for x in range(left):
                column[x] = column[left + reflect_101(x - left, width)]
            for x in range(width, width + w - 1 - left):
                column[left + x] = column[left + reflect_101(x, width)]
            number = _sum_neighbours(column, w, columns, sums)
            if column.itemsize == 2:
                _divide_16(sums, number, divisor, dst, y)
            else:
                _divide_32(sums, number, divisor, dst, y)


@kernel
def _sum_neighbours(column, w, columns, sums):
    """``column[x] + ... + column[x + w - 1]`` for each x; return the row of ``sums`` that holds them."""
    # Rows 0 and 1 take turns (read and written in place, the loop would not be vectorised), row 2 is the total.
    reach = np.uint64(column.size)
    size, offset = np.uint64(1), np.uint64(0)
    number = np.uint64(0)
    digits = np.uint64(w)
    for x in range(reach):
        sums[number, x] = column[x]
    if digits == np.uint64(1):
        return number
    for x in range(columns):
        sums[2, x] = 0
    while True:
        for _ in range(digits % np.uint64(4)):
            for x in range(columns):
                sums[2, x] += sums[number, x + offset]
            offset += size
        digits //= np.uint64(4)
        if digits == np.uint64(0):
            return np.uint64(2)
        two, three = size + size, size + size + size
        reach -= three
        other = np.uint64(1) - number
        for x in range(reach):
            pair = sums[number, x] + sums[number, x + size]
            sums[other, x] = pair + sums[number, x + two] + sums[number, x + three]
        number = other
        size *= np.uint64(4)
        if digits == np.uint64(1) and offset == np.uint64(0):
            return number


@kernel
def _divide_16(sums, number, divisor, dst, y):
    """``(sum + delta) * scale >> 23``."""
    delta, scale = np.uint32(divisor[0]), np.uint32(divisor[1])
    y = np.uint64(y)
    for x in range(np.uint64(dst.shape[1])):
        total = np.uint32(np.uint32(sums[number, x]) + delta)
        dst[y, x] = np.uint8(np.uint32(total * scale) >> np.uint32(23))


@kernel
def _divide_32(sums, number, divisor, dst, y):
    """``rint(float32(sum) * float32(1 / (w h)))``."""
    scale = np.float32(1.0 / divisor[0])
    y = np.uint64(y)
    for x in range(np.uint64(dst.shape[1])):
        dst[y, x] = np.uint8(np.rint(np.float32(sums[number, x]) * scale))


def divisor_16(area: int) -> tuple[int, int]:
    """(delta, scale) of OpenCV's reciprocal for windows of 1 ... 256 pixels (``ColumnSum<ushort, uchar>``)."""
    if area == 1:
        return 0, 1 << 23
    exact = (1 << 23) / area
    scale = int(exact)
    if exact - scale < 0.5:
        return area // 2 + 1, scale
    return area // 2, scale + 1


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
