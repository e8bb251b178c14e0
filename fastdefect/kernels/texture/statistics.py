"""What `fit` counts of good images: sums of residuals, and histograms of what the features reach.

Histograms are int64 (FEATURES, BINS), see `fastdefect.operations.texture`; ``outside``, uint8 (H, W), is not 0 where a
pixel doesn't count.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.bars import bar_columns, bars
from fastdefect.kernels.texture.features import box_sums, chroma_sums, contrast_ratios
from fastdefect.kernels.texture.lines import best_line
from fastdefect.operations.texture import BARS, BINS, CHROMA, GREY, LINES, PAD, RATIO_UNIT, RATIOS

_FIRST = 127 * 256


@kernel
def _count(values, bits, outside, histogram):
    """Count a row of floats, whose ``bits`` are the same memory as int32."""
    for x in range(values.shape[0]):
        if outside[x] == 0:
            index = (np.int64(bits[x]) >> 15) - _FIRST
            histogram[min(max(index, 0), BINS - 1)] += 1


@kernel
def _count_integers(sums, values, bits, outside, histogram):
    """Count the absolute values of a row of integers."""
    for x in range(np.uint64(values.shape[0])):
        values[x] = np.float32(abs(np.int32(sums[x])))
    _count(values, bits, outside, histogram)


@kernel
def square_sums(src, rows, outside):
    """Number and sum of squares of the pixels that count; ``src`` has PAD columns in front."""
    count = np.int64(0)
    total = np.int64(0)
    for y in range(rows.first, rows.last):
        row = src[y - rows.source]
        for x in range(outside.shape[1]):
            if outside[y, x] == 0:
                value = np.int64(row[PAD + x])
                total += value * value
                count += 1
    return count, total


@kernel
def plain_sum(src, rows, outside):
    """Sum of the pixels that count; ``src`` has PAD columns in front."""
    total = np.int64(0)
    for y in range(rows.first, rows.last):
        row = src[y - rows.source]
        for x in range(outside.shape[1]):
            if outside[y, x] == 0:
                total += np.int64(row[PAD + x])
    return total


@kernel
def box_histograms(src, rows, numbers, outside, histograms, scratch):
    """Count the absolute box sums of four sides."""
    column, sums = scratch.columns[0], scratch.sums[0]
    values, bits = scratch.floats[0], scratch.bits[0]
    for y in range(rows.first, rows.last):
        for i in range(4):
            box_sums(src, rows, numbers.scales, y, i, column, sums)
            _count_integers(sums, values, bits, outside[y], histograms[GREY + i])


@kernel
def chroma_histograms(red, blue, rows, numbers, outside, histograms, scratch):
    """The same of the larger of two colour ratios."""
    columns, sums = scratch.columns, scratch.sums
    values, bits = scratch.floats[0], scratch.bits[0]
    for y in range(rows.first, rows.last):
        for i in range(4):
            chroma_sums(red, blue, rows, numbers.scales, y, i, columns, sums)
            _count_integers(sums[0], values, bits, outside[y], histograms[CHROMA + i])


@kernel
def line_histogram(src, rows, numbers, outside, histograms, scratch):
    """Count the strongest lines."""
    values, bits = scratch.floats[0], scratch.bits[0]
    best = scratch.shorts[0]
    for y in range(rows.first, rows.last):
        best_line(src, rows, numbers.directions, y, scratch.lines, best)
        _count_integers(best, values, bits, outside[y], histograms[LINES])


@kernel
def bar_histograms(src, rows, numbers, outside, histograms, scratch):
    """Count bars along the rows and bars along the columns."""
    floats, bits = scratch.floats, scratch.bits
    for y in range(rows.first, rows.last):
        bar_columns(src, rows, y, numbers.standing, scratch.bar_columns)
        bars(src, rows, y, numbers.lying, numbers.standing, scratch)
        _count(floats[0], bits[0], outside[y], histograms[BARS])
        _count(floats[1], bits[1], outside[y], histograms[BARS + 1])


@kernel
def ratio_histograms(src, rows, numbers, outside, histograms, scratch):
    """Count surrounding over local contrast, times RATIO_UNIT, boxes of 9 and 15."""
    floats, bits = scratch.floats, scratch.bits
    near, far = floats[1], floats[2]
    start = -1
    for y in range(rows.first, rows.last):
        start = contrast_ratios(src, rows, numbers, start, y, scratch)
        for x in range(np.uint64(near.shape[0])):
            near[x] = near[x] * RATIO_UNIT
            far[x] = far[x] * RATIO_UNIT
        _count(near, bits[1], outside[y], histograms[RATIOS])
        _count(far, bits[2], outside[y], histograms[RATIOS + 1])
