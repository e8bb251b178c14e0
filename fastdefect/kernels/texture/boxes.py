"""The default scales in two passes a row: boxes of 1, 3, 5 and 9 pixels fused by the geometric mean.

The kernels of `fastdefect.kernels.texture.features` take any scales, a pass over the row for each step: 18 of them. Here
the sums down the columns of all scales come from one look at nine rows, and everything else from one look at these.
Inner loops spell their pixels out: a helper that takes an array counts a reference at every call, and that keeps LLVM
from using vectors (5.7 in place of 1.4 ms for a megapixel of grey).
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.features import any_chroma_score, any_grey_score, strip_row
from fastdefect.operations.texture import EPSILON, PAD

_SCALES = (1, 3, 5, 9)


@kernel
def _nine_rows(rows, y):
    """Strip rows of the nine image rows around row y."""
    return (
        strip_row(rows, y - 4), strip_row(rows, y - 3), strip_row(rows, y - 2), strip_row(rows, y - 1),
        strip_row(rows, y),
        strip_row(rows, y + 1), strip_row(rows, y + 2), strip_row(rows, y + 3), strip_row(rows, y + 4),
    )  # fmt: skip


@kernel
def _both(a, b):
    """Sum in 32 bits."""
    return np.int32(np.int32(a) + np.int32(b))


@kernel
def _columns(src, r, first, columns):
    """Sums of 3, 5 and 9 rows of ``src`` around r[4], to the rows ``first`` ... of int32 (..., W + 2 PAD)."""
    second, third = first + np.uint64(1), first + np.uint64(2)
    for i in range(np.uint64(columns.shape[1])):
        three = _both(src[r[4], i], _both(src[r[3], i], src[r[5], i]))
        five = _both(three, _both(src[r[2], i], src[r[6], i]))
        outer = _both(_both(src[r[1], i], src[r[7], i]), _both(src[r[0], i], src[r[8], i]))
        columns[first, i] = three
        columns[second, i] = five
        columns[third, i] = _both(five, outer)


@kernel
def _three(a, b, c):
    """Sum of three in 32 bits."""
    return np.int32(np.int32(a + b) + c)


@kernel
def _factor(total, weight):
    """One scale of the product, raised by EPSILON."""
    return np.float32(abs(total)) * weight + EPSILON


@kernel
def _larger(a, b):
    """The larger absolute value."""
    a, b = np.int32(abs(a)), np.int32(abs(b))
    return a if a > b else b


@kernel
def _grey_rows(src, dst, rows, weights, columns):
    """Fused multiple of the box quantiles, to rows of the float32 (H, W) map."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for y in range(rows.first, rows.last):
        r = _nine_rows(rows, y)
        _columns(src, r, np.uint64(0), columns)
        row, at = r[4], np.uint64(y)
        for x in range(np.uint64(dst.shape[1])):
            i = x + np.uint64(PAD)
            three = _three(
                columns[0, i - np.uint64(1)], columns[0, i], columns[0, i + np.uint64(1)]
            )
            five = _three(columns[1, i - np.uint64(2)], columns[1, i - np.uint64(1)], columns[1, i])
            five = _three(five, columns[1, i + np.uint64(1)], columns[1, i + np.uint64(2)])
            nine = _three(
                columns[2, i - np.uint64(4)],
                columns[2, i - np.uint64(3)],
                columns[2, i - np.uint64(2)],
            )
            nine = _three(nine, columns[2, i - np.uint64(1)], columns[2, i])
            nine = _three(nine, columns[2, i + np.uint64(1)], columns[2, i + np.uint64(2)])
            nine = _three(nine, columns[2, i + np.uint64(3)], columns[2, i + np.uint64(4)])
            product = _factor(np.int32(src[row, i]), w0) * _factor(three, w1)
            product = product * _factor(five, w2) * _factor(nine, w3)
            value = np.sqrt(np.sqrt(product)) - EPSILON
            dst[at, x] = value if value > np.float32(0) else np.float32(0)


