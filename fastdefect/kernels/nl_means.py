"""NL-means with 16-bit weights: OpenCV's bytes from vectors. (text below)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastdefect.kernels.jit import kernel
from fastdefect.kernels.nl_means_layout import finish, fill
from fastdefect.kernels.nl_means_words import (
    column_sums,
    load_tables,
    parts_of,
    saturating_of,
    slots_of,
    template_of,
    weigh_sums,
)
from fastdefect.kernels.vector import (
    Recipe,
    add,
    add_dot,
    add_up_to_limit,
    alternate,
    every_row,
    lanes_of,
    load,
    load_rows,
    load_rows_at,
    load_sums,
    ring_rows_of,
    rows_of,
    spread,
    store_rows,
    subtract,
)


@dataclass(frozen=True)
class NlMeansRecipe(Recipe):
    """What a kernel is compiled for.

    Attributes
    ----------
    cpu : str
        Whose instructions may be named: ``avx512``, ``avx2`` or ``portable``.
    lanes, rows : int
        16-bit lanes of a vector, image rows of a block.
    t : int
        Half size of the template window.
    sums : str
        ``plain`` sums wrap, ``saturating`` ones stop at 65535, ``split`` ones have two parts.
    weights : str
        ``registers`` or ``polynomial``.
    """

    cpu: str
    lanes: int
    rows: int
    t: int
    sums: str = "plain"
    weights: str = "registers"

    @property
    def parts(self) -> int:
        return 2 if self.sums == "split" else 1

    @property
    def slots(self) -> int:
        """Columns of sums kept at a time: a power of two above 2t."""
        return 1 << (2 * self.t).bit_length()

    @property
    def saturating(self) -> bool:
        return self.sums == "saturating"


class Geometry(NamedTuple):
    """Numbers that the kernel needs, all int."""

    t: int
    s: int
    k: int  # vectors of a tile's row
    rows: int  # rows of a layout, with padding
    used_rows: int  # rows of a layout that are filled
    height: int  # rows of the sums: the tile's, rounded up to blocks
    ring: int  # rows of the ring of weights
    plain_bias: int  # added to each column sum
    other_bias: int
    limit: int  # largest range of grey values for which plain sums are exact
    largest: int  # weight of distance 0


class Scratch(NamedTuple):
    """Memory of one thread."""

    single: npt.NDArray[np.int16]
    single_pixels: npt.NDArray[np.int32]  # the same memory, an element per pixel
    pair: npt.NDArray[np.int16]
    swap: npt.NDArray[np.int16]
    low: npt.NDArray[np.uint8]
    high: npt.NDArray[np.uint8]
    ring: npt.NDArray[np.int16]
    window: npt.NDArray[np.int16]
    weighted: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]


@kernel
def weigh_block(recipe, single, pair, a, b, step, ring, place, length, window, tables, bias, k, pairs, tail):
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
                    store_rows(ring, target, weigh_sums(recipe, sums, look_up))
                    target += length * lanes
            else:
                total = add(total, sums)
                if j >= 2 * t:
                    store_rows(ring, target, weigh_sums(recipe, total, look_up))
                    total = subtract(total, load_sums(recipe, window, (j - 2 * t) * column))
                    target += length * lanes
    if tail < pairs:
        nothing = every_row(recipe, zero)
        target = (tail * k * length + place) * lanes + lanes
        for _ in range(k):
            store_rows(ring, target, alternate(load_rows(recipe, ring, target), nothing))
            target += length * lanes


@kernel
def gather_block(
    recipe, ring, mirrored, own, length, pair, swap, below, above, step, weighted, weights,
    row, height, k, first_dx, pairs, fresh,
):
    """Add the products of both halves of the offsets of one dy to the sums of a block of rows.

    below: element of pair at column 0, row y + dy; above: element of swap at column 0, row y - dy.
    """
    lanes = lanes_of(recipe)
    rows = rows_of(recipe)
    half = lanes // 2
    steps = ring_rows_of(recipe, own, length)
    ones = every_row(recipe, spread(recipe, np.int16(1)))
    zeros = every_row(recipe, spread(recipe, np.int32(0)))
    for j in range(k):
        place = (j * height + row) * half
        if fresh:
            est = zeros
            total = zeros
        else:
            est = load_rows(recipe, weighted, place)
            total = load_rows(recipe, weights, place)
        for number in range(pairs):
            dx = first_dx + 2 * number
            base = number * k * length * lanes + lanes
            w = load_rows_at(recipe, ring, base + j * length * lanes, steps)
            est = add_dot(recipe, est, w, load_rows(recipe, pair, below + (j + dx) * step))
            total = add_dot(recipe, total, w, ones)
            base += mirrored * lanes
            turn = np.int64(j < dx) - np.int64(j >= k + dx)
            even = base + (j - dx + turn * k) * length * lanes - 2 * turn
            turn = np.int64(j < dx + 1) - np.int64(j >= k + dx + 1)
            odd = base + (j - dx - 1 + turn * k) * length * lanes - 2 * turn
            w = alternate(load_rows(recipe, ring, even), load_rows(recipe, ring, odd))
            est = add_dot(recipe, est, w, load_rows(recipe, swap, above + (j - dx - 1) * step))
            total = add_dot(recipe, total, w, ones)
        store_rows(weighted, place, est)
        store_rows(weights, place, total)


@kernel
def denoise_tile(plain, other, numbers, scratch, plain_tables, other_tables, src, row_map, column_map, out, tally):
    """NL-means of one tile; ``out`` is the tile's part of the image."""
    lanes = lanes_of(plain)
    rows = rows_of(plain)
    t, s, k, ring = numbers.t, numbers.s, numbers.k, numbers.ring
    step = numbers.rows * lanes
    fill(plain, numbers, scratch, src, row_map, column_map)
    blocks = (out.shape[0] + rows - 1) // rows
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
                weigh_block(
                    plain, scratch.single, scratch.pair, here, there, step, scratch.ring, place, ring,
                    scratch.window, plain_tables, np.int16(numbers.plain_bias), k, pairs, count // 2,
                )
                tally[0] += 1
            else:
                weigh_block(
                    other, scratch.single, scratch.pair, here, there, step, scratch.ring, place, ring,
                    scratch.window, other_tables, np.int16(numbers.other_bias), k, pairs, count // 2,
                )
                tally[1] += 1
            target = block - behind
            if target >= 0:
                mirrored = target * rows % ring
                own = (target * rows + dy) % ring
                centre = (s + t) * step + (s + t + target * rows) * lanes
                gather_block(
                    plain, scratch.ring, mirrored, own, ring, scratch.pair, scratch.swap,
                    centre + dy * lanes, centre - dy * lanes, step, scratch.weighted, scratch.weights,
                    target * rows, numbers.height, k, first_dx, pairs, dy == 0,
                )
    finish(plain, numbers, scratch, out)


@kernel
def weigh_each(recipe, tables, sums, weights):
    """What the kernel weighs: blocks of biased sums, both parts of a block behind each other."""
    look_up = load_tables(recipe, tables)
    block = rows_of(recipe) * lanes_of(recipe)
    for first in range(0, weights.size, block):
        store_rows(
            weights, first, weigh_sums(recipe, load_sums(recipe, sums, first * parts_of(recipe)), look_up)
        )
