"""Numba kernels over strips; every planner makes the scratch of each worker once."""

from __future__ import annotations

import numpy as np

from fastdefect.backends import opencv
from fastdefect.backends.numba_morphology import defect_mask, dilate, erode
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.backends.numba_strips import MIN_STRIP_PIXELS as MIN_STRIP_PIXELS
from fastdefect.backends.numba_strips import cut
from fastdefect.backends.numba_texture import (
    texture_histograms,
    texture_map,
    texture_residual_sums,
)
from fastdefect.backends.table import Planner, Step
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.box_blur import blur_rows, divisor_16, position_independent
from fastdefect.kernels.hsv import hsv_rows, value_rows
from fastdefect.kernels.otsu import binarize_rows, histogram_rows, otsu_level
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape


def _value_channel(shape: Shape, workers: Workers) -> Step:
    rows = cut("value_channel", shape, workers)
    convert = Bound(value_rows)
    width = shape[1]

    def step(bgr: ByteImage, out: ByteImage) -> None:
        flat, flat_out = bgr.reshape(-1), out.reshape(-1)
        workers.run(lambda i, slot: convert(flat, flat_out, width, *rows[i]), len(rows))

    return step


def _bgr_to_hsv(shape: Shape, workers: Workers) -> Step:
    rows = cut("bgr_to_hsv", shape, workers)
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
    rows = cut("value_blur", shape, workers, minimum=2 * h)
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
    rows = cut("otsu_threshold", shape, workers)
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
    rows = cut("binarize", shape, workers)
    split = Bound(binarize_rows)
    width = shape[1]

    def step(src: ByteImage, threshold: int, out: ByteImage) -> None:
        flat, flat_out = src.reshape(-1), out.reshape(-1)
        workers.run(lambda i, slot: split(flat, threshold, flat_out, width, *rows[i]), len(rows))

    return step


PLANNERS: dict[str, Planner] = {
    "value_channel": _value_channel,
    "bgr_to_hsv": _bgr_to_hsv,
    "box_blur": _value_blur,
    "value_blur": _value_blur,
    "nl_means": nl_means,
    "otsu_threshold": _otsu_threshold,
    "binarize": _binarize,
    "erode": erode,
    "dilate": dilate,
    "defect_mask": defect_mask,
    "texture_map": texture_map,
    "texture_histograms": texture_histograms,
    "texture_residual_sums": texture_residual_sums,
}
