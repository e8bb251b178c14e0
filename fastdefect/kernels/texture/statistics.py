"""Histograms of what the features of good images reach, for `fit`.

A bin is the exponent and the first 8 bits of the mantissa of a float32 of 1 ... 2**24: bins are 0.2 to 0.4 % wide,
so a quantile that is interpolated inside its bin is right to a thousandth, and images add up.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.bars import bar_columns, bars
from fastdefect.kernels.texture.features import box_sums, chroma_sums, contrast_ratios
from fastdefect.kernels.texture.lines import best_line

BINS = 24 * 256
_FIRST = 127 * 256
# Ratios of contrasts lie around 1; this lifts them into the range of the bins.
RATIO_UNIT = np.float32(4096)


@kernel
def _count(values, bits, ignore, histogram):
    for x in range(values.shape[0]):
        if ignore[x] == 0:
            index = (np.int64(bits[x]) >> 15) - _FIRST
            histogram[min(max(index, 0), BINS - 1)] += 1


@kernel
def _count_integers(sums, values, bits, ignore, histogram):
    for x in range(np.uint64(values.shape[0])):
        values[x] = np.float32(abs(np.int32(sums[x])))
    _count(values, bits, ignore, histogram)


@kernel
def square_sums(src, y0, y1, pad, ignore):
    """Number, sum of squares of the pixels of strip rows 0 .. y1 - y0 - 1 that aren't ignored."""
    count = np.int64(0)
    total = np.int64(0)
    for y in range(y0, y1):
        row = src[y - y0]
        for x in range(ignore.shape[1]):
            if ignore[y, x] == 0:
                value = np.int64(row[pad + x])
                total += value * value
                count += 1
    return count, total


@kernel
def plain_sum(src, y0, y1, pad, ignore):
    """Sum of the pixels that aren't ignored."""
    total = np.int64(0)
    for y in range(y0, y1):
        row = src[y - y0]
        for x in range(ignore.shape[1]):
            if ignore[y, x] == 0:
                total += np.int64(row[pad + x])
    return total


@kernel
def box_histograms(
    src, src_y, height, scales, y0, y1, ignore, histograms, column, sums, values, bits
):
    """Count the absolute box sums of four sides."""
    for y in range(y0, y1):
        for i in range(4):
            box_sums(src, src_y, height, y, scales, i, column, sums)
            _count_integers(sums, values, bits, ignore[y], histograms[i])


@kernel
def chroma_histograms(
    red, blue, src_y, height, scales, y0, y1, ignore, histograms,
    column_red, column_blue, sums, other, values, bits,
):  # fmt: skip
    """The same of the larger of two colour ratios."""
    for y in range(y0, y1):
        for i in range(4):
            chroma_sums(
                red, blue, src_y, height, y, scales, i, column_red, column_blue, sums, other
            )
            _count_integers(sums, values, bits, ignore[y], histograms[i])


@kernel
def line_histogram(
    src, src_y, height, directions, y0, y1, ignore, histogram, ahead, behind, best, values, bits
):
    """Count the strongest lines."""
    for y in range(y0, y1):
        best_line(src, src_y, height, directions, y, ahead, behind, best)
        _count_integers(best, values, bits, ignore[y], histogram)


@kernel
def bar_histograms(
    src, src_y, height, sizes, scales, y0, y1, ignore, histograms,
    columns, contrast, totals, sums, lying, standing, lying_bits, standing_bits,
):  # fmt: skip
    """Count bars along the rows and bars along the columns."""
    for y in range(y0, y1):
        bar_columns(src, src_y, height, y, y0, sizes, columns)
        bars(src, src_y, height, y, sizes, scales, columns, contrast, totals, sums, lying, standing)
        _count(lying, lying_bits, ignore[y], histograms[0])
        _count(standing, standing_bits, ignore[y], histograms[1])


@kernel
def ratio_histograms(
    src, src_y, height, window, floor, y0, y1, ignore, histograms,
    column, window_column, sums, running, around, near, far, near_bits, far_bits,
):  # fmt: skip
    """Count surrounding over local contrast, times RATIO_UNIT, boxes of 9 and 15."""
    start = -1
    for y in range(y0, y1):
        start = contrast_ratios(
            src, src_y, height, window, floor, start, y,
            column, window_column, sums, running, around, near, far,
        )  # fmt: skip
        for x in range(np.uint64(near.shape[0])):
            near[x] = near[x] * RATIO_UNIT
            far[x] = far[x] * RATIO_UNIT
        _count(near, near_bits, ignore[y], histograms[0])
        _count(far, far_bits, ignore[y], histograms[1])
