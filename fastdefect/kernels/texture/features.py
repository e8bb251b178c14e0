"""What the residual of a strip looks like next to good texture: boxes, lines, loss of fine contrast.

Strips are int16 with PAD reflected columns on either side; their row 0 is the image row that ``src_y`` names.
Rows outside the image are looked up by reflection, without a repeated edge. Twin: `reference.texture`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.background import window_mean
from fastdefect.operations.texture import PAD

EPSILON = np.float32(0.05)


@kernel
def reflect_columns(strip, rows):
    """Fill the side columns of the first ``rows`` rows."""
    last = strip.shape[1] - 2 * PAD - 1
    for y in range(rows):
        row = strip[y]
        for i in range(1, PAD + 1):
            row[PAD - i] = row[PAD + i]
            row[PAD + last + i] = row[PAD + last - i]


@kernel
def reflect(y, height):
    y = abs(y)
    return 2 * (height - 1) - y if y >= height else y


@kernel
def add_row(column, row):
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(row[x]))


@kernel
def _add_rows(column, first, second):
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(np.int32(first[x]) + np.int32(second[x])))


@kernel
def grow_columns(src, src_y, height, y, inner, outer, column):
    """Widen the column sums ``column`` of row y from ``inner`` rows (0: empty) to ``outer`` (odd)."""
    if inner == 0:
        column[:] = np.int32(0)
        add_row(column, src[y - src_y])
        inner = 1
    for reach in range(inner // 2 + 1, outer // 2 + 1):
        above = src[reflect(y - reach, height) - src_y]
        _add_rows(column, above, src[reflect(y + reach, height) - src_y])


@kernel
def _three(dst, a, b, c):
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int32(np.int32(a[x] + b[x]) + c[x])


@kernel
def _two_more(dst, a, b):
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int32(dst[x] + np.int32(a[x] + b[x]))


@kernel
def across(column, side, dst):
    """Sums of ``side`` column sums around each pixel, to int32 (W,)."""
    width = dst.shape[0]
    if side == 1:
        dst[:] = column[PAD : PAD + width]
        return
    _three(dst, column[PAD - 1 :], column[PAD:], column[PAD + 1 :])
    for reach in range(2, side // 2 + 1):
        _two_more(dst, column[PAD - reach :], column[PAD + reach :])


@kernel
def _multiply(product, sums, weight):
    for x in range(np.uint64(product.shape[0])):
        product[x] = product[x] * (np.float32(abs(sums[x])) * weight + EPSILON)


@kernel
def _start(product, sums, weight):
    for x in range(np.uint64(product.shape[0])):
        product[x] = np.float32(abs(sums[x])) * weight + EPSILON


@kernel
def _highest(product, sums, weight, first):
    for x in range(np.uint64(product.shape[0])):
        value = np.float32(abs(sums[x])) * weight
        product[x] = value if first or value > product[x] else product[x]


@kernel
def _fuse_scale(product, sums, weight, index, geometric):
    if not geometric:
        _highest(product, sums, weight, index == 0)
    elif index == 0:
        _start(product, sums, weight)
    else:
        _multiply(product, sums, weight)


@kernel
def _fourth_root(product, dst):
    for x in range(np.uint64(dst.shape[0])):
        value = np.sqrt(np.sqrt(product[x])) - EPSILON
        dst[x] = value if value > np.float32(0) else np.float32(0)


@kernel
def box_sums(src, src_y, height, y, scales, i, column, sums):
    """Box sums of row y at scale ``i``; ``column`` carries the column sums from scale to scale, in rising order."""
    grow_columns(src, src_y, height, y, scales[i - 1] if i > 0 else 0, scales[i], column)
    across(column, scales[i], sums)


@kernel
def grey_score(src, src_y, height, scales, weights, geometric, y0, y1, dst, column, sums, product):
    """Fused multiple of the box quantiles, to the rows y0 .. y1 - 1 of the float32 (H, W) map."""
    for y in range(y0, y1):
        for i in range(4):
            box_sums(src, src_y, height, y, scales, i, column, sums)
            _fuse_scale(product, sums, weights[i], i, geometric)
        if geometric:
            _fourth_root(product, dst[y])
        else:
            dst[y][:] = product


@kernel
def larger(sums, other):
    for x in range(np.uint64(sums.shape[0])):
        a = np.int32(abs(sums[x]))
        b = np.int32(abs(other[x]))
        sums[x] = a if a > b else b


@kernel
def raise_map(row, side, gain, offset):
    for x in range(np.uint64(row.shape[0])):
        value = side[x] * gain - offset
        row[x] = value if value > row[x] else row[x]


@kernel
def chroma_sums(red, blue, src_y, height, y, scales, i, column_red, column_blue, sums, other):
    """Larger absolute box sum of two colour ratios at scale ``i``, to ``sums``; scales come in rising order."""
    box_sums(red, src_y, height, y, scales, i, column_red, sums)
    box_sums(blue, src_y, height, y, scales, i, column_blue, other)
    larger(sums, other)


@kernel
def chroma_score(
    red, blue, src_y, height, scales, weights, geometric, gain, offset, y0, y1, dst,
    column_red, column_blue, sums, other, product,
):  # fmt: skip
    """The same of two colour ratios, the larger one of each scale; raises the map by ``gain * z - offset``."""
    for y in range(y0, y1):
        for i in range(4):
            chroma_sums(
                red, blue, src_y, height, y, scales, i, column_red, column_blue, sums, other
            )
            _fuse_scale(product, sums, weights[i], i, geometric)
        if geometric:
            for x in range(np.uint64(product.shape[0])):
                product[x] = np.sqrt(np.sqrt(product[x])) - EPSILON
        raise_map(dst[y], product, gain, offset)


@kernel
def fine_contrast(src, src_y, height, img, clip, neutral, y0, y1, dst, column, sums):
    """|9 r - 3×3 sum|, clipped, to int16 rows with PAD columns in front; ``neutral`` where img (H, W, C) is 255."""
    width = sums.shape[0]
    high = np.int32(clip)
    for y in range(y0, y1):
        grow_columns(src, src_y, height, y, 0, 3, column)
        across(column, 3, sums)
        row = src[y - src_y][PAD : PAD + width]
        out = dst[y - y0][PAD : PAD + width]
        for x in range(np.uint64(width)):
            value = np.int32(abs(np.int32(np.int32(9) * np.int32(row[x]) - sums[x])))
            out[x] = np.int16(value if value < high else high)
        levels = img[y]
        if levels.shape[1] == 1:
            for x in range(np.uint64(width)):
                out[x] = np.int16(neutral) if levels[x, 0] == 255 else out[x]
        else:
            for x in range(np.uint64(width)):
                lost = (levels[x, 0] == 255) | (levels[x, 1] == 255) | (levels[x, 2] == 255)
                out[x] = np.int16(neutral) if lost else out[x]


@kernel
def contrast_ratio(sums, around, floor, area, dst):
    """Surrounding over local mean contrast, both raised by ``floor``, to float32 (W,)."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = (around[x] + floor) / (np.float32(sums[x]) * area + floor)


