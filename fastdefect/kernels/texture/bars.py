"""Bars of 63 by 11 pixels along rows and columns, less the yarn's own tone and that of its surroundings.

All sums run in 32 bits from row to row and from pixel to pixel, so a bar costs the same for any length. Sums along a
row may wrap around; their differences, which are all that is used, do not. Twin: `reference.texture_bars`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.border import reflect_101_once
from fastdefect.kernels.texture.features import add_row, strip_row
from fastdefect.kernels.texture.running import window_sums
from fastdefect.operations.texture import BAR_THICK, PAD, PROFILE_SHARE, THICK_SHARE

_THICK_REACH = BAR_THICK // 2


@kernel
def _move(column, entering, leaving):
    """Move column sums by one row."""
    for x in range(np.uint64(column.shape[0])):
        column[x] = np.int32(column[x] + np.int32(np.int32(entering[x]) - np.int32(leaving[x])))


@kernel
def _contrast(profile, thick):
    """15 times the profile across a bar less 7 times the thick bar."""
    return np.int32(np.int32(PROFILE_SHARE) * profile - np.int32(THICK_SHARE) * np.int32(thick))


@kernel
def _profile(five, four, three, two, one):
    """Weights 1, 2, 3, 4, 5, 5, 5, 4, 3, 2, 1 across a bar, of sums that have one weight in common."""
    return np.int32(
        np.int32(5) * five + np.int32(4) * four + np.int32(3) * three + np.int32(2) * two + one
    )


@kernel
def _both(a, b):
    """Sum in 32 bits."""
    return np.int32(np.int32(a) + np.int32(b))


@kernel
def _contrast_down(src, r, thick, dst):
    """Contrast across lying bars, whose 11 rows of ``src`` are ``r``."""
    for x in range(np.uint64(dst.shape[0])):
        i = np.uint64(PAD) + x
        five = _both(_both(src[r[4], i], src[r[5], i]), src[r[6], i])
        four = _both(src[r[3], i], src[r[7], i])
        three = _both(src[r[2], i], src[r[8], i])
        two = _both(src[r[1], i], src[r[9], i])
        profile = _profile(five, four, three, two, _both(src[r[0], i], src[r[10], i]))
        dst[x] = _contrast(profile, thick[i])


@kernel
def _contrast_along(column, thick, dst):
    """Contrast across standing bars, of sums down the columns (W + 2 PAD)."""
    at = column[PAD - 5 :]
    for x in range(np.uint64(dst.shape[0])):
        five = _both(_both(at[x + np.uint64(4)], at[x + np.uint64(5)]), at[x + np.uint64(6)])
        four = _both(at[x + np.uint64(3)], at[x + np.uint64(7)])
        three = _both(at[x + np.uint64(2)], at[x + np.uint64(8)])
        two = _both(at[x + np.uint64(1)], at[x + np.uint64(9)])
        profile = _profile(five, four, three, two, _both(at[x], at[x + np.uint64(10)]))
        dst[x] = _contrast(profile, thick[x])


@kernel
def _across_row(column, thick, dst):
    """Contrast across standing bars of one row's column sums (W + 2 PAD), to ``dst`` (W,)."""
    window_sums(column, BAR_THICK, thick)
    _contrast_along(column, thick, dst)


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
    """The weaker half of a bar where both stick out to the same side, else 0."""
    for x in range(np.uint64(dst.shape[0])):
        whole = np.float32(long[x]) * long_scale
        one = _sticks_out(np.float32(before[x]) * half_scale, whole)
        two = _sticks_out(np.float32(behind[x]) * half_scale, whole)
        small = one if one < two else two
        large = one if one > two else two
        both = small if small > -large else -large
        dst[x] = both if both > np.float32(0) else np.float32(0)


@kernel
def _lying(contrast, sums, size, dst):
    """Bars along a row of contrasts (W), to float32 (W,)."""
    half, long = size.half, size.long
    width = dst.shape[0]
    count = width - 2 * half
    halves, whole = sums[0], sums[1]
    window_sums(contrast, half, halves)
    first = long // 2 - half
    last = first + width - long
    inner = whole[first : last + 1]
    window_sums(contrast, long, inner)
    whole[:first] = inner[0]
    whole[last:] = inner[last - first]
    before, behind = halves[:count], halves[half + 1 : half + 1 + count]
    dst[:] = np.float32(0)
    inside_row = dst[half : half + count]
    _weaker(before, behind, whole[:count], size.half_scale, size.long_scale, inside_row)


