"""What the tests of the byte kernels share: steps compiled for a vector's width, and memory that tells of stray writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from fastdefect.backends.byte_stages.strips import MIN_STRIP_PIXELS, byte_vector
from fastdefect.kernels.simd.bytes import WIDTHS

GUARD = 256


@contextmanager
def vectors_of(width: int) -> Iterator[None]:
    """Plans made meanwhile take vectors of so many bytes, and cut small images into strips too."""
    path, _ = byte_vector()
    small = dict.fromkeys(MIN_STRIP_PIXELS, 1)
    with patch.dict(WIDTHS, {path: width}), patch.dict(MIN_STRIP_PIXELS, small):
        yield


def guarded(shape: tuple[int, ...], run: Callable[[np.ndarray], Any]) -> tuple[np.ndarray, Any]:
    """Run with an output between guards; return it and what ``run`` returns."""
    size = int(np.prod(shape))
    memory = np.full(size + 2 * GUARD, 0xA5, np.uint8)
    out = memory[GUARD : GUARD + size].reshape(shape)
    result = run(out)
    assert (memory[:GUARD] == 0xA5).all(), "written before the output"
    assert (memory[GUARD + size :] == 0xA5).all(), "written behind the output"
    return out, result
