"""The highest values of a map, for the image's score, and no values outside the inspected area."""

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def clear_outside(score, outside, rows):
    """0 where ``outside``, uint8 (H, W), is not 0."""
    for y in range(rows.first, rows.last):
        row = score[y]
        skip = outside[y]
        for x in range(np.uint64(row.shape[0])):
            row[x] = np.float32(0) if skip[x] != 0 else row[x]


@kernel
def _highest_bits(row):
    """Largest of a row of integers, at least 0."""
    highest = np.int32(0)
    for x in range(np.uint64(row.shape[0])):
        highest = max(highest, row[x])
    return highest


@kernel
def top_values(score, bits, rows, best, best_bits):
    """Keep the highest values of rows of ``score`` in ``best``, float32, rising.

    ``bits`` and ``best_bits`` are the same arrays seen as int32: floats of at least 0 are ordered like their
    bits, and the maximum of integers runs in vectors, that of floats doesn't.
    """
    count = best.shape[0]
    best[:] = np.float32(-1)
    for y in range(rows.first, rows.last):
        if _highest_bits(bits[y]) <= best_bits[0]:
            continue
        row = score[y]
        for x in range(row.shape[0]):
            value = row[x]
            if value > best[0]:
                i = 1
                while i < count and best[i] < value:
                    best[i - 1] = best[i]
                    i += 1
                best[i - 1] = value
