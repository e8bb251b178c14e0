"""Lines of 23 pixels in eight directions: hairs and creases.

Both halves of a line, 12 pixels each with the centre in common, must stick out to the same side, and the weaker
half counts; so a speck does not draw a star around itself, and nothing is smoothed. Sums of lines fit 16 bits.

The half behind a pixel is the half ahead of the line's other end, so each sum is made once and kept for 12 rows; and it
follows from that of the pixel one step before by what leaves and what enters.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.features import strip_row
from fastdefect.operations.texture import HALF_LINE, PAD

# Columns of a strip that the sums have on neither side: as many as a line reaches further.
_SIDE = PAD - HALF_LINE + 1


@kernel
def clip_rows(src, dst, rows, limit):
    """Residual clipped to ±limit, side columns included, to int16 rows."""
    low = np.int16(-limit)
    high = np.int16(limit)
    for y in range(rows.first, rows.last):
        row = src[y - rows.source]
        out = dst[y - rows.first]
        for x in range(np.uint64(row.shape[0])):
            value = row[x]
            value = value if value < high else high
            out[x] = value if value > low else low


@kernel
def _twelve(src, r, c, dst):
    """Sum of the 12 pixels ``src[r[i], c[i] + x]``; indices in place of 12 slices, which would be 12 parameters."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int16(
            src[r[0], c[0] + x]
            + src[r[1], c[1] + x]
            + src[r[2], c[2] + x]
            + src[r[3], c[3] + x]
            + src[r[4], c[4] + x]
            + src[r[5], c[5] + x]
            + src[r[6], c[6] + x]
            + src[r[7], c[7] + x]
            + src[r[8], c[8] + x]
            + src[r[9], c[9] + x]
            + src[r[10], c[10] + x]
            + src[r[11], c[11] + x]
        )


