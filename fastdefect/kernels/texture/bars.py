"""Bars of 63 by 11 pixels along rows and columns, less the yarn's own tone and that of its surroundings.

All sums run in 32 bits from row to row and from pixel to pixel, so a bar costs the same for any length. Sums along a
row may wrap around; their differences, which are all that is used, do not. Twin: `reference.texture_bars`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.features import add_row, reflect
from fastdefect.operations.texture import BAR_THICK, PAD

_THICK_REACH = BAR_THICK // 2


@kernel
def _move(column, entering, leaving):
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(np.int32(entering[x]) - np.int32(leaving[x])))


@kernel
def _contrast(c5, c4, c3, c2, c1, c, d1, d2, d3, d4, d5, thick, dst):
    """15 times the profile across a bar less 7 times the thick bar."""
    for x in range(np.uint64(dst.shape[0])):
        five = np.int32(np.int32(c1[x]) + np.int32(c[x])) + np.int32(d1[x])
        four = np.int32(c2[x]) + np.int32(d2[x])
        three = np.int32(c3[x]) + np.int32(d3[x])
        two = np.int32(c4[x]) + np.int32(d4[x])
        one = np.int32(c5[x]) + np.int32(d5[x])
        profile = np.int32(
            np.int32(5) * five + np.int32(4) * four + np.int32(3) * three + np.int32(2) * two + one
        )
        dst[x] = np.int32(np.int32(15) * profile - np.int32(7) * np.int32(thick[x]))


@kernel
def _totals(line, dst):
    """dst[i]: sum of line[:i], in 32 bits."""
    total = np.int32(0)
    dst[0] = total
    out = dst[1:]
    for x in range(np.uint64(line.shape[0])):
        total = np.int32(total + line[x])
        out[x] = total


@kernel
def _across_row(column, totals, thick, dst):
    """Contrast across standing bars of one row's column sums (W + 2 PAD), to ``dst`` (W,)."""
    _totals(column, totals)
    ahead = totals[PAD + _THICK_REACH + 1 :]
    behind = totals[PAD - _THICK_REACH :]
    for x in range(np.uint64(dst.shape[0])):
        thick[x] = np.int32(ahead[x] - behind[x])
    at = column[PAD - 5 :]
    _contrast(
        at, at[1:], at[2:], at[3:], at[4:], at[5:], at[6:], at[7:], at[8:], at[9:], at[10:],
        thick, dst,
    )  # fmt: skip


@kernel
def _sticks_out(own, whole):
    """``own - whole``, to the side of ``own`` only and no further than twice as far."""
    zero = np.float32(0)
    most = np.float32(2) * own
    low = most if most < zero else zero
    high = most if most > zero else zero
    value = own - whole
    value = value if value > low else low
    return value if value < high else high


@kernel
def _weaker(before, behind, long, half_scale, long_scale, dst):
    for x in range(np.uint64(dst.shape[0])):
        whole = np.float32(long[x]) * long_scale
        one = _sticks_out(np.float32(before[x]) * half_scale, whole)
        two = _sticks_out(np.float32(behind[x]) * half_scale, whole)
        small = one if one < two else two
        large = one if one > two else two
        both = small if small > -large else -large
        dst[x] = both if both > np.float32(0) else np.float32(0)


@kernel
def _lying(contrast, totals, sums, half, long, half_scale, long_scale, dst):
    """Bars along a row of contrasts (W), to float32 (W,)."""
    width = dst.shape[0]
    _totals(contrast, totals)
    count = width - 2 * half
    before, behind, whole = sums[0][:count], sums[1][:count], sums[2][:count]
    centre, after, end = totals[half:], totals[half + 1 :], totals[2 * half + 1 :]
    for x in range(np.uint64(count)):
        before[x] = np.int32(centre[x] - totals[x])
        behind[x] = np.int32(end[x] - after[x])
    first = long // 2 - half
    last = first + width - long
    long_end = totals[long:]
    inner = whole[first : last + 1]
    for x in range(np.uint64(inner.shape[0])):
        inner[x] = np.int32(long_end[x] - totals[x])
    whole[:first] = inner[0]
    whole[last:] = inner[last - first]
    dst[:] = np.float32(0)
    _weaker(before, behind, whole, half_scale, long_scale, dst[half : half + count])


@kernel
def inside(y, before, size, height):
    """First of a window of ``size`` rows, ``before`` of them before row y, moved into the image."""
    return min(max(y - before, 0), height - size)


