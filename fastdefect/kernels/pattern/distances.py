"""Sums over windows of a row of cells, and how far each cell is from the nearest of a few normal distributions.

The sums are integers that go from row to row; the distances float32 with one rounding for each product and each sum, in
the order of `reference.pattern`, so that no strip, tile or thread shows. ``CHUNK`` cells at a time: their features are
read once for every distribution, and so stay in the first cache.
"""

import numpy as np

from fastdefect.kernels._numba import kernel

CHUNK = 256
STEP = 4


@kernel
def _add(total, row):
    """Add a row to sums down the columns."""
    for x in range(np.uint64(total.shape[0])):
        total[x] = np.int32(total[x] + np.int32(row[x]))


@kernel
def _move(total, added, removed):
    """Add a row and take another off."""
    for x in range(np.uint64(total.shape[0])):
        total[x] = np.int32(total[x] + np.int32(np.int32(added[x]) - np.int32(removed[x])))


@kernel
def start_columns(cells, sides, row, columns):
    """Sums over as many rows around ``row`` as each feature's window has."""
    columns[:] = np.int32(0)
    for feature in range(cells.shape[0]):
        half = sides[feature] // 2
        for y in range(row - half, row + half + 1):
            _add(columns[feature], cells[feature, y])


@kernel
def move_columns(cells, sides, row, columns):
    """From the windows around the row before to those around ``row``."""
    for feature in range(cells.shape[0]):
        half = sides[feature] // 2
        _move(columns[feature], cells[feature, row + half], cells[feature, row - half - 1])


@kernel
def window_sums(columns, side, x0, dst):
    """Sums of ``side`` columns, 5 or 7, around the cells from ``x0`` on."""
    first = np.uint64(x0 - side // 2)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    for x in range(np.uint64(dst.shape[0])):
        i = first + x
        near = np.int32(np.int32(columns[i] + columns[i + one]) + columns[i + two])
        dst[x] = np.int32(near + np.int32(columns[i + three] + columns[i + four]))
    if side == 7:
        for x in range(np.uint64(dst.shape[0])):
            i = first + x + np.uint64(5)
            dst[x] = np.int32(dst[x] + np.int32(columns[i] + columns[i + one]))


@kernel
def _differences(sums, centre, dst):
    """What is left of sums when the centre is taken off: below 2^24, so exact in float32."""
    for x in range(np.uint64(sums.shape[0])):
        dst[x] = np.float32(np.int32(sums[x] - centre))


@kernel
def _four_products(value, f, j, a, b, c, d):
    """Add four products, one after the other."""
    one, two, three = j + np.uint64(1), j + np.uint64(2), j + np.uint64(3)
    for x in range(np.uint64(value.shape[0])):
        total = value[x] + a * f[j, x]
        total = total + b * f[one, x]
        total = total + c * f[two, x]
        value[x] = total + d * f[three, x]


@kernel
def _add_square(total, value):
    """Add the square of one of the independent numbers."""
    for x in range(np.uint64(total.shape[0])):
        total[x] = total[x] + value[x] * value[x]


@kernel
def _nearer(nearest, total):
    """The smaller of both."""
    for x in range(np.uint64(total.shape[0])):
        nearest[x] = total[x] if total[x] < nearest[x] else nearest[x]


@kernel
def _nearest(features, factors, shifts, total, value, nearest):
    """Squared distance to the nearest distribution; the triangle's zeros beyond its diagonal change nothing."""
    nearest[:] = np.float32(np.inf)
    for kind in range(factors.shape[0]):
        total[:] = np.float32(0)
        for i in range(factors.shape[1]):
            value[:] = shifts[kind, i]
            row = factors[kind, i]
            for j in range(0, i + 1, STEP):
                _four_products(value, features, np.uint64(j), row[j], row[j + 1], row[j + 2], row[j + 3])  # fmt: skip
            _add_square(total, value)
        _nearer(nearest, total)


@kernel
def _first_part(nearest, offset, gain, dst):
    """The distance in multiples of what good cells have."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = (np.sqrt(nearest[x]) - offset) * gain


@kernel
def _second_part(nearest, offset, gain, dst):
    """Mean of both parts."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = (dst[x] + (np.sqrt(nearest[x]) - offset) * gain) * np.float32(0.5)


@kernel
def score_row(columns, rim, numbers, sums, chunk, dst):
    """Values of a row of cells, float32 (W // 2,): those at the rim are those of the nearest cell further in."""
    width, features = dst.shape[0], numbers.centre.shape[1]
    wide = numbers.factors.shape[3]
    for x0 in range(rim, width - rim, CHUNK):
        size = min(CHUNK, width - rim - x0)
        values, total = chunk[:, :size], chunk[wide, :size]
        value, nearest = chunk[wide + 1, :size], chunk[wide + 2, :size]
        for part in range(numbers.centre.shape[0]):
            for i in range(features):
                feature = part * features + i
                window_sums(columns[feature], numbers.sides[feature], x0, sums[:size])
                _differences(sums[:size], numbers.centre[part, i], values[i])
            _nearest(values, numbers.factors[part], numbers.shifts[part], total, value, nearest)
            offset, gain = numbers.offsets[part], numbers.gains[part]
            if part == 0:
                _first_part(nearest, offset, gain, dst[x0 : x0 + size])
            else:
                _second_part(nearest, offset, gain, dst[x0 : x0 + size])
    for x in range(rim, width - rim):
        dst[x] = dst[x] if dst[x] > np.float32(0) else np.float32(0)
    dst[:rim] = dst[rim]
    dst[width - rim :] = dst[width - rim - 1]


@kernel
def write_rows(cells, score, y0, y1):
    """Each value to its two columns, of the map's rows y0 ... y1; a last odd column takes that before it."""
    last = np.uint64(score.shape[1] - 1)
    for y in range(np.uint64(y0), np.uint64(y1)):
        for x in range(np.uint64(cells.shape[0])):
            score[y, x + x] = cells[x]
            score[y, x + x + np.uint64(1)] = cells[x]
        score[y, last] = cells[np.uint64(cells.shape[0] - 1)]
