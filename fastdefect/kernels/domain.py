"""What is measured of an image as a whole, to tell whether it shows the material at all: sums over some of its rows.

Differences of neighbours are added up for each byte of a row, in uint16 and so in vectors: of at most `MOST_ROWS` rows
none reaches 2**16. Names stand for rows of the sums and for places of the statistics.
"""

from __future__ import annotations

import math

import numpy as np

from fastdefect.kernels._numba import kernel

MOST_ROWS = 64
FAR = 4
"""Pixels between the neighbours of the coarse differences."""
BLOCK = 8
"""Side of the blocks of JPEG and of most other lossy formats."""
LEVEL, FINE, WIDE, BENT, BELOW, WHITE, BLACK, DOWN = range(8)
"""Grey levels; differences 1 and `FAR` to the right, second ones; `FAR` down; bytes of 255, of 0; from here on, one row for
each place in a block, differences 1 down."""
SUMS = DOWN + BLOCK
LEVEL_COUNTS = 3 + 2 * BLOCK
COUNTS = LEVEL_COUNTS + 256
"""Pixels that `LEVEL`, `FINE` and `WIDE` count; of each place in a block, to the right and down; of each grey level."""
NOISE, COARSE, SHARP_X, SHARP_Y, SLANT, BEND, BLOCK_X, BLOCK_Y, RED, BLUE, RED_NOISE, BLUE_NOISE = (
    range(12)
)
GREY_STATISTICS, STATISTICS = 8, 12
MEAN, WHITE_SHARE, BLACK_SHARE, LEVELS = range(STATISTICS, STATISTICS + 4)
MEASURED = STATISTICS + 4
FOUND = MEASURED + BLOCK
DARKEST, BRIGHTEST, MOST_WHITE, MOST_BLACK, LEAST_LEVELS, MOST_BLOCKS = range(6)
# Differences of a flat image are 0, and need a logarithm.
_LEAST = 0.02


@kernel
def _add(src, row, begin, end, sums):
    """Add the bytes of a row."""
    for i in range(np.uint64(begin), np.uint64(end)):
        sums[i] += np.uint16(src[np.uint64(row) + i])


@kernel
def _add_equal(src, row, value, begin, end, sums):
    """Count the bytes of a value."""
    for i in range(np.uint64(begin), np.uint64(end)):
        sums[i] += np.uint16(src[np.uint64(row) + i] == value)


@kernel
def _add_apart(src, row, other, begin, end, sums):
    """Add the absolute differences of bytes at ``row`` and at ``other``."""
    for i in range(np.uint64(begin), np.uint64(end)):
        a, b = src[np.uint64(row) + i], src[np.uint64(other) + i]
        sums[i] += np.uint16(max(a, b) - min(a, b))


@kernel
def _add_bent(src, row, lag, begin, end, sums):
    """Add the absolute second differences, at most 510 each."""
    for i in range(np.uint64(begin), np.uint64(end)):
        at = np.uint64(row) + i
        outer = np.uint16(np.uint16(src[at]) + np.uint16(src[at + np.uint64(2 * lag)]))
        inner = np.uint16(np.uint16(src[at + np.uint64(lag)]) * np.uint16(2))
        sums[i] += np.uint16(max(outer, inner) - min(outer, inner))


@kernel
def _add_run(src, y, width, channels, begin, end, sums, counts):
    """Add the pixels ``begin ... end`` of a row; neighbours to the right lie within them."""
    stride = width * channels
    row, first, last = y * stride, begin * channels, end * channels
    _add(src, row, first, last, sums[LEVEL])
    _add_equal(src, row, np.uint8(255), first, last, sums[WHITE])
    _add_equal(src, row, np.uint8(0), first, last, sums[BLACK])
    _add_apart(src, row, row + FAR * stride, first, last, sums[BELOW])
    _add_apart(src, row, row + stride, first, last, sums[DOWN + y % BLOCK])
    counts[0] += end - begin
    counts[3 + BLOCK + y % BLOCK] += end - begin
    bent, wide = max(begin, end - 2), max(begin, end - FAR)
    _add_apart(src, row, row + channels, first, bent * channels, sums[FINE])
    _add_bent(src, row, channels, first, bent * channels, sums[BENT])
    _add_apart(src, row, row + FAR * channels, first, wide * channels, sums[WIDE])
    counts[1] += bent - begin
    counts[2] += wide - begin
    for place in range(BLOCK):
        counts[3 + place] += (bent - place + BLOCK - 1) // BLOCK - (
            begin - place + BLOCK - 1
        ) // BLOCK


