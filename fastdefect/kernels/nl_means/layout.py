"""Into the strided-lane layout of NL-means and out of it."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.nl_means.intrinsics import quotients
from fastdefect.kernels.simd.specialization import lanes_of, rows_of
from fastdefect.kernels.simd.vector import (
    add,
    add_dot,
    alternate,
    every_row,
    load,
    load_rows,
    spread,
    store,
    store_rows,
)


@kernel
def fill(spec, numbers, scratch, src, row_map, column_map):
    """Make the three layouts of a tile and the range of each of its rows."""
    lanes = lanes_of(spec)
    pixels = lanes // 2
    k = numbers.k
    step = numbers.rows * lanes
    border = numbers.t + numbers.s
    vectors = k + 2 * border + 2
    single = scratch.single_pixels
    last = (pixels - 1) * k
    extended = scratch.extended
    for row in range(numbers.used_rows):
        line = src[row_map[row]]
        least = np.uint8(255)
        most = np.uint8(0)
        for column in range(column_map.size):
            value = line[column_map[column]]
            extended[column] = np.int32(value) * np.int32(65537)  # in both lanes of a pair
            least = min(least, value)
            most = max(most, value)
        scratch.low[row] = least
        scratch.high[row] = most
        place = (border * numbers.rows + row) * pixels
        for vector in range(border, border + k):
            for lane in range(pixels):
                single[place + lane] = extended[lane * k + vector]
            place += numbers.rows * pixels
    # Beyond the last vector comes the first, one pixel further; only the outermost lane is new.
    for vector in range(border - 1, -1, -1):
        for row in range(numbers.used_rows):
            place = (vector * numbers.rows + row) * lanes
            store(scratch.single, place, load(spec, scratch.single, place + k * step - 2))
            value = src[row_map[row], column_map[vector]]
            single[place // 2] = np.int32(value) * np.int32(65537)
    for vector in range(border + k, vectors):
        for row in range(numbers.used_rows):
            place = (vector * numbers.rows + row) * lanes
            store(scratch.single, place, load(spec, scratch.single, place - k * step + 2))
            value = src[row_map[row], column_map[last + vector]]
            single[place // 2 + pixels - 1] = np.int32(value) * np.int32(65537)
    for vector in range(vectors - 1):
        for row in range(numbers.used_rows):
            place = vector * step + row * lanes
            here = load(spec, scratch.single, place)
            there = load(spec, scratch.single, place + step)
            store(scratch.pair, place, alternate(here, there))
            store(scratch.swap, place, alternate(there, here))


@kernel
def finish(spec, numbers, scratch, out):
    """Add the centre, divide, and bring the lanes back into order."""
    lanes = lanes_of(spec)
    rows = rows_of(spec)
    pixels = lanes // 2
    border = numbers.t + numbers.s
    step = numbers.rows * lanes
    height, width = out.shape
    largest = spread(spec, np.int16(numbers.largest))
    once = every_row(spec, alternate(largest, spread(spec, np.int16(0))))
    centre_weight = every_row(spec, spread(spec, np.int32(numbers.largest)))
    margin = numbers.s + numbers.t + 2
    ordered = scratch.ordered
    for row in range(0, height, rows):
        for j in range(numbers.k):
            place = (j * numbers.height + row) * pixels
            centre = (border + j) * step + (border + row) * lanes
            weighted = load_rows(spec, scratch.weighted, place)
            weighted = add_dot(spec, weighted, once, load_rows(spec, scratch.single, centre))
            weights = add(load_rows(spec, scratch.weights, place), centre_weight)
            store_rows(scratch.line, 0, quotients(spec, weighted, weights))
            for r in range(rows):
                for lane in range(pixels):
                    ordered[r, lane * numbers.k + j] = np.uint8(scratch.line[r * pixels + lane])
        for r in range(min(rows, height - row)):
            for x in range(width):
                out[row + r, x] = ordered[r, margin + x]
