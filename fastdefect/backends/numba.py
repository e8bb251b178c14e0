"""Numba kernels over strips; every planner makes the scratch of each worker once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fastdefect.backends import opencv
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.backends.numba_texture import (
    texture_histograms,
    texture_map,
    texture_residual_sums,
)
from fastdefect.backends.table import Planner, Step
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.box_blur import blur_rows, divisor_16, position_independent
from fastdefect.kernels.hsv import hsv_rows, value_rows
from fastdefect.kernels.morphology import TAPS, defect_mask_rows, extreme_rows
from fastdefect.kernels.otsu import binarize_rows, histogram_rows, otsu_level
from fastdefect.tiling.geometry import strip_rows, strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape

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
# Height of the strips that hold the runs of high structuring elements: 32 rows of 2048 columns are half an L2 cache.
_RUN_ROWS = 32


def _cut(
    stage: str, shape: Shape, workers: Workers, minimum: int = 1
) -> tuple[tuple[int, int], ...]:
    height, width = shape
    minimum = max(minimum, -(-MIN_STRIP_PIXELS[stage] // width))
    return strips(height, strip_rows(height, workers.threads, minimum))


def _value_channel(shape: Shape, workers: Workers) -> Step:
    rows = _cut("value_channel", shape, workers)
    convert = Bound(value_rows)
    width = shape[1]

    def step(bgr: ByteImage, out: ByteImage) -> None:
        flat, flat_out = bgr.reshape(-1), out.reshape(-1)
        workers.run(lambda i, slot: convert(flat, flat_out, width, *rows[i]), len(rows))

    return step


def _bgr_to_hsv(shape: Shape, workers: Workers) -> Step:
    rows = _cut("bgr_to_hsv", shape, workers)
    width = shape[1]
    planes = np.empty((workers.threads, 6, width), np.uint8)
    convert = Bound(hsv_rows)

    def step(bgr: ByteImage, out: ByteImage) -> None:
        flat, flat_out = bgr.reshape(-1), out.reshape(-1)
        workers.run(
            lambda i, slot: convert(flat, flat_out, width, *rows[i], planes[slot]), len(rows)
        )

    return step


def _value_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    w, h = ksize
    if not position_independent(w * h):
        return opencv.PLANNERS["value_blur"](shape, ksize, workers)
    width = shape[1]
    sums = np.uint16 if w * h <= 256 else np.uint32
    divisor = divisor_16(w * h) if w * h <= 256 else (w * h, 0)
    rows = _cut("value_blur", shape, workers, minimum=2 * h)
    ring = np.empty((workers.threads, h * width), np.uint8)
    column = np.empty((workers.threads, width + w - 1), sums)
    parts = np.empty((workers.threads, 3, width + w - 1), sums)
    blur = Bound(blur_rows)

    def step(image: ByteImage, out: ByteImage) -> None:
        flat = image.reshape(-1)
        channels = 3 if image.ndim == 3 else 1

        def work(i: int, slot: int) -> None:
            y0, y1 = rows[i]
            scratch = ring[slot], column[slot], parts[slot]
            blur(flat, channels, out, y0, y1, ksize, divisor, *scratch)

        workers.run(work, len(rows))

    return step


def _otsu_threshold(shape: Shape, workers: Workers) -> Step:
    rows = _cut("otsu_threshold", shape, workers)
    # otsu_level sets the counts back to 0
    counts = np.zeros((workers.threads, 4, 256), np.uint32)
    tables = counts.reshape(-1, 256)
    count, find_level = Bound(histogram_rows), Bound(otsu_level)

    def step(src: ByteImage) -> int:
        workers.run(lambda i, slot: count(src, *rows[i], counts[slot]), len(rows))
        level, certain = find_level(tables)
        # As one row, which OpenCV cannot spread over threads of its own.
        return int(level) if certain else workers.call(opencv.otsu_level, src.reshape(1, -1))

    return step


def _binarize(shape: Shape, workers: Workers) -> Step:
    rows = _cut("binarize", shape, workers)
    split = Bound(binarize_rows)
    width = shape[1]

    def step(src: ByteImage, threshold: int, out: ByteImage) -> None:
        flat, flat_out = src.reshape(-1), out.reshape(-1)
        workers.run(lambda i, slot: split(flat, threshold, flat_out, width, *rows[i]), len(rows))

    return step


def _scratch(
    shape: Shape, ksize: Ksize, workers: Workers
) -> tuple[tuple[tuple[int, int], ...], ByteImage, ByteImage]:
    """Strips, and for each worker a pair of padded rows and, for high windows only, a pair of strips."""
    width = shape[1]
    w, h = ksize
    threads = workers.threads
    if h <= TAPS:
        rows = _cut("morphology", shape, workers)
        depth = 0
    else:
        rows = strips(shape[0], max(_RUN_ROWS, 2 * h))
        depth = max(_RUN_ROWS, 2 * h) + h
    padded = np.empty((threads, 2, width + w - 1), np.uint8)
    return rows, padded, np.empty((threads, 2, depth, width), np.uint8)


def _extreme(flip: int) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        rows, padded, runs = _scratch(shape, ksize, workers)
        extreme = Bound(extreme_rows)

        def step(src: ByteImage, out: ByteImage) -> None:
            workers.run(
                lambda i, s: extreme(src, out, *rows[i], ksize, flip, padded[s], runs[s]),
                len(rows),
            )

        return step

    return plan


def _defect_mask(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    rows, padded, runs = _scratch(shape, ksize, workers)
    dark = [0] * len(rows)
    mask = Bound(defect_mask_rows)

    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        def work(i: int, s: int) -> None:
            y0, y1 = rows[i]
            dark[i] = mask(src, threshold, out, y0, y1, ksize, padded[s], runs[s])

        workers.run(work, len(rows))
        return sum(dark)

    return step


PLANNERS: dict[str, Planner] = {
    "value_channel": _value_channel,
    "bgr_to_hsv": _bgr_to_hsv,
    "box_blur": _value_blur,
    "value_blur": _value_blur,
    "nl_means": nl_means,
    "otsu_threshold": _otsu_threshold,
    "binarize": _binarize,
    "erode": _extreme(255),
    "dilate": _extreme(0),
    "defect_mask": _defect_mask,
    "texture_map": texture_map,
    "texture_histograms": texture_histograms,
    "texture_residual_sums": texture_residual_sums,
}
