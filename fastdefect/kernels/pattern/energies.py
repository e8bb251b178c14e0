"""Magnitudes of Laws' filters: what is left of the direction and the fineness of a texture when its phase is gone.

Every value fits 16 bits, sums over a cell too, so the loops run in vectors of 16-bit lanes. Twin: `reference.pattern`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.operations.pattern import EDGE, LEVEL, REACH


@kernel
def _plus(a, b):
    """Sum in 16 bits."""
    return np.int16(a + b)


@kernel
def _minus(a, b):
    """Difference in 16 bits."""
    return np.int16(a - b)


@kernel
def _twice(a):
    """Double in 16 bits."""
    return np.int16(a + a)


@kernel
def _level(a, b, c, d, e):
    """1 4 6 4 1."""
    near = _twice(_plus(_plus(b, d), c))
    return _plus(_plus(a, e), _plus(_twice(near), _twice(c)))


@kernel
def _edge(a, b, d, e):
    """-1 -2 0 2 1."""
    return _plus(_twice(_minus(d, b)), _minus(e, a))


@kernel
def _spot(a, c, e):
    """-1 0 2 0 -1."""
    return _minus(_minus(_twice(c), a), e)


@kernel
def _down(planes, plane, row, part, dst):
    """Filter five rows around ``row`` down the columns."""
    one, two = np.uint64(1), np.uint64(2)
    p, k, a, b, c, d, e = planes, plane, row - two, row - one, row, row + one, row + two
    width = np.uint64(dst.shape[0])
    if part == LEVEL:
        for x in range(width):
            dst[x] = _level(p[k, a, x], p[k, b, x], p[k, c, x], p[k, d, x], p[k, e, x])
    elif part == EDGE:
        for x in range(width):
            dst[x] = _edge(p[k, a, x], p[k, b, x], p[k, d, x], p[k, e, x])
    else:
        for x in range(width):
            dst[x] = _spot(p[k, a, x], p[k, c, x], p[k, e, x])


@kernel
def _magnitude(value, shift):
    """Without the sign, and some bits less."""
    return np.int16((value if value > np.int16(0) else np.int16(-value)) >> shift)


@kernel
def _along(src, part, shift, dst):
    """Magnitudes of the filter along a row, the first two columns of ``dst`` left as they are."""
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    count = np.uint64(src.shape[0] - 2 * REACH)
    if part == LEVEL:
        for x in range(count):
            value = _level(src[x], src[x + one], src[x + two], src[x + three], src[x + four])
            dst[x + two] = _magnitude(value, shift)
    elif part == EDGE:
        for x in range(count):
            value = _edge(src[x], src[x + one], src[x + three], src[x + four])
            dst[x + two] = _magnitude(value, shift)
    else:
        for x in range(count):
            dst[x + two] = _magnitude(_spot(src[x], src[x + two], src[x + four]), shift)


@kernel
def _add_cells(first, second, dst):
    """Sums over 2 by 2 pixels of two rows."""
    one = np.uint64(1)
    for x in range(np.uint64(dst.shape[0])):
        i = x + x
        dst[x] = _plus(_plus(first[i], first[i + one]), _plus(second[i], second[i + one]))


@kernel
def fine_energies(planes, skip, filters, dst, first, rows, lines):
    """Sums over cells of 2 by 2 pixels, to the features from ``first`` on of int16 (parts · features, rows, W // 2).

    Row 0 is that of the planes' rows ``skip`` and ``skip + 1``. ``lines`` is int16 (4, W): answers down the columns of both
    rows of a cell, and their magnitudes.
    """
    upper, lower, above, below = lines[0], lines[1], lines[2], lines[3]
    for cell in range(rows):
        row = np.uint64(2 * cell + skip)
        plane, down = -1, -1
        for f in range(filters.shape[0]):
            if filters[f, 0] != plane or filters[f, 1] != down:
                plane, down = filters[f, 0], filters[f, 1]
                _down(planes, np.uint64(plane), row, down, upper)
                _down(planes, np.uint64(plane), row + np.uint64(1), down, lower)
            shift = np.int16(filters[f, 3])
            _along(upper, filters[f, 2], shift, above)
            _along(lower, filters[f, 2], shift, below)
            _add_cells(above, below, dst[first + f, cell])


@kernel
def coarse_energies(halves, filters, dst, first, rows, lines):
    """The same of planes at half the size, where a cell is one pixel; cell row 0 is that of row 2."""
    answers = lines[0][: halves.shape[2]]
    for cell in range(rows):
        plane, down = -1, -1
        for f in range(filters.shape[0]):
            if filters[f, 0] != plane or filters[f, 1] != down:
                plane, down = filters[f, 0], filters[f, 1]
                _down(halves, np.uint64(plane), np.uint64(cell + REACH), down, answers)
            _along(answers, filters[f, 2], np.int16(filters[f, 3]), dst[first + f, cell])
