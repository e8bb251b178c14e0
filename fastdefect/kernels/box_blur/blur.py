"""Box filter of 8-bit rows in byte vectors, as ``cv2.blur`` computes it (border reflect-101).

The window of width w and height h spans x - w // 2 ... x - w // 2 + w - 1, rows alike. A strip moves down four rows at a
time: sums of columns (`columns`), then along each row their sums over w columns and the means (`along`). The rows of a
colour image become rows of values first, in a ring of h + 4, since four enter while the oldest are still to leave.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.box_blur.along import means_row
from fastdefect.kernels.box_blur.columns import ROWS, mirror_ends, next_rows
from fastdefect.kernels.box_blur.quotient import divisor_words
from fastdefect.kernels.box_blur.rows import bring_row, row_at
from fastdefect.kernels.box_blur.words import TAPS, Blur
from fastdefect.kernels.simd.bytes import address_of

MARGIN = 256
"""Columns around a row of sums: half of the widest window and a vector, on each side."""


class Window(NamedTuple):
    """A window and how its sum becomes a mean."""

    w: int
    h: int
    added: int
    factor: int
    shift: int
    scale: np.float32


class Scratch(NamedTuple):
    """Memory of one worker, see `scratch_for`."""

    nothing: npt.NDArray[np.uint16]  # a row of zeros
    kept: npt.NDArray[np.uint16]  # the last row of two blocks, (2, W)
    block: npt.NDArray[np.uint16]  # (ROWS, W + 2 MARGIN)
    sums: npt.NDArray[Any]  # running sums, (W + 2 MARGIN,)
    ring: npt.NDArray[np.uint8]  # rows of values, (h + ROWS, W)


def window_of(ksize: tuple[int, int]) -> Window:
    """A window as the kernel takes it; areas whose mean OpenCV makes of more than the sum have none."""
    w, h = ksize
    divisor = divisor_words(w * h) if w * h <= 256 else (0, 0, 0)
    return Window(w, h, *divisor, np.float32(1.0 / (w * h)))


def specialize(cpu: str, vector: int, channels: int, ksize: tuple[int, int]) -> Blur:
    """What the kernel is compiled for."""
    w, h = ksize
    small = w * h <= 256
    return Blur(cpu, vector, channels, 16 if small else 32, small and w <= TAPS)


def scratch_for(width: int, ksize: tuple[int, int], channels: int) -> Scratch:
    """Memory of one worker for images of a width; that for colour serves grey ones too."""
    w, h = ksize
    room = width + 2 * MARGIN
    return Scratch(
        np.zeros(width, np.uint16),
        np.empty((2, width), np.uint16),
        np.empty((ROWS, room), np.uint16),
        np.empty(room, np.uint16 if w * h <= 256 else np.uint32),
        np.empty((h + ROWS if channels == 3 else 0, width), np.uint8),
    )


@kernel
def blur_rows(spec, image, dst, y0, y1, window, scratch):
    """Blur the rows y0 ... y1 of a grey image, or of the value channel of a BGR image; ``spec`` says which.

    ``dst``, uint8 (H, W), is at least a vector wide.
    """
    height, width = dst.shape
    w, h = window.w, window.h
    pitch = 2 * scratch.block.shape[1]
    nothing = address_of(scratch.nothing)
    block = address_of(scratch.block) + 2 * MARGIN
    sums = address_of(scratch.sums) + scratch.sums.itemsize * MARGIN
    source, target, ring = address_of(image), address_of(dst), address_of(scratch.ring)
    places = source, ring, height, width, h + ROWS
    pace = image.strides[0]
    none = nothing, nothing, nothing, nothing
    before, after = nothing, address_of(scratch.kept)
    both = after + after + 2 * width
    # the rows of the window one above the first
    top = y0 - 1 - h // 2
    for row in range(0, h, 4):
        enters = _entering(spec, places, top + row, min(4, h - row), nothing)
        next_rows(spec, before, after, enters, none, block, pitch, width)
        before, after = after, both - after
    for y in range(y0, y1, 4):
        top = y - 1 - h // 2
        enters = _entering(spec, places, top + h, 4, nothing)
        leaves = (
            row_at(spec, places, top),
            row_at(spec, places, top + 1),
            row_at(spec, places, top + 2),
            row_at(spec, places, top + 3),
        )
        next_rows(spec, before, after, enters, leaves, block, pitch, width)
        for row in range(min(4, y1 - y)):
            at = block + row * pitch
            mirror_ends(spec, at, width, w // 2, w - 1 - w // 2)
            ahead = source + (y + row + h - h // 2 + ROWS) * pace
            means_row(spec, at, sums, target + (y + row) * width, width, window, ahead)
        before, after = after, both - after


@kernel
def _entering(spec, places, row, count, nothing):
    """Addresses of the four rows from ``row`` on, mirrored at the image's ends; zeros for those beyond ``count``."""
    for i in range(count):
        bring_row(spec, places, row + i)
    return (
        row_at(spec, places, row),
        row_at(spec, places, row + 1) if count > 1 else nothing,
        row_at(spec, places, row + 2) if count > 2 else nothing,
        row_at(spec, places, row + 3) if count > 3 else nothing,
    )
