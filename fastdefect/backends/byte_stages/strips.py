"""How the byte kernels share an image: over which threads, in vectors of how many bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from fastdefect.kernels._numba import COMPILED, Bound, cpu_path
from fastdefect.kernels.simd.bytes import WIDTHS, Bytes
from fastdefect.tiling.geometry import strip_rows, strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape

Rows = tuple[tuple[int, int], ...]
# Smallest area of a strip when several threads share an image: waking another thread takes 20 to 60 us, and below twice this
# area two threads took 1.0 to 1.7 times as long as one. Beside: microseconds that one thread takes for a megapixel.
MIN_STRIP_PIXELS = {
    "bgr_to_hsv": 2**18,  # 380
    "otsu_threshold": 2**19,  # 270
    "value_blur": 2**20,  # 290
    "morphology": 2**20,  # 110 to 240
    "value_channel": 2**21,  # 60
    "binarize": 2**22,  # 25: two threads wait for memory as long as one
}


def cut(stage: str, shape: Shape, workers: Workers, minimum: int = 1) -> Rows:
    """The strips of a stage: at least ``minimum`` rows each."""
    height, width = shape
    minimum = max(minimum, -(-MIN_STRIP_PIXELS[stage] // width))
    return strips(height, strip_rows(height, workers.threads, minimum))


_path = lru_cache(cpu_path)


def byte_vector() -> tuple[str, int]:
    """Processor path, and the bytes of a vector there."""
    return _path(), WIDTHS[_path()]


def in_vectors(pixels: int) -> bool:
    """Whether so many bytes in a row fill a vector, and vectors exist; else plain loops run."""
    return COMPILED and pixels >= byte_vector()[1]


def pointwise(
    stage: str, shape: Shape, workers: Workers, vectors: Any, plain: Any
) -> tuple[Rows, Callable[..., Any]]:
    """The strips of a stage that looks at one pixel at a time, and its kernel, bound: in vectors if each strip fills one."""
    rows = cut(stage, shape, workers)
    if in_vectors(min(y1 - y0 for y0, y1 in rows) * shape[1]):
        return rows, partial(Bound(vectors), Bytes(*byte_vector()))
    return rows, Bound(plain)
