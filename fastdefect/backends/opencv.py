"""OpenCV in strips, on the package's own threads.

OpenCV spreads a call over its own threads from a number of pixels on: 2**16 for colour conversion and thresholds,
2**17 for NL-means, 2**20 for morphology. Tiles below that stay on the thread that calls, so ``threads`` holds and nothing
global is set. Its box filter never leaves the calling thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
    if len(plan) == 1 and channels == 1:
        return partial(workers.call, call)
    # slices that cover the whole of a row leave one block of memory, which OpenCV can write to
    if workers.threads == 1 and channels == 1 and all(_full_width(t.outer, shape) for t in plan):
        return _in_place(
            [t.outer[0] for t in plan], [t.core[0] for t in plan], shape, workers, call
        )
    whole = [tile.core == tile.outer and _full_width(tile.core, shape) for tile in plan]
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


def _full_width(part: tuple[slice, slice], shape: Shape) -> bool:
    return part[1] == slice(0, shape[1])


def _in_place(
    outer: list[slice], core: list[slice], shape: Shape, workers: Workers, call: Call
) -> Step:
    """The same for strips on one thread, from the last to the first, straight into ``out``.

    A strip's upper halo is written over by the strip above it; its lower halo belongs to the strip below, whose rows
    are kept meanwhile. That spares the copy of the whole result, a fifth of the time of a dilation.
    """
    below = [slice(own.stop, seen.stop) for seen, own in zip(outer, core, strict=True)]
    kept = np.empty((max(rows.stop - rows.start for rows in below), shape[1]), np.uint8)

    def work(src: ByteImage, *rest: Any) -> None:
        *scalars, out = rest
        for seen, rows in reversed(list(zip(outer, below, strict=True))):
            saved = kept[: rows.stop - rows.start]
            saved[...] = out[rows]
            call(src[seen], *scalars, out[seen])
            out[rows] = saved

    return partial(workers.call, work)


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


def _threshold(src: ByteImage, level: int, value: int, kind: int, out: ByteImage) -> None:
    """``cv2.threshold`` as one row, which OpenCV cannot spread over threads of its own.

    More threads would not help: a megapixel takes 30 us, and two threads wait for memory as long as one.
    """
    cv2.threshold(src.reshape(1, -1), level, value, kind, out.reshape(1, -1))


def _binarize(shape: Shape, workers: Workers) -> Step:
    def step(src: ByteImage, threshold: int, out: ByteImage) -> None:
        workers.call(_threshold, src, threshold, 255, cv2.THRESH_BINARY, out)

    return step


def _morphology(name: str, function: Call) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        width, height = ksize
        ones = np.ones((height, width), np.uint8)

        def call(src: ByteImage, dst: ByteImage) -> Any:
            return function(src, ones, dst=dst)

        return _tiled(shape, _halo(name, ksize), _INLINE_PIXELS_MORPHOLOGY, workers, call)

    return plan


def _defect_mask(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    width, height = ksize
    ones = np.ones((height, width), np.uint8)

    def call(src: ByteImage, threshold: int, dst: ByteImage) -> ByteImage:
        # threshold and dilation commute, and the inverse threshold writes the mask itself
        cv2.dilate(src, ones, dst)
        _threshold(dst, threshold, 1, cv2.THRESH_BINARY_INV, dst)
        return dst

    mask = _tiled(shape, _halo("defect_mask", ksize), _INLINE_PIXELS_MORPHOLOGY, workers, call)

    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        mask(src, threshold, out)
        return int(workers.call(cv2.countNonZero, out))

    return step


PLANNERS: dict[str, Planner] = {
    "value_channel": _value_channel,
    "bgr_to_hsv": _bgr_to_hsv,
    "box_blur": _box_blur,
    "value_blur": _value_blur,
    "nl_means": _nl_means,
    "otsu_threshold": _otsu_threshold,
    "binarize": _binarize,
    "erode": _morphology("erode", cv2.erode),
    "dilate": _morphology("dilate", cv2.dilate),
    "defect_mask": _defect_mask,
}
