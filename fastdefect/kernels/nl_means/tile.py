"""NL-means in vectors, with OpenCV's bytes.

The result of pixel p is a mean of the pixels p + d of a search window, weighted by how alike the patches around p and
p + d are. All of it is integer arithmetic (`reference.nl_means`), so any order gives the same bytes.

**Half the offsets.** The weight of (p, p + d) is that of (p + d, p). Only d = (dy, dx) with dy > 0, or dy = 0 and
dx > 0, are visited, and each pixel reads the weight at p with the pixel at p + d, and the weight at p - d with the
pixel at p - d. For one dy the weights of a block of rows go into a ring of rows, until the block dy rows below has
read them::

    for dy in 0 ... s:
        for each block of 8 rows, from dy rows above the tile downwards:
            for each dx:   column sums -> first level of the cache, then row sums -> weights -> a plane of the ring
            for each pair of rows that now has both halves:   sums += weights * pixels, all dx at once in registers

**Strided lanes.** Lane l of vector j holds column l * k + j of the tile, k being the number of vectors in a row::

                lane 0   lane 1    lane 2
    vector 0       0        k        2k    ...      A horizontal neighbour is the same lane of the next vector,
    vector 1       1      k + 1    2k + 1  ...      so sums along a row need no shuffles. Behind vector k - 1 comes
    ...                                             vector 0 one lane further: an unaligned load. What it brings into
    vector k-1   k - 1    2k - 1   3k - 1  ...      the outermost lane is no pixel; a margin of columns absorbs it.

**Three passes**, each with the rows that suit it. `columns` sums squares of a block of 8 rows down the columns: from bytes,
two rows in turns, so that both images of a patch distance stay in the first level of the cache. `rows` sums those along two
rows at a time and weighs (`lookups`). Weights lie in the ring by row, vector and shift; so `gather` reads its own ones in
order, takes those of dx and dx + 1 in turns, and multiplies and adds pairs with the pixels of neighbouring columns. Where
the mirrored ones lie is a table (`turns`), for it is the same for every dy. Pairs of shifts that weigh nothing in any row
concerned are left out: noise has few others.

**Sums of 16 bits.** Where the range of grey values near a block, or the largest of its column sums, proves that no patch
distance leaves 16 bits, plain sums are exact. Otherwise sums saturate, if a distance of 65535 weighs nothing, or are split
in two (`nl_means.methods`).
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.nl_means.columns import ROWS, smooth_of, sum_columns
from fastdefect.kernels.nl_means.gather import gather_rows
from fastdefect.kernels.nl_means.layout import weight_parts_of
from fastdefect.kernels.nl_means.numbers import Places
from fastdefect.kernels.nl_means.rows import split_of, weigh_rows, weigh_sums
from fastdefect.kernels.simd.specialization import lanes_of
from fastdefect.kernels.simd.vector import (
    address,
    any_above,
    load_byte,
    load_long,
    store_one,
)

_NARROW = 127  # largest difference that a multiply-add of bytes squares


@kernel
def clear(place, count):
    """Write ``count`` times 8 bytes of 0 from an address on."""
    for i in range(count):
        store_one(np.int64(0), place + 8 * i)


@kernel
def places_of(scratch):
    """Where the parts of the memory lie."""
    return Places(
        address(scratch.low),
        address(scratch.high),
        address(scratch.pairs),
        scratch.pairs.shape[1],
        address(scratch.pixels),
        address(scratch.columns),
        address(scratch.ring),
        address(scratch.active),
        address(scratch.chosen),
        address(scratch.sums),
        address(scratch.turns),
        scratch.turns.strides[0],
    )


@kernel
def span_of(low, high, count, distance):
    """Range of the grey values of ``count`` rows and of those ``distance`` rows below; of the bounds the addresses."""
    least = np.uint8(255)
    most = np.uint8(0)
    for _ in range(count):
        least = min(least, load_byte(low), load_byte(low + distance))
        most = max(most, load_byte(high), load_byte(high + distance))
        low += 1
        high += 1
    return np.int64(most) - np.int64(least)


@kernel
def weigh_block(recipe, numbers, places, tables, top, dy, first_dx, count, place):
    """Weights of a block of rows against all shifts of one dy, to the rows of the ring from ``place`` on.

    Returns how many of the shifts had plain sums.

    Parameters
    ----------
    recipe, numbers, places : Recipe, Geometry, Places
    tables : (int, int)
        Addresses of the tables of `plain` and `other`.
    top : int
        The block's first row in the layouts.
    dy, first_dx, count : int
        The shifts.
    place : int
        The block's first row in the ring.
    """
    size = 2 * lanes_of(recipe.plain)
    k = numbers.k
    border = numbers.t + numbers.s
    line = (k + 2 * numbers.t + 1) * size
    part = ROWS * line
    planes = (count + 1) // 2 * 2
    steps = line, part
    target_steps = planes * size, k * planes * size, numbers.ring_size
    pair_step = numbers.vectors * size
    pairs, half = places.pairs + border * size, places.half
    below = top + dy
    here = pairs + ((top & 1) * half + (top >> 1)) * pair_step
    there = pairs + ((below & 1) * half + (below >> 1)) * pair_step + first_dx * size
    target = places.ring + 2 * size + place * target_steps[1]
    columns = places.columns
    span = span_of(places.low + top, places.high + top, ROWS + 2 * numbers.t, dy)
    active = places.active + place // 2 * 8
    clear(active, ROWS // 2)
    plain = np.int64(0)
    rough = False  # the last shift's sums were so large that those of the next need no trial
    for number in range(count):
        bit = np.int64(1) << np.int64(number // 2)
        if not rough:
            if smooth_of(recipe.smooth) and span <= numbers.limit:
                most = sum_columns(recipe.smooth, k, here, there, pair_step, columns, line, part)
            elif span <= _NARROW:
                most = sum_columns(recipe.narrow, k, here, there, pair_step, columns, line, part)
            else:
                most = sum_columns(recipe.wide, k, here, there, pair_step, columns, line, part)
            above = any_above(recipe.plain, most, np.uint16(numbers.most))
            rough = span > numbers.limit and above
        if not rough:
            bias = np.int16(numbers.plain_bias)
            found = weigh_rows(
                recipe.plain, k, columns, steps, tables[0], bias, target, target_steps
            )
            plain += 1
        else:
            rough = False
            if split_of(recipe.other):
                most = sum_columns(recipe.split, k, here, there, pair_step, columns, line, part)
                rough = any_above(recipe.plain, most, np.uint16(numbers.rough))
            bias = np.int16(numbers.other_bias)
            found = weigh_rows(
                recipe.other, k, columns, steps, tables[1], bias, target, target_steps
            )
        for pair in range(ROWS // 2):
            if (found >> np.int64(pair)) & np.int64(1):
                store_one(load_long(active + 8 * pair) | bit, active + 8 * pair)
        there += size
        target += size
    return plain


@kernel
def gather_block(spec, numbers, places, row, dy, first_dx, pairs, ring_rows):
    """Add both halves of the offsets of one dy to the sums of two rows.

    Parameters
    ----------
    spec : Gather
    numbers, places : Geometry, Places
    row : int
        The first row of the tile.
    dy, first_dx, pairs : int
        The shifts: ``2 * pairs`` from the first on.
    ring_rows : int
        Rows of the ring.
    """
    size = 2 * lanes_of(spec)
    k, border = numbers.k, numbers.t + numbers.s
    own, next_own = (row + dy) % ring_rows, (row + dy + 1) % ring_rows
    mirror = row % ring_rows
    active, chosen = places.active, places.chosen
    used = load_long(active + own // 2 * 8) | load_long(active + next_own // 2 * 8)
    used |= load_long(active + mirror // 2 * 8)
    count = np.int64(0)
    for pair in range(pairs):
        store_one(np.int64(pair * 2 * size), chosen + 8 * count)
        count += (used >> np.int64(pair)) & np.int64(1)
    if count == 0:
        return
    ring_step = k * 2 * pairs * size
    pixel_step = numbers.vectors * 2 * size
    ring = places.ring + 2 * size
    sums = places.sums + (row >> 1) * k * 8 * size
    pixels = places.pixels + (border * numbers.vectors + border) * 2 * size
    steps = ring_step, 2 * pairs * size, pixel_step
    offsets = (
        pixels + (row + dy) * pixel_step + first_dx * 2 * size,
        pixels + (row - dy) * pixel_step - (first_dx + 1) * 2 * size,
    )
    turns = places.turns
    if dy:
        turns += places.turns_step
    for _ in range(weight_parts_of(spec)):
        rows = ring + own * ring_step, ring + next_own * ring_step, ring + mirror * ring_step
        gather_rows(spec, k, chosen, count, sums, rows, offsets, steps, turns)
        ring += numbers.ring_size
        sums += numbers.sums_size


@kernel
def sum_tile(recipe, numbers, scratch, plain_tables, other_tables, blocks, tally):
    """Both sums of every pixel of a tile whose layouts are filled; all offsets but the centre.

    Parameters
    ----------
    recipe : Recipe
    numbers : Geometry
    scratch : Scratch
        Written: columns, ring, active, chosen, sums.
    plain_tables, other_tables : ndarray of int16
        See `nl_means.methods.Method`.
    blocks : int
        Blocks of rows in the tile.
    tally : ndarray of int64, length 2
        Counts the blocks and shifts whose sums were plain, and the others.
    """
    s = numbers.s
    tables = address(plain_tables), address(other_tables)
    places = places_of(scratch)
    clear(address(scratch.sums), scratch.sums.size // 2)
    for dy in range(s + 1):
        first_dx = -s if dy else 1
        count = 2 * s + 1 if dy else s
        pairs = (count + 1) // 2
        behind = (dy + ROWS - 1) // ROWS
        ring_rows = ROWS * (behind + 1)
        if count % 2 and dy <= 1:
            clear(
                address(scratch.ring), scratch.ring.size // 4
            )  # the plane beyond the last shift weighs nothing
        for block in range(blocks + behind):
            # the block starts at row -dy + ROWS * block of the tile; row 0 of the layouts is row -s - t
            top = s - dy + block * ROWS
            place = block * ROWS % ring_rows
            plain = weigh_block(recipe, numbers, places, tables, top, dy, first_dx, count, place)
            tally[0] += plain
            tally[1] += count - plain
            target = block - behind
            if target >= 0:
                for row in range(target * ROWS, target * ROWS + ROWS, 2):
                    gather_block(
                        recipe.gather, numbers, places, row, dy, first_dx, pairs, ring_rows
                    )


@kernel
def weigh_each(spec, tables, sums, weights):
    """Weights of biased sums, each of shape (parts, count): for the proof of a method."""
    weigh_sums(
        spec,
        np.int16(0),
        address(sums),
        sums.strides[0],
        sums.shape[1],
        address(tables),
        address(weights),
        weights.strides[0],
    )
