"""The box filter by Numba's kernels over strips, of grey images and of the value channel of colour images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fastdefect.backends import opencv
from fastdefect.backends.byte_stages.strips import byte_vector, cut, in_vectors, over_strips
from fastdefect.backends.table import Step
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.box_blur import plain
from fastdefect.kernels.box_blur.blur import blur_rows, scratch_for, specialize, window_of
from fastdefect.kernels.box_blur.quotient import divisor_16, position_independent
from fastdefect.kernels.hsv.plain import value_rows
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape


def box_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    """Plan the box filter of grey images."""
    if ksize == (1, 1):
        return lambda src, out: workers.call(np.copyto, out, src)
    if not position_independent(ksize[0] * ksize[1]):
        return opencv.PLANNERS["box_blur"](shape, ksize, workers)
    return _blur(1)(shape, ksize, workers)


def value_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    """Plan the box filter of the value channel; the step takes grey images too."""
    if not position_independent(ksize[0] * ksize[1]):
        return opencv.PLANNERS["value_blur"](shape, ksize, workers)
    return _blur(3)(shape, ksize, workers)


def _blur(channels: int) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        if not in_vectors(shape[1]):
            return _in_plain_loops(shape, ksize, workers)
        rows = cut("value_blur", shape, workers, minimum=2 * ksize[1])
        scratch = [scratch_for(shape[1], ksize, channels) for _ in range(workers.threads)]
        window = window_of(ksize)
        by_channels = {
            count: over_strips(
                workers,
                rows,
                Bound(blur_rows),
                (specialize(*byte_vector(), count, ksize),),
                lambda strip, slot: (*strip, window, scratch[slot]),
            )
            for count in {1, channels}
        }
        grey, colour = by_channels[1], by_channels[channels]
        if channels == 1:
            return grey
        return lambda image, out: (grey if image.ndim == 2 else colour)(image, out)

    return plan


def _in_plain_loops(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    w, h = ksize
    rows = cut("value_blur", shape, workers, minimum=2 * h)
    divisor = divisor_16(w * h) if w * h <= 256 else (0, 0)
    values = np.empty(shape, np.uint8)
    column = tuple(np.empty((workers.threads, shape[1]), np.int64))
    convert, blur = Bound(value_rows), Bound(plain.blur_rows)

    def step(image: ByteImage, out: ByteImage) -> None:
        if image.ndim == 3:
            workers.run(lambda i, slot: convert(image, values, *rows[i]), len(rows))
            image = values
        workers.run(
            lambda i, slot: blur(image, out, rows[i], ksize, divisor, column[slot]), len(rows)
        )

    return step
