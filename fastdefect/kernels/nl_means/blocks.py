"""The two halves of the vector kernel of NL-means: weights of a block of rows, and the sums that take them up.

`nl_means` describes the algorithm and the layout.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba.jit import kernel
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
def weigh_block(
    recipe, single, pair, a, b, step, ring, place, length, window, tables, bias, k, pairs, tail
):
    """Weights of one block of rows against all shifts dx of one dy.

    ``a`` is the element of ``single`` at column 0, ``b`` that of ``pair`` at column 0 plus the first dx.
    """
    lanes = lanes_of(recipe)
    t = template_of(recipe)
    column = rows_of(recipe) * parts_of(recipe) * lanes
    threes = (k + 2 * t + 1) * column  # sums of three columns lie behind the column sums
    last = slots_of(recipe) - 1
    zero = spread(recipe, np.int16(0))
    look_up = load_tables(recipe, tables)
    bias_vector = spread(recipe, bias)
    nothing = every_row(recipe, zero)
    for number in range(pairs):
        here = a
        there = b + 2 * number * step
        target = (number * k + t) * length * lanes + (place + 1) * lanes
        total = subtract(load_sums(recipe, window, 0), load_sums(recipe, window, 0))
        for j in range(k + 2 * t):
            if j < k:
                sums = column_sums(recipe, single, here, pair, there, bias_vector)
                here += step
                there += step
            else:  # behind the last vector comes the first, one pixel further
                sums = load_sums(recipe, window, (j - k) * column + 2)
            store_rows(window, j * column, sums)
            if j == k + t:
                target -= k * length * lanes - 2
            if saturating_of(recipe):
                if j >= 2:
                    sums = add_up_to_limit(sums, load_sums(recipe, window, (j - 1) * column))
                    sums = add_up_to_limit(sums, load_sums(recipe, window, (j - 2) * column))
                store_rows(window, threes + (j & last) * column, sums)
                if j >= 2 * t:
                    for back in range(3, 2 * t - 1, 3):
                        three = load_sums(recipe, window, threes + ((j - back) & last) * column)
                        sums = add_up_to_limit(sums, three)
                    for back in range((2 * t + 1) // 3 * 3, 2 * t + 1):
                        sums = add_up_to_limit(sums, load_sums(recipe, window, (j - back) * column))
                    if any_weight(recipe, sums, look_up):
                        store_rows(ring, target, weigh_sums(recipe, sums, look_up))
                    else:
                        store_rows(ring, target, nothing)
                    target += length * lanes
            else:
                total = add(total, sums)
                if j >= 2 * t:
                    if any_weight(recipe, total, look_up):
                        store_rows(ring, target, weigh_sums(recipe, total, look_up))
                    else:
                        store_rows(ring, target, nothing)
                    total = subtract(total, load_sums(recipe, window, (j - 2 * t) * column))
                    target += length * lanes
    if tail < pairs:
        target = (tail * k * length + place) * lanes + lanes
        for _ in range(k):
            store_rows(ring, target, alternate(load_rows(recipe, ring, target), nothing))
            target += length * lanes


@kernel
def gather_block(
    recipe,
    ring,
    mirrored,
    own,
    length,
    pair,
    swap,
    below,
    above,
    step,
    weighted,
    weights,
    row,
    height,
    k,
    first_dx,
    pairs,
    fresh,
):
    """Add the products of both halves of the offsets of one dy to the sums of a block of rows.

    below: element of pair at column 0, row y + dy; above: element of swap at column 0, row y - dy.
    """
    lanes = lanes_of(recipe)
    half = lanes // 2
    steps = ring_rows_of(recipe, own, length)
    ones = every_row(recipe, spread(recipe, np.int16(1)))
    zeros = every_row(recipe, spread(recipe, np.int32(0)))
    for j in range(k):
        place = (j * height + row) * half
        if fresh:
            products, total = zeros, zeros
        else:
            products = load_rows(recipe, weighted, place)
            total = load_rows(recipe, weights, place)
        for number in range(pairs):
            dx = first_dx + 2 * number
            base = number * k * length * lanes + lanes
            w = load_rows_at(recipe, ring, base + j * length * lanes, steps)
            products = add_dot(
                recipe, products, w, load_rows(recipe, pair, below + (j + dx) * step)
            )
            total = add_dot(recipe, total, w, ones)
            base += mirrored * lanes
            turn = np.int64(j < dx) - np.int64(j >= k + dx)
            even = base + (j - dx + turn * k) * length * lanes - 2 * turn
            turn = np.int64(j < dx + 1) - np.int64(j >= k + dx + 1)
            odd = base + (j - dx - 1 + turn * k) * length * lanes - 2 * turn
            w = alternate(load_rows(recipe, ring, even), load_rows(recipe, ring, odd))
            products = add_dot(
                recipe, products, w, load_rows(recipe, swap, above + (j - dx - 1) * step)
            )
            total = add_dot(recipe, total, w, ones)
        store_rows(weighted, place, products)
        store_rows(weights, place, total)
