"""Value channel and HSV by Numba's kernels over strips."""

from __future__ import annotations

from fastdefect.backends.byte_stages.strips import pointwise
from fastdefect.backends.table import Step
from fastdefect.kernels.hsv import plain
from fastdefect.kernels.hsv.hsv import hsv_rows
from fastdefect.kernels.hsv.value import value_rows
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape


def value_channel(shape: Shape, workers: Workers) -> Step:
    """Plan the value channel."""
    return pointwise("value_channel", shape, workers, value_rows, plain.value_rows)


def bgr_to_hsv(shape: Shape, workers: Workers) -> Step:
    """Plan HSV."""
    return pointwise("bgr_to_hsv", shape, workers, hsv_rows, plain.hsv_rows)
