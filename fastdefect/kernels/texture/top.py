"""The highest values of a map, for the image's score."""

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def _highest_bits(row):
    highest = np.int32(0)
    for x in range(np.uint64(row.shape[0])):
        highest = max(highest, row[x])
    return highest


@kernel
def top_values(score, bits, y0, y1, best, best_bits):
    """Keep the highest values of the rows y0 .. y1 - 1 of ``score`` in ``best``, float32, rising.

    ``bits`` and ``best_bits`` are the same arrays seen as int32: floats of at least 0 are ordered like their
    bits, and the maximum of integers runs in vectors, that of floats doesn't.
    """
    count = best.shape[0]
    best[:] = np.float32(-1)
    for y in range(y0, y1):
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
