"""Extremes down the columns, a block of rows at a time.

The windows of a block's rows share most of their rows. Those are looked at once; what is above them is added from the
last window to the first, what is below from the first to the last: h + 7 rows are read for 8.
"""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.morphology.words import extreme, store_block
from fastdefect.kernels.simd.bytes import load_bytes, store, width_of


@kernel
def block_columns(
    spec, core, count, step, top, top_step, bottom, bottom_step, dst, dst_step, width
):
    """A block of rows at ``dst``; the ``count`` rows from ``core`` on belong to all of its windows."""
    vector = width_of(spec)
    pairs = (count - 1) // 2
    second = step if count % 2 == 0 else 0
    for i in range((width + vector - 1) // vector):
        x = min(i * vector, width - vector)
        at = core + x
        value = extreme(spec, load_bytes(spec, at), load_bytes(spec, at + second))
        at += second
        for _ in range(pairs):
            value = extreme(spec, value, load_bytes(spec, at + step))
            at += step + step
            value = extreme(spec, value, load_bytes(spec, at))
        store_block(spec, value, top + x, top_step, bottom + x, bottom_step, dst + x, dst_step)


@kernel
def row_columns(spec, first, count, step, dst, width):
    """One row at ``dst``: the extremes of the ``count`` rows from ``first`` on."""
    vector = width_of(spec)
    for i in range((width + vector - 1) // vector):
        x = min(i * vector, width - vector)
        at = first + x
        value = load_bytes(spec, at)
        for _ in range(count - 1):
            at += step
            value = extreme(spec, value, load_bytes(spec, at))
        store(dst + x, value)