@kernel
def _sum_rows(src, outside, geometry, sums, counts):
    """Add up every ``step``-th row; what does not count, or what lies 1 and `FAR` below it, parts the runs."""
    masked, width, channels, step = geometry[0], geometry[1], geometry[2], geometry[3]
    sums[:] = np.uint16(0)
    counts[:] = 0
    height = src.shape[0] // (width * channels)
    for row in range((height - FAR + step - 1) // step):  # by a step in a range it could raise
        y = row * step
        if masked == 0:
            _add_run(src, y, width, channels, 0, width, sums, counts)
            continue
        begin = 0
        for x in range(width + 1):
            if (
                x < width
                and outside[y, x] == 0
                and outside[y + 1, x] == 0
                and outside[y + FAR, x] == 0
            ):
                continue
            if x > begin:
                _add_run(src, y, width, channels, begin, x, sums, counts)
            begin = x + 1


@kernel
def _total(sums, begin, step):
    """Sum of every ``step``-th entry from ``begin`` on."""
    total = np.int64(0)
    for i in range(begin, sums.shape[0], step):
        total += np.int64(sums[i])
    return total


@kernel
def _excess(means):
    """How far the largest of some means lies above their mean, as a logarithm."""
    largest, total = 0.0, 0.0
    for i in range(means.shape[0]):
        largest = max(largest, means[i])
        total += means[i]
    rest = (total - largest) / (means.shape[0] - 1)
    return math.log((largest + _LEAST) / (rest + _LEAST))


@kernel
def _work_out(sums, counts, channels, found):
    """Statistics of the sums; those of colour for 3 channels only."""
    places = found[MEASURED : MEASURED + BLOCK]
    pixels, beside, apart = max(counts[0], 1), max(counts[1], 1), max(counts[2], 1)
    mean = _total(sums[LEVEL], 0, 1) / (pixels * channels)
    unit = 1.0 / (channels * (mean + 1.0))
    least = _LEAST / (mean + 1.0)
    down = np.int64(0)
    for place in range(BLOCK):
        total = _total(sums[DOWN + place], 0, 1)
        down += total
        places[place] = total / max(counts[3 + BLOCK + place] * channels, 1)
    found[BLOCK_Y] = _excess(places)
    for place in range(BLOCK):
        total = np.int64(0)
        for channel in range(channels):
            total += _total(sums[FINE], place * channels + channel, BLOCK * channels)
        places[place] = total / max(counts[3 + place] * channels, 1)
    found[BLOCK_X] = _excess(places)
    fine_x = math.log(_total(sums[FINE], 0, 1) * unit / beside + least)
    fine_y = math.log(down * unit / pixels + least)
    wide_x = math.log(_total(sums[WIDE], 0, 1) * unit / apart + least)
    wide_y = math.log(_total(sums[BELOW], 0, 1) * unit / pixels + least)
    found[NOISE], found[COARSE] = 0.5 * (fine_x + fine_y), 0.5 * (wide_x + wide_y)
    found[SHARP_X], found[SHARP_Y] = fine_x - wide_x, fine_y - wide_y
    found[SLANT] = fine_x - fine_y
    found[BEND] = math.log(_total(sums[BENT], 0, 1) * unit / beside + least) - fine_x
    found[MEAN] = mean
    found[WHITE_SHARE] = _total(sums[WHITE], 0, 1) / (pixels * channels)
    found[BLACK_SHARE] = _total(sums[BLACK], 0, 1) / (pixels * channels)
    if channels == 3:
        green = math.log(_total(sums[LEVEL], 1, 3) / pixels + 1.0)
        found[RED] = math.log(_total(sums[LEVEL], 2, 3) / pixels + 1.0) - green
        found[BLUE] = math.log(_total(sums[LEVEL], 0, 3) / pixels + 1.0) - green
        noise = math.log(_total(sums[FINE], 1, 3) / beside + _LEAST)
        found[RED_NOISE] = math.log(_total(sums[FINE], 2, 3) / beside + _LEAST) - noise - found[RED]
        found[BLUE_NOISE] = (
            math.log(_total(sums[FINE], 0, 3) / beside + _LEAST) - noise - found[BLUE]
        )


@kernel
def _used_levels(src, outside, geometry, counted):
    """Share of the grey levels of the middle channel that occur between those of 5 % and 95 % of the pixels.

    An image of fewer bits has gaps there. A fourth of the rows say which levels there are.
    """
    masked, width, channels, step = geometry[0], geometry[1], geometry[2], geometry[3]
    counted[:] = 0
    height = src.shape[0] // (width * channels)
    pixels = np.int64(0)
    for row in range((height + 4 * step - 1) // (4 * step)):
        y = row * 4 * step
        for x in range(width):
            if masked == 0 or outside[y, x] == 0:
                counted[src[(y * width + x) * channels + channels // 2]] += 1
                pixels += 1
    below, between, used = np.int64(0), 0, 0
    for level in range(256):
        if 20 * below <= 19 * pixels and 20 * (below + counted[level]) > pixels:
            between += 1
            used += np.int64(counted[level] > 0)
        below += counted[level]
    return used / max(between, 1)


@kernel
def measure(src, outside, geometry, sums, counts, found):
    """Statistics of the flat image ``src`` to ``found``, float64 (FOUND,), of which the last BLOCK are scratch.

    ``geometry``, int64: whether ``outside``, uint8 (H, W), is not 0 where a pixel does not count; width; channels; step from
    row to row, which is odd so as to come by every place in a block. Scratch: ``sums``, uint16 (SUMS, width · channels), and
    ``counts``, int64 (COUNTS,), whose first entry is the number of pixels.
    """
    _sum_rows(src, outside, geometry, sums, counts[:LEVEL_COUNTS])
    _work_out(sums, counts, geometry[2], found)
    found[LEVELS] = _used_levels(src, outside, geometry, counts[LEVEL_COUNTS:])


@kernel
def distance(found, frame, deviations):
    """Root mean square of the deviations beyond the slack, made independent.

    Rows of ``frame``, float64 (3 + N, N): centre, slack, spread, and the lower triangle that makes deviations independent.
    ``deviations`` takes them in units of the spread, one by one.
    """
    count, total = frame.shape[1], 0.0
    for i in range(count):
        away = found[i] - frame[0, i]
        beyond = max(abs(away) - frame[1, i], 0.0) / frame[2, i]
        deviations[i] = beyond if away > 0.0 else -beyond
    for i in range(count):
        value = 0.0
        for j in range(i + 1):
            value += frame[3 + i, j] * deviations[j]
        total += value * value
    return math.sqrt(total / count)


@kernel
def is_usual(found, deviations, limits):
    """Whether light, clipping, levels and blocks are those of good images; ``limits`` from `DARKEST` on."""
    return (
        limits[DARKEST] <= found[MEAN] <= limits[BRIGHTEST]
        and found[WHITE_SHARE] <= limits[MOST_WHITE]
        and found[BLACK_SHARE] <= limits[MOST_BLACK]
        and found[LEVELS] >= limits[LEAST_LEVELS]
        and deviations[BLOCK_X] <= limits[MOST_BLOCKS]
        and deviations[BLOCK_Y] <= limits[MOST_BLOCKS]
    )
