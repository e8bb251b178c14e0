"""Otsu's threshold and fixed thresholds by Numba's kernels over strips."""

from __future__ import annotations

import numpy as np

from fastdefect.backends import opencv
from fastdefect.backends.byte_stages.strips import cut, over_strips, pointwise
from fastdefect.backends.table import Step
from fastdefect.kernels._numba import COMPILED, Bound
from fastdefect.kernels.otsu import plain
from fastdefect.kernels.otsu.level import TABLES, otsu_level
from fastdefect.kernels.otsu.rows import binarize_rows, histogram_rows
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Shape


def otsu_threshold(shape: Shape, workers: Workers) -> Step:
    """Plan Otsu's threshold; the step returns it."""
    rows = cut("otsu_threshold", shape, workers)
    # otsu_level sets the counts back to 0
    counts = np.zeros((workers.threads, TABLES, 256), np.uint32)
    slots, tables = tuple(counts), counts.reshape(-1, 256)
    count = Bound(histogram_rows if COMPILED else plain.histogram_rows)
    count_all = over_strips(workers, rows, count, (), lambda strip, slot: (*strip, slots[slot]))
    find_level = Bound(otsu_level)

    def step(src: ByteImage) -> int:
        count_all(src)
        level, certain = find_level(tables)
        # As one row, which OpenCV cannot spread over threads of its own.
        return int(level) if certain else workers.call(opencv.otsu_level, src.reshape(1, -1))

    return step


def binarize(shape: Shape, workers: Workers) -> Step:
    """Plan the comparison with a threshold."""
    return pointwise("binarize", shape, workers, binarize_rows, plain.binarize_rows)
