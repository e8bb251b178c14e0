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
