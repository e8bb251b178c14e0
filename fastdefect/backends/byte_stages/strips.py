"""How the byte kernels share an image: over which threads, in vectors of how many bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastdefect.kernels._numba import COMPILED, Bound, cpu_path
from fastdefect.kernels.simd.bytes import WIDTHS, Bytes
from fastdefect.tiling.geometry import strip_rows, strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape

Strip = tuple[int, int]
Rows = tuple[Strip, ...]
Rest = Callable[[Strip, int], tuple[Any, ...]]
"""What a kernel takes behind the images, by strip and slot."""
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


def over_strips(
    workers: Workers, rows: Rows, kernel: Bound, first: tuple[Any, ...], rest: Rest
) -> Callable[..., None]:
    """The step that calls ``kernel(*first, *given, *rest(strip, slot))`` for every strip.

    A small image is one strip: its step has nothing to hand out, and asks for the rest once.
    """
    if len(rows) == 1:
        only = rest(rows[0], 0)
        return lambda *given: workers.call(kernel.code, *first, *given, *only)

    def step(*given: Any) -> None:
        workers.run(lambda i, slot: kernel(*first, *given, *rest(rows[i], slot)), len(rows))

    return step


def pointwise(
    stage: str, shape: Shape, workers: Workers, vectors: Any, plain: Any
) -> Callable[..., None]:
    """The step of a stage that looks at one pixel at a time: in vectors if each strip fills one."""
    rows = cut(stage, shape, workers)
    kernel = Bound(plain)
    first: tuple[Any, ...] = ()
    if in_vectors(min(y1 - y0 for y0, y1 in rows) * shape[1]):
        kernel, first = Bound(vectors), (Bytes(*byte_vector()),)
    return over_strips(workers, rows, kernel, first, lambda strip, slot: strip)