@kernel
def _larger_boxes(columns, sums):
    """Larger absolute sums of both ratios over 3, 5 and 9 pixels, to int32 (4, W).

    A loop for each: where one reads more than eight rows besides what it writes, LLVM checks no more for overlaps and
    uses no vectors.
    """
    width = np.uint64(sums.shape[1])
    for x in range(width):
        i = x + np.uint64(PAD - 1)
        red = _three(columns[0, i], columns[0, i + np.uint64(1)], columns[0, i + np.uint64(2)])
        blue = _three(columns[3, i], columns[3, i + np.uint64(1)], columns[3, i + np.uint64(2)])
        sums[0, x] = _larger(red, blue)
    for x in range(width):
        i = x + np.uint64(PAD - 2)
        red = _three(columns[1, i], columns[1, i + np.uint64(1)], columns[1, i + np.uint64(2)])
        red = _three(red, columns[1, i + np.uint64(3)], columns[1, i + np.uint64(4)])
        blue = _three(columns[4, i], columns[4, i + np.uint64(1)], columns[4, i + np.uint64(2)])
        blue = _three(blue, columns[4, i + np.uint64(3)], columns[4, i + np.uint64(4)])
        sums[1, x] = _larger(red, blue)
    for x in range(width):
        i = x + np.uint64(PAD - 4)
        red = _three(columns[2, i], columns[2, i + np.uint64(1)], columns[2, i + np.uint64(2)])
        red = _three(red, columns[2, i + np.uint64(3)], columns[2, i + np.uint64(4)])
        red = _three(red, columns[2, i + np.uint64(5)], columns[2, i + np.uint64(6)])
        red = _three(red, columns[2, i + np.uint64(7)], columns[2, i + np.uint64(8)])
        blue = _three(columns[5, i], columns[5, i + np.uint64(1)], columns[5, i + np.uint64(2)])
        blue = _three(blue, columns[5, i + np.uint64(3)], columns[5, i + np.uint64(4)])
        blue = _three(blue, columns[5, i + np.uint64(5)], columns[5, i + np.uint64(6)])
        blue = _three(blue, columns[5, i + np.uint64(7)], columns[5, i + np.uint64(8)])
        sums[2, x] = _larger(red, blue)


@kernel
def _chroma_rows(red, blue, dst, rows, weights, gain, offset, columns, sums):
    """The same of two colour ratios, the larger one of each scale; raises the map to ``gain * value - offset``."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for y in range(rows.first, rows.last):
        r = _nine_rows(rows, y)
        _columns(red, r, np.uint64(0), columns)
        _columns(blue, r, np.uint64(3), columns)
        _larger_boxes(columns, sums)
        row, at = r[4], np.uint64(y)
        for x in range(np.uint64(dst.shape[1])):
            i = x + np.uint64(PAD)
            first = _larger(np.int32(red[row, i]), np.int32(blue[row, i]))
            product = _factor(first, w0) * _factor(sums[0, x], w1)
            product = product * _factor(sums[1, x], w2) * _factor(sums[2, x], w3)
            value = (np.sqrt(np.sqrt(product)) - EPSILON) * gain - offset
            dst[at, x] = value if value > dst[at, x] else dst[at, x]


@kernel
def _is_quick(numbers):
    """Whether this module's passes serve."""
    scales = numbers.scales
    same = scales[0] == _SCALES[0] and scales[1] == _SCALES[1]
    return numbers.geometric and same and scales[2] == _SCALES[2] and scales[3] == _SCALES[3]


@kernel
def grey_score(src, dst, rows, numbers, scratch):
    """Fused multiple of the box quantiles, to rows of the float32 (H, W) map."""
    if _is_quick(numbers):
        _grey_rows(src, dst, rows, numbers.grey_weights, scratch.columns)
    else:
        any_grey_score(src, dst, rows, numbers, scratch)


@kernel
def chroma_score(red, blue, dst, rows, numbers, scratch):
    """The same of two colour ratios, the larger one of each scale; raises the map."""
    if _is_quick(numbers):
        gain, offset = numbers.side_gain, numbers.side_offset
        weights, columns, sums = numbers.chroma_weights, scratch.columns, scratch.sums
        _chroma_rows(red, blue, dst, rows, weights, gain, offset, columns, sums)
    else:
        any_chroma_score(red, blue, dst, rows, numbers, scratch)
