"""What the residual of a strip looks like next to good texture: boxes, lines, loss of fine contrast.

Strips are int16 with PAD reflected columns on either side; their row 0 is the image row ``rows.source``. Rows outside
the image are looked up by reflection, without a repeated edge. Twin: `reference.texture`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.border import reflect_101_once
from fastdefect.kernels.texture.background import window_mean
from fastdefect.operations.texture import ENERGY_BOXES, EPSILON, PAD

_NEAR, _FAR = ENERGY_BOXES
_NEAR_SHARE = np.float32(1 / _NEAR**2)
_FAR_SHARE = np.float32(1 / _FAR**2)


@kernel
def reflect_columns(strip, count):
    """Fill the side columns of the first ``count`` rows."""
    last = strip.shape[1] - 2 * PAD - 1
    for y in range(count):
        row = strip[y]
        for i in range(1, PAD + 1):
            row[PAD - i] = row[PAD + i]
            row[PAD + last + i] = row[PAD + last - i]


@kernel
def strip_row(rows, y):
    """Row of the strip that holds image row ``y``, or what the border mirrors there, to index without a sign."""
    return np.uint64(reflect_101_once(y, rows.height) - rows.source)


@kernel
def add_row(column, row):
    """Add a row to column sums."""
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(row[x]))


@kernel
def _add_rows(column, first, second):
    """Add two rows to column sums."""
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(np.int32(first[x]) + np.int32(second[x])))


@kernel
def grow_columns(src, rows, y, inner, outer, column):
    """Widen the column sums ``column`` of row y from ``inner`` rows (0: empty) to ``outer`` (odd)."""
    if inner == 0:
        column[:] = np.int32(0)
        add_row(column, src[y - rows.source])
        inner = 1
    for reach in range(inner // 2 + 1, outer // 2 + 1):
        above = src[reflect_101_once(y - reach, rows.height) - rows.source]
        _add_rows(column, above, src[reflect_101_once(y + reach, rows.height) - rows.source])


@kernel
def _three(dst, a, b, c):
    """Sum of three rows."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int32(np.int32(a[x] + b[x]) + c[x])


@kernel
def _two_more(dst, a, b):
    """Two more rows on top of a sum."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int32(dst[x] + np.int32(a[x] + b[x]))


@kernel
def _copy(row, dst):
    """A row of float32 as it is: an assignment of rows would ask whether they overlap, on a heap that kernels have not."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = row[x]


