"""Largest Feret diameter of regions: the longest distance within their convex hull, as scikit-image defines it.

scikit-image takes the convex hull of the middles of all pixel sides, fills it with pixels, and measures between the
middles of the sides of the filled shape. Twice the coordinates are integers, so all of that is exact here.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel

_FAR = np.int64(1) << np.int64(40)


@kernel
def _spread_ends(low, high, rows, ends):
    """Middles of the sides of the first and last pixel of each row, by twice their row: least and greatest column."""
    for y in range(2 * rows + 1):
        ends[0, y] = _FAR
        ends[1, y] = -_FAR
    for r in range(rows):
        if low[r] > high[r]:
            continue
        y = 2 * r + 1
        ends[0, y] = min(ends[0, y], 2 * low[r] - 1)
        ends[1, y] = max(ends[1, y], 2 * high[r] + 1)
        for side in (y - 1, y + 1):
            ends[0, side] = min(ends[0, side], 2 * low[r])
            ends[1, side] = max(ends[1, side], 2 * high[r])


@kernel
def _chain(ends, side, rows, stack):
    """Corners of the hull on one side, as rows of ``ends`` from top to bottom; return how many."""
    sign = np.int64(1) - np.int64(2) * np.int64(side)
    size = 0
    for y in range(2 * rows + 1):
        x = ends[side, y]
        if x == _FAR or x == -_FAR:
            continue
        while size > 1:
            a, b = stack[side, size - 2], stack[side, size - 1]
            turn = (b - a) * (x - ends[side, a]) - (y - a) * (ends[side, b] - ends[side, a])
            if sign * turn > 0:
                break
            size -= 1
        stack[side, size] = y
        size += 1
    return size


@kernel
def _fill_hull(ends, sizes, rows, stack, low, high):
    """First and last pixel of each row whose centre lies in the hull or on its edge."""
    for side in range(2):
        corner = 0
        for r in range(rows):
            y = 2 * r + 1
            while corner + 2 < sizes[side] and stack[side, corner + 1] < y:
                corner += 1
            a, b = stack[side, corner], stack[side, corner + 1]
            span = b - a
            x = ends[side, a] * span + (ends[side, b] - ends[side, a]) * (y - a)
            if side == 0:
                low[r] = -((-x) // (2 * span))
            else:
                high[r] = x // (2 * span)


@kernel
def feret_diameters(runs, first, boxes, spacing, low, high, ends, stack, squares, lengths):
    """Largest Feret diameter of each region.

    ``squares``, int64 (R,): the square of twice the diameter in pixels. ``lengths``, float64 (R,): the diameter in the
    unit of ``spacing``, float64 (2,), per row and column. Scratch of int64 for the highest region of h rows: ``low``,
    ``high`` (h,); ``ends``, ``stack`` (2, 2 h + 1).
    """
    for region in range(squares.shape[0]):
        top, left = boxes[region, 0], boxes[region, 1]
        rows = boxes[region, 2] - top
        for r in range(rows):
            low[r] = _FAR
            high[r] = -_FAR
        for i in range(first[region], first[region + 1]):
            r = np.int64(runs[i, 0]) - top
            low[r] = min(low[r], np.int64(runs[i, 1]) - left)
            high[r] = max(high[r], np.int64(runs[i, 2]) - 1 - left)
        _spread_ends(low, high, rows, ends)
        sizes = _chain(ends, 0, rows, stack), _chain(ends, 1, rows, stack)
        _fill_hull(ends, sizes, rows, stack, low, high)
        _spread_ends(low, high, rows, ends)
        sizes = _chain(ends, 0, rows, stack), _chain(ends, 1, rows, stack)
        most = np.int64(0)
        longest = np.float64(0.0)
        for s in range(2):
            for t in range(s, 2):
                for i in range(sizes[s]):
                    for j in range(sizes[t]):
                        dy = stack[t, j] - stack[s, i]
                        dx = ends[t, stack[t, j]] - ends[s, stack[s, i]]
                        most = max(most, dy * dy + dx * dx)
                        height, width = np.float64(dy) * spacing[0], np.float64(dx) * spacing[1]
                        longest = max(longest, height * height + width * width)
        squares[region] = most
        lengths[region] = np.sqrt(longest) / 2.0
