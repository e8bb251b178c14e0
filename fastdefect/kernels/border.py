"""Border rules as index arithmetic."""

from __future__ import annotations

from fastdefect.kernels._numba import kernel


@kernel
def reflect_101(index, size):
    """Position inside 0 ... size - 1 that BORDER_REFLECT_101 shows at ``index``, mirrored as often as needed."""
    if size == 1:
        return 0
    while index < 0 or index >= size:
        index = -index if index < 0 else 2 * size - 2 - index
    return index


@kernel
def reflect_101_once(index, size):
    """The same for an index less than ``size`` outside, without a loop: what runs for every row of a strip."""
    index = abs(index)
    return 2 * (size - 1) - index if index >= size else index