@kernel
def across(column, side, dst):
    """Sums of ``side`` column sums around each pixel, to int32 (W,)."""
    width = dst.shape[0]
    if side == 1:
        for x in range(np.uint64(width)):
            dst[x] = column[np.uint64(PAD) + x]
        return
    _three(dst, column[PAD - 1 :], column[PAD:], column[PAD + 1 :])
    for reach in range(2, side // 2 + 1):
        _two_more(dst, column[PAD - reach :], column[PAD + reach :])


@kernel
def _multiply(product, sums, weight):
    """Product over the scales, raised by EPSILON: another one."""
    for x in range(np.uint64(product.shape[0])):
        product[x] = product[x] * (np.float32(abs(sums[x])) * weight + EPSILON)


@kernel
def _start(product, sums, weight):
    """The first scale of the product."""
    for x in range(np.uint64(product.shape[0])):
        product[x] = np.float32(abs(sums[x])) * weight + EPSILON


@kernel
def _highest(product, sums, weight, first):
    """Maximum over the scales."""
    for x in range(np.uint64(product.shape[0])):
        value = np.float32(abs(sums[x])) * weight
        product[x] = value if first or value > product[x] else product[x]


@kernel
def _fuse_scale(product, sums, weight, index, geometric):
    """Take scale ``index`` into ``product``."""
    if not geometric:
        _highest(product, sums, weight, index == 0)
    elif index == 0:
        _start(product, sums, weight)
    else:
        _multiply(product, sums, weight)


@kernel
def _fourth_root(product, dst):
    """Geometric mean of four scales, at least 0."""
    for x in range(np.uint64(dst.shape[0])):
        value = np.sqrt(np.sqrt(product[x])) - EPSILON
        dst[x] = value if value > np.float32(0) else np.float32(0)


@kernel
def box_sums(src, rows, scales, y, i, column, sums):
    """Box sums of row y at scale ``i``; ``column`` carries the column sums from scale to scale, in rising order."""
    grow_columns(src, rows, y, scales[i - 1] if i > 0 else 0, scales[i], column)
    across(column, scales[i], sums)


@kernel
def any_grey_score(src, dst, rows, numbers, scratch):
    """Fused multiple of the box quantiles at any scales, to rows of the float32 (H, W) map."""
    scales, weights, geometric = numbers.scales, numbers.grey_weights, numbers.geometric
    column, sums, product = scratch.columns[0], scratch.sums[0], scratch.floats[0]
    for y in range(rows.first, rows.last):
        for i in range(4):
            box_sums(src, rows, scales, y, i, column, sums)
            _fuse_scale(product, sums, weights[i], i, geometric)
        if geometric:
            _fourth_root(product, dst[y])
        else:
            _copy(product, dst[y])


@kernel
def larger(sums, other):
    """The larger absolute value of both, to ``sums``."""
    for x in range(np.uint64(sums.shape[0])):
        a = np.int32(abs(sums[x]))
        b = np.int32(abs(other[x]))
        sums[x] = a if a > b else b


@kernel
def raise_map(row, side, gain, offset):
    """Raise a row of the map to ``gain * side - offset``."""
    for x in range(np.uint64(row.shape[0])):
        value = side[x] * gain - offset
        row[x] = value if value > row[x] else row[x]


@kernel
def chroma_sums(red, blue, rows, scales, y, i, columns, sums):
    """Larger absolute box sum of two colour ratios at scale ``i``, to ``sums[0]``; scales come in rising order."""
    box_sums(red, rows, scales, y, i, columns[0], sums[0])
    box_sums(blue, rows, scales, y, i, columns[1], sums[1])
    larger(sums[0], sums[1])


@kernel
def any_chroma_score(red, blue, dst, rows, numbers, scratch):
    """The same of two colour ratios, the larger one of each scale; raises the map."""
    scales, weights, geometric = numbers.scales, numbers.chroma_weights, numbers.geometric
    columns, sums, product = scratch.columns, scratch.sums, scratch.floats[0]
    for y in range(rows.first, rows.last):
        for i in range(4):
            chroma_sums(red, blue, rows, scales, y, i, columns, sums)
            _fuse_scale(product, sums[0], weights[i], i, geometric)
        if geometric:
            for x in range(np.uint64(product.shape[0])):
                product[x] = np.sqrt(np.sqrt(product[x])) - EPSILON
        raise_map(dst[y], product, numbers.side_gain, numbers.side_offset)


@kernel
def _saturated(image, channels, at, neutral, out):
    """``neutral`` where a channel of the flat image is at 255, from ``image[at]`` on."""
    if channels == 1:
        for x in range(np.uint64(out.shape[0])):
            out[x] = neutral if image[at + x] == 255 else out[x]
    else:
        for x in range(np.uint64(out.shape[0])):
            i = at + np.uint64(3) * x
            lost = (
                (image[i] == 255)
                | (image[i + np.uint64(1)] == 255)
                | (image[i + np.uint64(2)] == 255)
            )
            out[x] = neutral if lost else out[x]


@kernel
def fine_contrast(src, image, channels, dst, rows, limits, scratch):
    """|9 r - 3×3 sum|, to int16 rows with PAD columns in front; ``limits``: highest, and what is saturated."""
    column, sums = scratch.columns[0], scratch.sums[0]
    width = sums.shape[0]
    high = np.int32(limits[0])
    for y in range(rows.first, rows.last):
        grow_columns(src, rows, y, 0, 3, column)
        across(column, 3, sums)
        row = src[y - rows.source][PAD : PAD + width]
        out = dst[y - rows.first][PAD : PAD + width]
        for x in range(np.uint64(width)):
            value = np.int32(abs(np.int32(np.int32(9) * np.int32(row[x]) - sums[x])))
            out[x] = np.int16(value if value < high else high)
        _saturated(image, channels, np.uint64(y * width * channels), np.int16(limits[1]), out)


@kernel
def contrast_ratio(sums, around, floor, area, dst):
    """Surrounding over local mean contrast, both raised by ``floor``, to float32 (W,)."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = (around[x] + floor) / (np.float32(sums[x]) * area + floor)


@kernel
def _lost(ratio, gain, weight):
    """How much of the typical ratio is exceeded, times ``weight``, in place."""
    for x in range(np.uint64(ratio.shape[0])):
        value = ratio[x] * gain - np.float32(1)
        ratio[x] = (value if value > np.float32(0) else np.float32(0)) * weight


@kernel
def contrast_ratios(src, rows, numbers, start, y, scratch):
    """Both ratios (boxes of 9 and 15) of row y, to ``floats[1]`` and ``floats[2]``; where its window starts.

    ``sums[0]`` carries the sums of the window from row to row.
    """
    column, sums, around = scratch.columns[0], scratch.sums[1], scratch.floats[0]
    floor = numbers.energy_floor
    start = window_mean(
        src, rows, numbers.window, start, y, scratch.sums[0], scratch.sums[2], around
    )
    grow_columns(src, rows, y, 0, _NEAR, column)
    across(column, _NEAR, sums)
    contrast_ratio(sums, around, floor, _NEAR_SHARE, scratch.floats[1])
    grow_columns(src, rows, y, _NEAR, _FAR, column)
    across(column, _FAR, sums)
    contrast_ratio(sums, around, floor, _FAR_SHARE, scratch.floats[2])
    return start


@kernel
def energy_score(src, dst, rows, numbers, scratch):
    """Loss of fine contrast, boxes of 9 and 15 against the window around; raises the map."""
    gains, weights = numbers.energy_gains, numbers.energy_weights
    near, far = scratch.floats[1], scratch.floats[2]
    start = -1
    for y in range(rows.first, rows.last):
        start = contrast_ratios(src, rows, numbers, start, y, scratch)
        _lost(near, gains[0], weights[0])
        _lost(far, gains[1], weights[1])
        for x in range(np.uint64(near.shape[0])):
            near[x] = np.sqrt((near[x] + EPSILON) * (far[x] + EPSILON)) - EPSILON
        raise_map(dst[y], near, numbers.side_gain, numbers.side_offset)
