"""Erosion, dilation and the defect mask by Numba's kernels over strips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastdefect.backends.byte_stages.strips import Strip, byte_vector, cut, in_vectors, over_strips
from fastdefect.backends.table import Step
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.morphology import plain
from fastdefect.kernels.morphology.extreme import MARGIN, extreme_rows
from fastdefect.kernels.morphology.words import IDENTITY, Kind, Morphology, block_rows
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape

# What a kernel takes behind the images, by strip, slot and level.
Behind = Callable[[Strip, int, int], tuple[Any, ...]]


def _kernel(
    kind: Kind, shape: Shape, ksize: Ksize, workers: Workers
) -> tuple[Bound, tuple[Any, ...], Behind]:
    """The kernel, and what it takes before the images and behind them; it returns how many ones a mask has in a strip."""
    width = shape[1]
    w, h = ksize
    if in_vectors(width):
        spec = Morphology(*byte_vector(), kind, block_rows(h))
        pitch = -(-(width + 4 * MARGIN) // 64) * 64
        scratch = np.full((workers.threads, 3, 2 * spec.batch, pitch), IDENTITY[kind], np.uint8)
        planes = tuple(scratch)
        return (
            Bound(extreme_rows),
            (spec,),
            lambda strip, slot, level: (*strip, w, h, level, planes[slot]),
        )
    lines = tuple(np.empty((workers.threads, width), np.uint8))
    if kind == "mask":
        mask = Bound(plain.defect_mask_rows)
        return mask, (), lambda strip, slot, level: (strip, ksize, level, lines[slot])
    flip = np.uint8(IDENTITY[kind])
    return (
        Bound(plain.extreme_rows),
        (),
        lambda strip, slot, level: (strip, ksize, flip, lines[slot]),
    )


def _extreme(kind: Kind) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        if ksize == (1, 1):
            return lambda src, out: workers.call(np.copyto, out, src)
        rows = cut("morphology", shape, workers)
        kernel, first, behind = _kernel(kind, shape, ksize, workers)
        return over_strips(workers, rows, kernel, first, lambda strip, slot: behind(strip, slot, 0))

    return plan


erode = _extreme("erode")
dilate = _extreme("dilate")


def defect_mask(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    """Plan the mask of what is at most the threshold when dilated; the step returns how many ones it has."""
    rows = cut("morphology", shape, workers)
    kernel, first, behind = _kernel("mask", shape, ksize, workers)
    dark = [0] * len(rows)

    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        def work(i: int, slot: int) -> None:
            dark[i] = kernel(*first, src, out, *behind(rows[i], slot, threshold))

        workers.run(work, len(rows))
        return sum(dark)

    return step
