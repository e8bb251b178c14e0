"""Erosion, dilation and the defect mask by Numba's kernels over strips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fastdefect.backends.byte_stages.strips import byte_vector, cut, in_vectors
from fastdefect.backends.table import Step
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.morphology import plain
from fastdefect.kernels.morphology.extreme import MARGIN, extreme_rows
from fastdefect.kernels.morphology.words import IDENTITY, Kind, Morphology, block_rows
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Ksize, Shape

Rows = tuple[int, int]
Call = Callable[[ByteImage, ByteImage, int, Rows, int], int]


def _call(kind: Kind, shape: Shape, ksize: Ksize, workers: Workers) -> Call:
    """The call ``(src, out, level, rows, slot)`` of a strip's kernel; it returns how many ones a mask has there."""
    width = shape[1]
    w, h = ksize
    if in_vectors(width):
        spec = Morphology(*byte_vector(), kind, block_rows(h))
        pitch = -(-(width + 4 * MARGIN) // 64) * 64
        scratch = np.full((workers.threads, 3, 2 * spec.batch, pitch), IDENTITY[kind], np.uint8)
        planes = tuple(scratch)
        kernel = Bound(extreme_rows)
        return lambda src, out, level, rows, slot: kernel(
            spec, src, out, *rows, w, h, level, planes[slot]
        )
    lines = tuple(np.empty((workers.threads, width), np.uint8))
    if kind == "mask":
        mask = Bound(plain.defect_mask_rows)
        return lambda src, out, level, rows, slot: mask(src, out, rows, ksize, level, lines[slot])
    extreme, flip = Bound(plain.extreme_rows), np.uint8(IDENTITY[kind])
    return lambda src, out, level, rows, slot: extreme(src, out, rows, ksize, flip, lines[slot])


def _extreme(kind: Kind) -> Callable[[Shape, Ksize, Workers], Step]:
    def plan(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
        if ksize == (1, 1):
            return lambda src, out: workers.call(np.copyto, out, src)
        rows = cut("morphology", shape, workers)
        call = _call(kind, shape, ksize, workers)

        def step(src: ByteImage, out: ByteImage) -> None:
            workers.run(lambda i, slot: call(src, out, 0, rows[i], slot), len(rows))

        return step

    return plan


erode = _extreme("erode")
dilate = _extreme("dilate")


def defect_mask(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    """Plan the mask of what is at most the threshold when dilated; the step returns how many ones it has."""
    rows = cut("morphology", shape, workers)
    call = _call("mask", shape, ksize, workers)
    dark = [0] * len(rows)

    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        def work(i: int, slot: int) -> None:
            dark[i] = call(src, out, threshold, rows[i], slot)

        workers.run(work, len(rows))
        return sum(dark)

    return step
