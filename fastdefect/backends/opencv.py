"""OpenCV in strips, on the package's own threads.

OpenCV spreads a call over its own threads from a number of pixels on: 2**16 for colour conversion and thresholds,
2**17 for NL-means, 2**20 for morphology. Tiles below that stay on the thread that calls, so ``threads`` holds and nothing
global is set. Its box filter never leaves the calling thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from fastdefect.backends.table import Planner, Step
from fastdefect.operations import OPERATIONS
from fastdefect.tiling.geometry import tiles
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape

_INLINE_PIXELS = 2**16 - 1
_INLINE_PIXELS_NL_MEANS = 2**17 - 1
_INLINE_PIXELS_MORPHOLOGY = 2**20 - 1

Call = Callable[..., Any]


def _tiled(
    shape: Shape, halo: int, pixels: int, workers: Workers, call: Call, channels: int = 1
) -> Step:
    """Step that repeats ``call(src_tile, *scalars, dst)`` over tiles and cuts their halo off again.

    ``call`` returns its result, which is ``dst`` or a part of it. A tile without halo goes straight into ``out``.
    """
    plan = tiles(shape, halo, pixels)
    # slices that cover the whole of a row leave one block of memory, which OpenCV can write to
    whole = [tile.core == tile.outer and tile.core[1] == slice(0, shape[1]) for tile in plan]
    room = max(_area(tile.outer) for tile in plan) * channels
    scratch = np.empty((workers.threads, 0 if all(whole) and channels == 1 else room), np.uint8)

    def step(src: ByteImage, *rest: Any) -> None:
        *scalars, out = rest

        def work(index: int, slot: int) -> None:
            tile = plan[index]
            core = out[tile.core]
            if whole[index] and core.size == _area(tile.core) * channels:
                call(src[tile.outer], *scalars, core)
                return
            outer = src[tile.outer]
            size = outer.shape[:2] if channels == 1 else (*outer.shape[:2], channels)
            dst = scratch[slot, : _area(tile.outer) * channels].reshape(size)
            core[...] = call(outer, *scalars, dst)[tile.inner]

        workers.run(work, len(plan))

    return step


def _halo(operation: str, *parameters: Any) -> int:
    halo = OPERATIONS[operation].halo
    assert halo is not None, f"{operation} depends on the whole image and cannot run in tiles"
    return halo(*parameters)


def _area(part: tuple[slice, slice]) -> int:
    rows, columns = part
    return int((rows.stop - rows.start) * (columns.stop - columns.start))


def _value_channel(shape: Shape, workers: Workers) -> Step:
    def call(bgr: ByteImage, dst: ByteImage) -> Any:
        return cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV, dst=dst)[:, :, 2]

    return _tiled(shape, 0, _INLINE_PIXELS, workers, call, channels=3)


def _bgr_to_hsv(shape: Shape, workers: Workers) -> Step:
    def call(bgr: ByteImage, dst: ByteImage) -> Any:
        return cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV, dst=dst)

    return _tiled(shape, 0, _INLINE_PIXELS, workers, call, channels=3)


def _box_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    # Strips would move the columns that OpenCV rounds in another way, see `kernels.box_blur.position_independent`;
    # so it gets the whole image.
    return lambda src, out: workers.call(cv2.blur, src, ksize, out)


def value_then_blur(shape: Shape, convert: Step, blur: Step) -> Step:
    """The two as one step, through an image of their own; a grey image is its own value channel."""
    value = np.empty(shape, np.uint8)

    def step(image: ByteImage, out: ByteImage) -> None:
        if image.ndim == 2:
            blur(image, out)
        else:
            convert(image, value)
            blur(value, out)

    return step


def _value_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    convert = _value_channel(shape, workers)
    return value_then_blur(shape, convert, _box_blur(shape, ksize, workers))


def _nl_means(shape: Shape, h: float, template: int, search: int, workers: Workers) -> Step:
    def call(src: ByteImage, dst: ByteImage) -> Any:
        return cv2.fastNlMeansDenoising(src, dst, h, template, search)

    halo = _halo("nl_means", h, template, search)
    return _tiled(shape, halo, _INLINE_PIXELS_NL_MEANS, workers, call)


def otsu_level(src: ByteImage) -> int:
    """Otsu's threshold of the installed OpenCV."""
    return int(cv2.threshold(src, 0, 255, cv2.THRESH_OTSU)[0])


def _otsu_threshold(shape: Shape, workers: Workers) -> Step:
    return lambda src: workers.call(otsu_level, src)


def _binarize(shape: Shape, workers: Workers) -> Step:
    def call(src: ByteImage, threshold: int, dst: ByteImage) -> Any:
        return cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY, dst=dst)[1]

    return _tiled(shape, 0, _INLINE_PIXELS, workers, call)


def _morphology(name: str, function: Call) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        width, height = ksize
        ones = np.ones((height, width), np.uint8)

        def call(src: ByteImage, dst: ByteImage) -> Any:
            return function(src, ones, dst=dst)

        return _tiled(shape, _halo(name, ksize), _INLINE_PIXELS_MORPHOLOGY, workers, call)

    return plan


def _defect_mask(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    spread = _dilate(shape, ksize, workers)
    binarize = _binarize(shape, workers)
    binary = np.empty(shape, np.uint8)

    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        binarize(src, threshold, binary)
        spread(binary, out)
        dark = int(out.size - workers.call(cv2.countNonZero, out))
        np.equal(out, 0, out=out.view(np.bool_))
        return dark

    return step


_dilate = _morphology("dilate", cv2.dilate)

PLANNERS: dict[str, Planner] = {
    "value_channel": _value_channel,
    "bgr_to_hsv": _bgr_to_hsv,
    "box_blur": _box_blur,
    "value_blur": _value_blur,
    "nl_means": _nl_means,
    "otsu_threshold": _otsu_threshold,
    "binarize": _binarize,
    "erode": _morphology("erode", cv2.erode),
    "dilate": _dilate,
    "defect_mask": _defect_mask,
}