@kernel
def _tap_rows(rows, y, step, slow):
    """Strip rows of 12 pixels that move by ``step`` at every ``slow``-th."""
    return (
        strip_row(rows, y), strip_row(rows, y + 1 // slow * step),
        strip_row(rows, y + 2 // slow * step), strip_row(rows, y + 3 // slow * step),
        strip_row(rows, y + 4 // slow * step), strip_row(rows, y + 5 // slow * step),
        strip_row(rows, y + 6 // slow * step), strip_row(rows, y + 7 // slow * step),
        strip_row(rows, y + 8 // slow * step), strip_row(rows, y + 9 // slow * step),
        strip_row(rows, y + 10 // slow * step), strip_row(rows, y + 11 // slow * step),
    )  # fmt: skip


@kernel
def _tap_columns(first, step, slow):
    """The same of strip columns, from column ``first`` on."""
    return (
        np.uint64(first), np.uint64(first + 1 // slow * step), np.uint64(first + 2 // slow * step),
        np.uint64(first + 3 // slow * step), np.uint64(first + 4 // slow * step), np.uint64(first + 5 // slow * step),
        np.uint64(first + 6 // slow * step), np.uint64(first + 7 // slow * step), np.uint64(first + 8 // slow * step),
        np.uint64(first + 9 // slow * step), np.uint64(first + 10 // slow * step), np.uint64(first + 11 // slow * step),
    )  # fmt: skip


@kernel
def _units(step):
    """Rows and columns to the next pixel, and how many pixels stay in a row and in a column.

    Steps: (0, 1), (1, 0), (1, ±1); with 2 in a step, that axis advances with every pixel and the other with every second.
    """
    dy, dx = step[0], step[1]
    return min(dy, 1), min(max(dx, -1), 1), 2 if abs(dx) == 2 else 1, 2 if dy == 2 else 1


@kernel
def _pixel(step, i):
    """Rows and columns from a pixel to the ``i``-th behind it on its line."""
    unit_y, unit_x, slow_y, slow_x = _units(step)
    return i // slow_y * unit_y, i // slow_x * unit_x


@kernel
def half_line(src, rows, y, step, first, dst):
    """Sums of the 12 pixels ahead of each pixel of row y from strip column ``first`` on, to int16 rows."""
    unit_y, unit_x, slow_y, slow_x = _units(step)
    _twelve(src, _tap_rows(rows, y, unit_y, slow_y), _tap_columns(first, unit_x, slow_x), dst)


@kernel
def _move_one(before, entering, leaving, dst):
    """Sums one pixel further."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int16(np.int16(before[x] - leaving[x]) + entering[x])


@kernel
def _move_two(before, entering, last, leaving, second, dst):
    """Sums two pixels further."""
    for x in range(np.uint64(dst.shape[0])):
        less = np.int16(np.int16(before[x] - leaving[x]) - second[x])
        dst[x] = np.int16(np.int16(less + entering[x]) + last[x])


@kernel
def _follow(src, rows, y, step, ring):
    """Sums of row y from those of the row a step before; the columns that a step leaves free are made anew."""
    dy, dx = step[0], step[1]
    left, right = max(dx, 0), max(-dx, 0)
    first, end = _SIDE + left, src.shape[1] - _SIDE - right
    dst = ring[y % HALF_LINE]
    before = ring[(y - dy) % HALF_LINE][first - dx : end - dx]
    leaving = src[strip_row(rows, y - dy)][first - dx : end - dx]
    far_y, far_x = _pixel(step, HALF_LINE - 1)
    last = src[strip_row(rows, y + far_y)][first + far_x : end + far_x]
    inner = dst[first:end]
    if abs(dy) + abs(dx) == 3:
        near_y, near_x = _pixel(step, 1)
        second = src[strip_row(rows, y - dy + near_y)][first - dx + near_x : end - dx + near_x]
        far_y, far_x = _pixel(step, HALF_LINE - 2)
        entering = src[strip_row(rows, y + far_y)][first + far_x : end + far_x]
        _move_two(before, entering, last, leaving, second, inner)
    else:
        _move_one(before, last, leaving, inner)
    if left > 0:
        half_line(src, rows, y, step, _SIDE, dst[_SIDE:first])
    if right > 0:
        half_line(src, rows, y, step, end, dst[end : end + right])


@kernel
def _line_row(src, rows, y, step, ring):
    """Sums of row y, and for the first row of those before it that its lines begin in."""
    back = _pixel(step, HALF_LINE - 1)[0]
    begin = rows.first - back
    for row in range(begin if y == rows.first else y, y + 1):
        if row < begin + step[0] or step[0] == 0:
            end = src.shape[1] - _SIDE
            half_line(src, rows, row, step, _SIDE, ring[row % HALF_LINE][_SIDE:end])
        else:
            _follow(src, rows, row, step, ring)


@kernel
def _agree(ahead, behind, best):
    """Raise ``best`` by the weaker of two halves that stick out to the same side."""
    for x in range(np.uint64(best.shape[0])):
        a = ahead[x]
        b = behind[x]
        small = a if a < b else b
        large = a if a > b else b
        minus = np.int16(-large)
        both = small if small > minus else minus
        best[x] = both if both > best[x] else best[x]


@kernel
def best_line(src, rows, directions, y, rings, best):
    """The strongest line through each pixel of row y, weaker half, at least 0, to ``best``, int16 (W,).

    ``rings``, int16 (8, 12, W + 2 PAD), keeps the sums of the last rows: row ``rows.first`` begins, the others have to
    follow each other.
    """
    width = best.shape[0]
    best[:] = np.int16(0)
    for i in range(directions.shape[0]):
        step, ring = directions[i], rings[i]
        _line_row(src, rows, y, step, ring)
        back_y, back_x = _pixel(step, HALF_LINE - 1)
        start = PAD - back_x
        behind = ring[(y - back_y) % HALF_LINE][start : start + width]
        _agree(ring[y % HALF_LINE][PAD : PAD + width], behind, best)


@kernel
def _raise_by_lines(row, best, weight, gain, offset):
    """Raise a row of the map to ``gain * weight * best - offset``."""
    for x in range(np.uint64(row.shape[0])):
        value = np.float32(np.float32(best[x]) * weight) * gain - offset
        row[x] = value if value > row[x] else row[x]


@kernel
def line_score(src, dst, rows, numbers, scratch):
    """Raise rows of the map by the strongest line; ``src`` is clipped."""
    best = scratch.shorts[0]
    for y in range(rows.first, rows.last):
        best_line(src, rows, numbers.directions, y, scratch.lines, best)
        _raise_by_lines(dst[y], best, numbers.line_weight, numbers.side_gain, numbers.side_offset)
