"""NL-means in vectors, with OpenCV's bytes.

The result of pixel p is a mean of the pixels p + d of a search window, weighted by how alike the patches around p and
p + d are. All of it is integer arithmetic (`reference.nl_means`), so any order gives the same bytes.

**Half the offsets.** The weight of (p, p + d) is that of (p + d, p). Only d = (dy, dx) with dy > 0, or dy = 0 and
dx > 0, are visited, and each pixel reads the weight at p with the pixel at p + d, and the weight at p - d with the
pixel at p - d. For one dy the weights of a block of rows go into a ring of rows, until the block dy rows below has
read them::

    for dy in 0 ... s:
        for each block of 8 rows, from dy rows above the tile downwards:
            weigh:   all dx of the block into the ring
            gather:  for the block that now has both halves, sums += weights * pixels, all dx at once in registers

**Strided lanes.** Lane l of vector j holds column l * k + j of the tile, k being the number of vectors in a row::

                lane 0   lane 1    lane 2
    vector 0       0        k        2k    ...      A horizontal neighbour is the same lane of the next vector,
    vector 1       1      k + 1    2k + 1  ...      so sums along a row need no shuffles. Behind vector k - 1 comes
    ...                                             vector 0 one lane further: an unaligned load. What it brings into
    vector k-1   k - 1    2k - 1   3k - 1  ...      the outermost lane is no pixel; a margin of columns absorbs it.

**Pairs of shifts.** The 16-bit lanes of a vector are pairs: one pixel, shifts dx and dx + 1. So a product with the
neighbouring pixels and its sum over both shifts is one multiply-add of pairs into a 32-bit lane. Three copies of the
image make the pairs: ``single`` (x, x), ``pair`` (x, x + 1) and ``swap`` (x + 1, x). At p - d the two shifts lie in
neighbouring vectors: even lanes of the one, odd lanes of the other. The last pair has one shift too many, whose weights
are set to 0.

**Blocks of rows.** All vectors of one column lie behind each other, row by row. The column sums of 8 rows share their
14 squared differences in registers (`column_sums`), and sums along the row slide. Where the range of grey values near a
block proves that no patch distance leaves 16 bits, plain sums are exact: (2t+1)**2 * range**2 + bias < 2**16. Otherwise
sums saturate, if a distance of 65535 weighs nothing, or are split in two (`nl_means.methods`).
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.nl_means.blocks import gather_block, weigh_block
from fastdefect.kernels.nl_means.intrinsics import load_tables, parts_of, weigh_sums
from fastdefect.kernels.simd.specialization import lanes_of, rows_of
from fastdefect.kernels.simd.vector import load_sums, store_rows


@kernel
def sum_tile(plain, other, numbers, scratch, plain_tables, other_tables, blocks, tally):
    """Both sums of every pixel of a tile whose layouts are filled; all offsets but the centre.

    Parameters
    ----------
    plain, other : NlMeansSpecialization
        For blocks of rows whose range of grey values is at most ``numbers.limit``, and for the rest.
    numbers : Geometry
    scratch : Scratch
        Written: ring, window, weighted, weights.
    plain_tables, other_tables : ndarray of int16
        See `nl_means.methods.Method`.
    blocks : int
        Blocks of rows in the tile.
    tally : ndarray of int64, length 2
        Counts the blocks that took either, over all dy.
    """
    lanes = lanes_of(plain)
    rows = rows_of(plain)
    t, s, ring = numbers.t, numbers.s, numbers.ring
    step = numbers.rows * lanes
    for dy in range(s + 1):
        first_dx = -s if dy else 1
        count = 2 * s + 1 if dy else s
        pairs = (count + 1) // 2
        behind = (dy + rows - 1) // rows
        for block in range(blocks + behind):
            # the block starts at row -dy + rows * block of the tile; row 0 of the layouts is row -s - t
            top = s - dy + block * rows
            least = 255
            most = 0
            for row in range(top, top + rows + 2 * t):
                least = min(least, scratch.low[row], scratch.low[row + dy])
                most = max(most, scratch.high[row], scratch.high[row + dy])
            here = (s + t) * step + top * lanes
            there = (s + t + first_dx) * step + (top + dy) * lanes
            place = block * rows % ring
            if most - least <= numbers.limit:
                bias = np.int16(numbers.plain_bias)
                weigh_block(
                    plain,
                    numbers,
                    scratch,
                    plain_tables,
                    bias,
                    here,
                    there,
                    place,
                    pairs,
                    count // 2,
                )
                tally[0] += 1
            else:
                bias = np.int16(numbers.other_bias)
                weigh_block(
                    other,
                    numbers,
                    scratch,
                    other_tables,
                    bias,
                    here,
                    there,
                    place,
                    pairs,
                    count // 2,
                )
                tally[1] += 1
            target = block - behind
            if target >= 0:
                gather_block(plain, numbers, scratch, target * rows, dy, first_dx, pairs)


@kernel
def weigh_each(spec, tables, sums, weights):
    """What the kernel weighs: blocks of biased sums, both parts of a block behind each other."""
    look_up = load_tables(spec, tables)
    block = rows_of(spec) * lanes_of(spec)
    for first in range(0, weights.size, block):
        store_rows(
            weights,
            first,
            weigh_sums(spec, load_sums(spec, sums, first * parts_of(spec)), look_up),
        )
