"""Sums down the columns, four rows at a time: what enters is added to the row before, what leaves is subtracted.

A row of sums has 16 bits a column, for windows are at most 255 high. The last row of a block is kept apart for the next
one, in two places by turns, so that the last vector of a row may overlap the one before it.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.border import reflect_101
from fastdefect.kernels.box_blur.words import load_widened, reversed_lanes
from fastdefect.kernels.simd.bytes import (
    get_word,
    load_words,
    minus,
    plus,
    put_word,
    store,
    width_of,
)

ROWS = 4
"""Rows of a block."""


@kernel
def next_rows(spec, before, after, enters, leaves, dst, pitch, width):
    """A block of rows of sums at ``dst``, the last one also at ``after``, from the one at ``before`` and four rows each."""
    lanes = width_of(spec) // 2
    x = 0
    while x < width - lanes:
        _next_columns(spec, before, after, enters, leaves, dst, pitch, x)
        x += lanes
    _next_columns(spec, before, after, enters, leaves, dst, pitch, width - lanes)


@kernel
def _next_columns(spec, before, after, enters, leaves, dst, pitch, x):
    """One vector of columns of a block."""
    total = load_words(spec, before + 2 * x)
    at = dst + 2 * x
    for row in range(4):
        total = plus(total, load_widened(spec, enters[row] + x))
        total = minus(total, load_widened(spec, leaves[row] + x))
        store(at, total)
        at += pitch
    store(after + 2 * x, total)


@kernel
def mirror_ends(spec, row, width, left, right):
    """Continue a row of sums on both sides as BORDER_REFLECT_101 does, by at least ``left`` and ``right`` columns."""
    lanes = width_of(spec) // 2
    if width > max(left, right) + lanes:
        for x in range(0, left, lanes):
            value = load_words(spec, row + 2 * (x + 1))
            store(row - 2 * (x + lanes), reversed_lanes(value))
        for x in range(0, right, lanes):
            value = load_words(spec, row + 2 * (width - 1 - lanes - x))
            store(row + 2 * (width + x), reversed_lanes(value))
    else:
        for x in range(-left, 0):
            put_word(row + 2 * x, get_word(row + 2 * np.int64(reflect_101(x, width))))
        for x in range(width, width + right):
            put_word(row + 2 * x, get_word(row + 2 * np.int64(reflect_101(x, width))))
