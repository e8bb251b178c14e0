"""The measured mix: Numba, but OpenCV exactly where a row of RESULTS.md shows OpenCV faster.

NL-means is Numba's for every parameter set: rows nl_means/... and those of benchmarks/NL_MEANS.md.
"""

from __future__ import annotations

from dataclasses import replace

from fastdefect.backends import numba, opencv
from fastdefect.backends.table import Step
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Ksize, Shape


def _opencv_blurs_faster(ksize: Ksize) -> bool:
    # Rows box_blur_5x5/1024x1024/1t and box_blur_31x31/1024x1024/1t: OpenCV has loops of its own for small windows, and
    # above 256 pixels our sums take 32 bits. Row box_blur/1024x1024/1t, 16x16, shows Numba ahead.
    width, height = ksize
    return width * height > 256 or max(width, height) <= 5


def _box_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    table = opencv.TABLE if _opencv_blurs_faster(ksize) else numba.TABLE
    return table.box_blur(shape, ksize, workers)


def _value_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    if not _opencv_blurs_faster(ksize):
        return numba.TABLE.value_blur(shape, ksize, workers)
    convert = numba.TABLE.value_channel(shape, workers)
    return opencv.value_then_blur(shape, convert, opencv.TABLE.box_blur(shape, ksize, workers))


TABLE = replace(
    numba.TABLE,
    name="auto",
    box_blur=_box_blur,
    value_blur=_value_blur,
    # Rows erode/1024x1024/1t and dilate/1024x1024/1t.
    erode=opencv.TABLE.erode,
    dilate=opencv.TABLE.dilate,
)