@kernel
def inside(y, before, size, height):
    """First of a window of ``size`` rows, ``before`` of them before row y, moved into the image."""
    return min(max(y - before, 0), height - size)


@kernel
def _start(src, rows, y, half, long, columns):
    """Column sums of the first row."""
    height, src_y = rows.height, rows.source
    columns[:] = np.int32(0)
    for reach in range(-_THICK_REACH, _THICK_REACH + 1):
        add_row(columns[0], src[reflect_101_once(y + reach, height) - src_y])
    first = inside(y, half, 2 * half + 1, height)
    for i in range(first, first + half):
        add_row(columns[1], src[i - src_y])
        add_row(columns[2], src[i + half + 1 - src_y])
    first = inside(y, long // 2, long, height)
    for i in range(first, first + long):
        add_row(columns[3], src[i - src_y])


@kernel
def _next(src, rows, y, half, long, columns):
    """Column sums of row y from those of the row before."""
    height, src_y = rows.height, rows.source
    _move(
        columns[0],
        src[reflect_101_once(y + _THICK_REACH, height) - src_y],
        src[reflect_101_once(y - 1 - _THICK_REACH, height) - src_y],
    )
    first = inside(y, half, 2 * half + 1, height)
    if first > inside(y - 1, half, 2 * half + 1, height):
        _move(columns[1], src[y - 1 - src_y], src[first - 1 - src_y])
        _move(columns[2], src[y + half - src_y], src[y - src_y])
    first = inside(y, long // 2, long, height)
    if first > inside(y - 1, long // 2, long, height):
        _move(columns[3], src[first + long - 1 - src_y], src[first - 1 - src_y])


@kernel
def bar_columns(src, rows, y, size, columns):
    """Column sums of row y, to int32 (4, W + 2 PAD): thick bar, half above, half below, long bar.

    Row ``rows.first`` begins; the others have to follow each other.
    """
    if y == rows.first:
        _start(src, rows, y, size.half, size.long, columns)
    else:
        _next(src, rows, y, size.half, size.long, columns)


@kernel
def bars(src, rows, y, lying_size, standing_size, scratch):
    """How far the bars around each pixel of row y stick out, to ``floats[0]`` (lying) and ``floats[1]`` (standing).

    ``bar_columns`` comes from `bar_columns`; ``columns[0]`` and ``sums`` are scratch.
    """
    lying, standing = scratch.floats[0], scratch.floats[1]
    columns, sums = scratch.bar_columns, scratch.sums
    line = scratch.columns[0][: lying.shape[0]]
    r = (
        strip_row(rows, y - 5), strip_row(rows, y - 4), strip_row(rows, y - 3), strip_row(rows, y - 2),
        strip_row(rows, y - 1), strip_row(rows, y), strip_row(rows, y + 1), strip_row(rows, y + 2),
        strip_row(rows, y + 3), strip_row(rows, y + 4), strip_row(rows, y + 5),
    )  # fmt: skip
    _contrast_down(src, r, columns[0], line)
    _lying(line, sums, lying_size, lying)
    if y < standing_size.half or y >= rows.height - standing_size.half:
        standing[:] = np.float32(0)
        return
    for i in range(3):
        _across_row(columns[i + 1], sums[3], sums[i])
    _weaker(sums[0], sums[1], sums[2], standing_size.half_scale, standing_size.long_scale, standing)


@kernel
def bar_score(src, dst, rows, numbers, scratch):
    """Raise rows of the map by the stronger bar.

    ``src`` is clipped; of z multiples of its quantile the smaller ``gain * z - offset`` counts.
    """
    weights, gains, offsets = numbers.bar_weights, numbers.bar_gains, numbers.bar_offsets
    lying, standing = scratch.floats[0], scratch.floats[1]
    for y in range(rows.first, rows.last):
        bar_columns(src, rows, y, numbers.standing, scratch.bar_columns)
        bars(src, rows, y, numbers.lying, numbers.standing, scratch)
        row = dst[y]
        for x in range(np.uint64(row.shape[0])):
            a = lying[x] * weights[0]
            b = standing[x] * weights[1]
            z = a if a > b else b
            steep = z * gains[0] - offsets[0]
            slow = z * gains[1] - offsets[1]
            value = steep if steep < slow else slow
            row[x] = value if value > row[x] else row[x]
