"""Sums over windows of a row of cells, and how far each cell is from the nearest of a few normal distributions.

The sums are integers that go from row to row; the distances float32 with one rounding for each product and each sum, in
the order of `reference.pattern`, so that no strip, tile or thread shows. ``CHUNK`` cells at a time: their features are
read once for every distribution, and so stay in the first cache.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.operations.pattern import BEND

CHUNK = 256
STEP = 4


@kernel
def _add_row(total, row):
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
            _add_row(columns[feature], cells[feature, y])


@kernel
def move_columns(cells, sides, row, columns):
    """From the windows around the row before to those around ``row``."""
    for feature in range(cells.shape[0]):
        half = sides[feature] // 2
        _move(columns[feature], cells[feature, row + half], cells[feature, row - half - 1])


@kernel
def window_sums(columns, side, x0, size, dst, at):
    """Sums of ``side`` columns, 5 or 7, around ``size`` cells from ``x0`` on, to ``dst`` from ``at`` on."""
    first = np.uint64(x0 - side // 2)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    for x in range(np.uint64(size)):
        i = first + x
        near = np.int32(np.int32(columns[i] + columns[i + one]) + columns[i + two])
        dst[at + x] = np.int32(near + np.int32(columns[i + three] + columns[i + four]))
    if side == 7:
        for x in range(np.uint64(size)):
            i = first + x + np.uint64(5)
            dst[at + x] = np.int32(dst[at + x] + np.int32(columns[i] + columns[i + one]))


@kernel
def _lift(sums, floor, size, lifted):
    """Sums and a floor; below 2^24, so exact in float32."""
    for x in range(np.uint64(size)):
        lifted[x] = np.float32(np.int32(sums[x] + floor))


@kernel
def _differences(lifted, centre, size, features, at):
    """What is left when the centre is taken off."""
    for x in range(np.uint64(size)):
        features[at + x] = lifted[x] - centre


@kernel
def _logarithms(bits, centre, size, features, at):
    """The same of logarithms to base 2, a parabola between powers of two; ``bits`` are those of float32."""
    unit, bend, one = np.float32(2.0**-23), np.float32(BEND), np.float32(1)
    for x in range(np.uint64(size)):
        share = np.float32(bits[x] & np.int32(0x7FFFFF)) * unit
        power = np.float32(np.int32((bits[x] >> np.int32(23)) - np.int32(127)))
        features[at + x] = (power + (share + bend * (share * (one - share)))) - centre


@kernel
def _four(factor, i, j):
    """Four neighbours of a row of a triangle."""
    return factor[i, j], factor[i, j + 1], factor[i, j + 2], factor[i, j + 3]


@kernel
def _add(value, k, a, b, c, d):
    """Four products, one after the other."""
    return (((value + k[0] * a) + k[1] * b) + k[2] * c) + k[3] * d


@kernel
def _block(values, features, factor, i, j, size):
    """Four features' share of four of the independent numbers: 16 products of what was loaded once.

    Rows lie ``CHUNK`` apart in flat arrays: of constant distances LLVM knows that they don't overlap.
    """
    k, m, n, o = _four(factor, i, j), _four(factor, i + 1, j), _four(factor, i + 2, j), _four(factor, i + 3, j)  # fmt: skip
    at, row = np.uint64(j * CHUNK), np.uint64(CHUNK)
    for x in range(np.uint64(size)):
        y = at + x
        a, b, c, d = features[y], features[y + row], features[y + row + row], features[y + row + row + row]  # fmt: skip
        values[x] = _add(values[x], k, a, b, c, d)
        values[x + row] = _add(values[x + row], m, a, b, c, d)
        values[x + row + row] = _add(values[x + row + row], n, a, b, c, d)
        values[x + row + row + row] = _add(values[x + row + row + row], o, a, b, c, d)


@kernel
def _add_squares(total, values, size):
    """Add the squares of four of the independent numbers, one after the other."""
    row = np.uint64(CHUNK)
    for x in range(np.uint64(size)):
        a, b, c, d = values[x], values[x + row], values[x + row + row], values[x + row + row + row]
        total[x] = (((total[x] + a * a) + b * b) + c * c) + d * d


@kernel
def _nearer(nearest, total, size):
    """The smaller of both."""
    for x in range(np.uint64(size)):
        nearest[x] = total[x] if total[x] < nearest[x] else nearest[x]


@kernel
def _nearest(features, factors, shifts, size, values, total, nearest):
    """Squared distance to the nearest distribution; the triangle's zeros beyond its diagonal change nothing."""
    nearest[:size] = np.float32(np.inf)
    for kind in range(factors.shape[0]):
        total[:size] = np.float32(0)
        for i in range(0, factors.shape[1], STEP):
            for k in range(STEP):
                values[k * CHUNK : k * CHUNK + size] = shifts[kind, i + k]
            for j in range(0, i + 1, STEP):
                _block(values, features, factors[kind], i, j, size)
            _add_squares(total, values, size)
        _nearer(nearest, total, size)


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
def score_row(columns, rim, numbers, scratch, dst):
    """Values of a row of cells, float32 (W // 2,): those at the rim are those of the nearest cell further in."""
    width, count = dst.shape[0], numbers.centre.shape[1]
    sums, features, nearest = scratch.sums, scratch.features, scratch.nearest
    for x0 in range(rim, width - rim, CHUNK):
        size = min(CHUNK, width - rim - x0)
        for part in range(numbers.centre.shape[0]):
            for i in range(count):
                feature = part * count + i
                window_sums(columns[feature], numbers.sides[feature], x0, size, sums, np.uint64(0))
                centre, at = numbers.centre[part, i], np.uint64(i * CHUNK)
                _lift(sums, numbers.floors[part, i], size, scratch.lifted)
                if i < numbers.logged:
                    _logarithms(scratch.bits, centre, size, features, at)
                else:
                    _differences(scratch.lifted, centre, size, features, at)
            factors, shifts = numbers.factors[part], numbers.shifts[part]
            _nearest(features, factors, shifts, size, scratch.values, scratch.total, nearest)
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