@kernel
def _lost(ratio, gain, weight):
    for x in range(np.uint64(ratio.shape[0])):
        value = ratio[x] * gain - np.float32(1)
        ratio[x] = (value if value > np.float32(0) else np.float32(0)) * weight


@kernel
def contrast_ratios(
    src, src_y, height, window, floor, start, y, column, window_column, sums, running, around, near, far
):  # fmt: skip
    """Both ratios (boxes of 9 and 15) of row y, to ``near`` and ``far``; where its window starts."""
    start = window_mean(src, src_y, height, window, PAD, start, y, window_column, running, around)
    grow_columns(src, src_y, height, y, 0, 9, column)
    across(column, 9, sums)
    contrast_ratio(sums, around, floor, np.float32(np.float64(1.0) / np.float64(81)), near)
    grow_columns(src, src_y, height, y, 9, 15, column)
    across(column, 15, sums)
    contrast_ratio(sums, around, floor, np.float32(np.float64(1.0) / np.float64(225)), far)
    return start


@kernel
def energy_score(
    src, src_y, height, window, floor, gains, weights, gain, offset, y0, y1, dst,
    column, window_column, sums, running, around, near, far,
):  # fmt: skip
    """Loss of fine contrast, boxes of 9 and 15 against the window around; raises the map."""
    start = -1
    for y in range(y0, y1):
        start = contrast_ratios(
            src, src_y, height, window, floor, start, y,
            column, window_column, sums, running, around, near, far,
        )  # fmt: skip
        _lost(near, gains[0], weights[0])
        _lost(far, gains[1], weights[1])
        for x in range(np.uint64(near.shape[0])):
            near[x] = np.sqrt((near[x] + EPSILON) * (far[x] + EPSILON)) - EPSILON
        raise_map(dst[y], near, gain, offset)
