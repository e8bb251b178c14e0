"""Lines of 23 pixels in eight directions: hairs and creases.

Both halves of a line, 12 pixels each with the centre in common, must stick out to the same side, and the weaker
half counts; so a speck does not draw a star around itself, and nothing is smoothed. Sums of lines fit 16 bits.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.texture.features import raise_map, reflect
from fastdefect.operations.texture import PAD


@kernel
def clip_rows(src, src_y, limit, y0, y1, dst):
    """Residual clipped to ±limit, side columns included, to int16 rows."""
    low = np.int16(-limit)
    high = np.int16(limit)
    for y in range(y0, y1):
        row = src[y - src_y]
        out = dst[y - y0]
        for x in range(np.uint64(row.shape[0])):
            value = row[x]
            value = value if value < high else high
            out[x] = value if value > low else low


@kernel
def _twelve(a, b, c, d, e, f, g, h, i, j, k, m, dst):
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = np.int16(
            a[x] + b[x] + c[x] + d[x] + e[x] + f[x] + g[x] + h[x] + i[x] + j[x] + k[x] + m[x]
        )


@kernel
def _tap(src, src_y, height, y, dy, dx):
    return src[reflect(y + dy, height) - src_y][PAD + dx :]


@kernel
def half_line(src, src_y, height, y, dy, dx, sign, dst):
    """Sum of the 12 pixels ahead (sign 1) or behind (sign -1) of each pixel of row y, to int16 (W,).

    Steps: (0, 1), (1, 0), (1, ±1); with 2 in a step, that axis advances with every pixel and the other with
    every second one.
    """
    slow_y = 2 if abs(dx) == 2 else 1
    slow_x = 2 if abs(dy) == 2 else 1
    step_y = sign * (1 if dy > 0 else 0)
    step_x = sign * (1 if dx > 0 else (-1 if dx < 0 else 0))
    _twelve(
        src[y - src_y][PAD:],
        _tap(src, src_y, height, y, 1 // slow_y * step_y, 1 // slow_x * step_x),
        _tap(src, src_y, height, y, 2 // slow_y * step_y, 2 // slow_x * step_x),
        _tap(src, src_y, height, y, 3 // slow_y * step_y, 3 // slow_x * step_x),
        _tap(src, src_y, height, y, 4 // slow_y * step_y, 4 // slow_x * step_x),
        _tap(src, src_y, height, y, 5 // slow_y * step_y, 5 // slow_x * step_x),
        _tap(src, src_y, height, y, 6 // slow_y * step_y, 6 // slow_x * step_x),
        _tap(src, src_y, height, y, 7 // slow_y * step_y, 7 // slow_x * step_x),
        _tap(src, src_y, height, y, 8 // slow_y * step_y, 8 // slow_x * step_x),
        _tap(src, src_y, height, y, 9 // slow_y * step_y, 9 // slow_x * step_x),
        _tap(src, src_y, height, y, 10 // slow_y * step_y, 10 // slow_x * step_x),
        _tap(src, src_y, height, y, 11 // slow_y * step_y, 11 // slow_x * step_x),
        dst,
    )


@kernel
def _agree(ahead, behind, best):
    for x in range(np.uint64(best.shape[0])):
        a = ahead[x]
        b = behind[x]
        small = a if a < b else b
        large = a if a > b else b
        minus = np.int16(-large)
        both = small if small > minus else minus
        best[x] = both if both > best[x] else best[x]


@kernel
def best_line(src, src_y, height, directions, y, ahead, behind, best):
    """The strongest line through each pixel of row y, weaker half, at least 0, to int16 (W,)."""
    best[:] = np.int16(0)
    for i in range(directions.shape[0]):
        half_line(src, src_y, height, y, directions[i, 0], directions[i, 1], 1, ahead)
        half_line(src, src_y, height, y, directions[i, 0], directions[i, 1], -1, behind)
        _agree(ahead, behind, best)


@kernel
def line_score(
    src, src_y, height, directions, weight, gain, offset, y0, y1, dst, ahead, behind, best, side
):
    """Raise the map rows y0 .. y1 - 1 by the strongest line; ``src`` is clipped, ``directions`` int64 (8, 2)."""
    for y in range(y0, y1):
        best_line(src, src_y, height, directions, y, ahead, behind, best)
        for x in range(np.uint64(side.shape[0])):
            side[x] = np.float32(best[x]) * weight
        raise_map(dst[y], side, gain, offset)
