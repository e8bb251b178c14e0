"""The two halves of the vector kernel of NL-means: weights of a block of rows, and the sums that take them up.

`nl_means.tile` describes the algorithm and the layout.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.nl_means.intrinsics import (
    any_weight,
    column_sums,
    load_tables,
    parts_of,
    saturating_of,
    slots_of,
    template_of,
    weigh_sums,
)
from fastdefect.kernels.simd.specialization import lanes_of, rows_of
from fastdefect.kernels.simd.vector import (
    add,
    add_dot,
    add_up_to_limit,
    alternate,
    every_row,
    load_rows,
    load_rows_at,
    load_sums,
    ring_rows_of,
    spread,
    store_rows,
    subtract,
)


@kernel
def weigh_block(spec, numbers, scratch, tables, bias, a, b, place, pairs, tail):
    """Weights of one block of rows against all shifts dx of one dy, to the rows of the ring from ``place`` on.

    ``a`` is the element of ``scratch.single`` at column 0, ``b`` that of ``scratch.pair`` at column 0 plus the first dx.
    There are ``pairs`` of shifts; from number ``tail`` on only the first of a pair counts.
    """
    single, pair, ring, window = scratch.single, scratch.pair, scratch.ring, scratch.window
    k, length = numbers.k, numbers.ring
    lanes = lanes_of(spec)
    step = numbers.rows * lanes
    t = template_of(spec)
    column = rows_of(spec) * parts_of(spec) * lanes
    threes = (k + 2 * t + 1) * column  # sums of three columns lie behind the column sums
    last = slots_of(spec) - 1
    zero = spread(spec, np.int16(0))
    look_up = load_tables(spec, tables)
    bias_vector = spread(spec, bias)
    nothing = every_row(spec, zero)
    for number in range(pairs):
        here = a
        there = b + 2 * number * step
        target = (number * k + t) * length * lanes + (place + 1) * lanes
        total = subtract(load_sums(spec, window, 0), load_sums(spec, window, 0))
        for j in range(k + 2 * t):
            if j < k:
                sums = column_sums(spec, single, here, pair, there, bias_vector)
                here += step
                there += step
            else:  # behind the last vector comes the first, one pixel further
                sums = load_sums(spec, window, (j - k) * column + 2)
            store_rows(window, j * column, sums)
            if j == k + t:
                target -= k * length * lanes - 2
            if saturating_of(spec):
                if j >= 2:
                    sums = add_up_to_limit(sums, load_sums(spec, window, (j - 1) * column))
                    sums = add_up_to_limit(sums, load_sums(spec, window, (j - 2) * column))
                store_rows(window, threes + (j & last) * column, sums)
                if j >= 2 * t:
                    for back in range(3, 2 * t - 1, 3):
                        three = load_sums(spec, window, threes + ((j - back) & last) * column)
                        sums = add_up_to_limit(sums, three)
                    for back in range((2 * t + 1) // 3 * 3, 2 * t + 1):
                        sums = add_up_to_limit(sums, load_sums(spec, window, (j - back) * column))
                    if any_weight(spec, sums, look_up):
                        store_rows(ring, target, weigh_sums(spec, sums, look_up))
                    else:
                        store_rows(ring, target, nothing)
                    target += length * lanes
            else:
                total = add(total, sums)
                if j >= 2 * t:
                    if any_weight(spec, total, look_up):
                        store_rows(ring, target, weigh_sums(spec, total, look_up))
                    else:
                        store_rows(ring, target, nothing)
                    total = subtract(total, load_sums(spec, window, (j - 2 * t) * column))
                    target += length * lanes
    if tail < pairs:
        target = (tail * k * length + place) * lanes + lanes
        for _ in range(k):
            store_rows(ring, target, alternate(load_rows(spec, ring, target), nothing))
            target += length * lanes


@kernel
def gather_block(spec, numbers, scratch, row, dy, first_dx, pairs):
    """Add the products of both halves of the offsets of one dy to the sums of the block of rows from ``row`` on.

    With dy 0, which comes first, the sums begin at 0.
    """
    ring, pair, swap = scratch.ring, scratch.pair, scratch.swap
    weighted, weights = scratch.weighted, scratch.weights
    k, height, length, border = numbers.k, numbers.height, numbers.ring, numbers.s + numbers.t
    lanes = lanes_of(spec)
    step = numbers.rows * lanes
    centre = border * step + (border + row) * lanes
    below, above = centre + dy * lanes, centre - dy * lanes  # at column 0, of pair and of swap
    mirrored, own = row % length, (row + dy) % length
    half = lanes // 2
    steps = ring_rows_of(spec, own, length)
    ones = every_row(spec, spread(spec, np.int16(1)))
    zeros = every_row(spec, spread(spec, np.int32(0)))
    for j in range(k):
        place = (j * height + row) * half
        if dy == 0:
            products, total = zeros, zeros
        else:
            products = load_rows(spec, weighted, place)
            total = load_rows(spec, weights, place)
        for number in range(pairs):
            dx = first_dx + 2 * number
            base = number * k * length * lanes + lanes
            w = load_rows_at(spec, ring, base + j * length * lanes, steps)
            products = add_dot(spec, products, w, load_rows(spec, pair, below + (j + dx) * step))
            total = add_dot(spec, total, w, ones)
            base += mirrored * lanes
            turn = np.int64(j < dx) - np.int64(j >= k + dx)
            even = base + (j - dx + turn * k) * length * lanes - 2 * turn
            turn = np.int64(j < dx + 1) - np.int64(j >= k + dx + 1)
            odd = base + (j - dx - 1 + turn * k) * length * lanes - 2 * turn
            w = alternate(load_rows(spec, ring, even), load_rows(spec, ring, odd))
            products = add_dot(
                spec, products, w, load_rows(spec, swap, above + (j - dx - 1) * step)
            )
            total = add_dot(spec, total, w, ones)
        store_rows(weighted, place, products)
        store_rows(weights, place, total)
