"""What this machine can do at most: memory traffic and 16-bit arithmetic of the simplest loops there are."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel

# Longer chains wait for their own results: of 4, 8 and 32 rounds a Zen 5 made 360, 291 and 149 thousand million
# operations per second.
ROUNDS = 4
"""Multiply-adds of `multiply_add` per element and pass."""


@kernel
def copy(a, dst, first, last):
    """Copy the elements first ... last of ``a`` to ``dst``, int32: 8 bytes of traffic per element."""
    for i in range(np.uint64(first), np.uint64(last)):
        dst[i] = a[i]


@kernel
def triad(a, b, dst, first, last):
    """``dst = a + 3 b`` for the elements first ... last, int32: 12 bytes of traffic per element."""
    for i in range(np.uint64(first), np.uint64(last)):
        dst[i] = np.int32(a[i] + np.int32(3) * b[i])


@kernel
def multiply_add(values, factor, summand, passes):
    """`ROUNDS` dependent multiply-adds per element of ``values``, int16, ``passes`` times.

    The elements are independent and few enough for the first-level cache, so the vector units are what is measured.
    Factor and summand, int16, are arguments: with constants LLVM makes one multiply-add of all.
    """
    for _ in range(passes):
        for i in range(np.uint64(values.shape[0])):
            x = values[i]
            for _ in range(ROUNDS):
                x = np.int16(np.int16(x * factor) + summand)
            values[i] = x


@kernel
def scale_add(values, factor, summand, passes):
    """One multiply-add per element of ``values``, int16, ``passes`` times: a load and a store for two operations.

    Without the chains of `multiply_add` it keeps the ports of the first-level cache as busy as the arithmetic units,
    as the kernels of the pipeline do, and so feels as they do when another machine's thread runs on the same core.
    """
    for _ in range(passes):
        for i in range(np.uint64(values.shape[0])):
            values[i] = np.int16(np.int16(values[i] * factor) + summand)
