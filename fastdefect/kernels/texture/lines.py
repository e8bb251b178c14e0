"""Lines of 23 pixels in eight directions: hairs and creases.

Both halves of a line, 12 pixels each with the centre in common, must stick out to the same side, and the weaker
half counts; so a speck does not draw a star around itself, and nothing is smoothed. Sums of lines fit 16 bits.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.features import raise_map, strip_row
from fastdefect.operations.texture import PAD


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
def _tap_columns(step, slow):
    """The same of strip columns, for column 0 of the image."""
    return (
        np.uint64(PAD), np.uint64(PAD + 1 // slow * step), np.uint64(PAD + 2 // slow * step),
        np.uint64(PAD + 3 // slow * step), np.uint64(PAD + 4 // slow * step), np.uint64(PAD + 5 // slow * step),
        np.uint64(PAD + 6 // slow * step), np.uint64(PAD + 7 // slow * step), np.uint64(PAD + 8 // slow * step),
        np.uint64(PAD + 9 // slow * step), np.uint64(PAD + 10 // slow * step), np.uint64(PAD + 11 // slow * step),
    )  # fmt: skip


@kernel
def half_line(src, rows, y, direction, sign, dst):
    """Sum of the 12 pixels ahead (sign 1) or behind (sign -1) of each pixel of row y, to int16 (W,).

    Steps: (0, 1), (1, 0), (1, ±1); with 2 in a step, that axis advances with every pixel and the other with
    every second one.
    """
    dy, dx = direction[0], direction[1]
    slow_y = 2 if abs(dx) == 2 else 1
    slow_x = 2 if abs(dy) == 2 else 1
    step_y = sign * (1 if dy > 0 else 0)
    step_x = sign * (1 if dx > 0 else (-1 if dx < 0 else 0))
    _twelve(src, _tap_rows(rows, y, step_y, slow_y), _tap_columns(step_x, slow_x), dst)


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
def best_line(src, rows, directions, y, shorts):
    """The strongest line through each pixel of row y, weaker half, at least 0, to ``shorts[2]``, int16 (3, W)."""
    ahead, behind, best = shorts[0], shorts[1], shorts[2]
    best[:] = np.int16(0)
    for i in range(directions.shape[0]):
        half_line(src, rows, y, directions[i], 1, ahead)
        half_line(src, rows, y, directions[i], -1, behind)
        _agree(ahead, behind, best)


@kernel
def line_score(src, dst, rows, numbers, scratch):
    """Raise rows of the map by the strongest line; ``src`` is clipped."""
    weight = numbers.line_weight
    best, side = scratch.shorts[2], scratch.floats[0]
    for y in range(rows.first, rows.last):
        best_line(src, rows, numbers.directions, y, scratch.shorts)
        for x in range(np.uint64(side.shape[0])):
            side[x] = np.float32(best[x]) * weight
        raise_map(dst[y], side, numbers.side_gain, numbers.side_offset)