@kernel
def _start(src, src_y, height, y, half, long, columns):
    columns[:] = np.int32(0)
    for reach in range(-_THICK_REACH, _THICK_REACH + 1):
        add_row(columns[0], src[reflect(y + reach, height) - src_y])
    first = inside(y, half, 2 * half + 1, height)
    for i in range(first, first + half):
        add_row(columns[1], src[i - src_y])
        add_row(columns[2], src[i + half + 1 - src_y])
    first = inside(y, long // 2, long, height)
    for i in range(first, first + long):
        add_row(columns[3], src[i - src_y])


@kernel
def _next(src, src_y, height, y, half, long, columns):
    _move(
        columns[0],
        src[reflect(y + _THICK_REACH, height) - src_y],
        src[reflect(y - 1 - _THICK_REACH, height) - src_y],
    )
    first = inside(y, half, 2 * half + 1, height)
    if first > inside(y - 1, half, 2 * half + 1, height):
        _move(columns[1], src[y - 1 - src_y], src[first - 1 - src_y])
        _move(columns[2], src[y + half - src_y], src[y - src_y])
    first = inside(y, long // 2, long, height)
    if first > inside(y - 1, long // 2, long, height):
        _move(columns[3], src[first + long - 1 - src_y], src[first - 1 - src_y])


@kernel
def bar_columns(src, src_y, height, y, y0, sizes, columns):
    """Column sums of row y, to int32 (4, W + 2 PAD): thick bar, half above, half below, long bar.

    Row ``y0`` begins; the others have to follow each other.
    """
    if y == y0:
        _start(src, src_y, height, y, sizes[1, 0], sizes[1, 1], columns)
    else:
        _next(src, src_y, height, y, sizes[1, 0], sizes[1, 1], columns)


@kernel
def bars(src, src_y, height, y, sizes, scales, columns, contrast, totals, sums, lying, standing):
    """How far the bars around each pixel of row y stick out, to float32 (W,) each.

    ``sizes`` int64 (2, 2), ``scales`` float32 (2, 2): of half and long bars, lying and standing. ``columns`` comes from
    `bar_columns`; ``contrast`` and ``totals`` (W + 2 PAD + 1) and ``sums`` (4, W) are int32 scratch.
    """
    width = lying.shape[0]
    r = reflect
    line = contrast[:width]
    _contrast(
        src[r(y - 5, height) - src_y][PAD:], src[r(y - 4, height) - src_y][PAD:],
        src[r(y - 3, height) - src_y][PAD:], src[r(y - 2, height) - src_y][PAD:],
        src[r(y - 1, height) - src_y][PAD:], src[y - src_y][PAD:],
        src[r(y + 1, height) - src_y][PAD:], src[r(y + 2, height) - src_y][PAD:],
        src[r(y + 3, height) - src_y][PAD:], src[r(y + 4, height) - src_y][PAD:],
        src[r(y + 5, height) - src_y][PAD:], columns[0][PAD:], line,
    )  # fmt: skip
    _lying(line, totals, sums, sizes[0, 0], sizes[0, 1], scales[0, 0], scales[0, 1], lying)
    if y < sizes[1, 0] or y >= height - sizes[1, 0]:
        standing[:] = np.float32(0)
        return
    for i in range(3):
        _across_row(columns[i + 1], totals, sums[3], sums[i])
    _weaker(sums[0], sums[1], sums[2], scales[1, 0], scales[1, 1], standing)


@kernel
def bar_score(
    src, src_y, height, sizes, scales, weights, gains, offsets, y0, y1, dst,
    columns, contrast, totals, sums, lying, standing,
):  # fmt: skip
    """Raise the map rows y0 .. y1 - 1 by the stronger bar.

    ``src`` is clipped; ``weights``, ``gains`` and ``offsets`` float32 (2,): of z multiples of its quantile the smaller
    ``gain * z - offset`` counts.
    """
    for y in range(y0, y1):
        bar_columns(src, src_y, height, y, y0, sizes, columns)
        bars(src, src_y, height, y, sizes, scales, columns, contrast, totals, sums, lying, standing)
        row = dst[y]
        for x in range(np.uint64(row.shape[0])):
            a = lying[x] * weights[0]
            b = standing[x] * weights[1]
            z = a if a > b else b
            steep = z * gains[0] - offsets[0]
            slow = z * gains[1] - offsets[1]
            value = steep if steep < slow else slow
            row[x] = value if value > row[x] else row[x]
