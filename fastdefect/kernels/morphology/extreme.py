"""Erosion, dilation and the defect mask of 8-bit rows in byte vectors, as OpenCV computes them.

Pixels outside the image never win. The anchor is w // 2, h // 2: the window spans x - w // 2 ... x - w // 2 + w - 1. Columns
first (`columns`), into rows of scratch, then along these (`taps`). Dilation and threshold commute, since both keep the
order of grey levels; so the defect mask is the threshold of the dilated grey image, in one pass.
"""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.morphology.columns import block_columns, row_columns
from fastdefect.kernels.morphology.taps import finish_rows
from fastdefect.kernels.morphology.words import batch_of, masks_of, rows_of
from fastdefect.kernels.simd.bytes import address_of

MARGIN = 64
"""Bytes of identity before a row of scratch, at least half of the widest window and any vector."""


@kernel
def extreme_rows(spec, src, dst, y0, y1, w, h, level, scratch):
    """The rows y0 ... y1 of ``dst``; return how many ones a mask has there.

    Parameters
    ----------
    spec : Morphology
    src, dst : ndarray of uint8, (H, W)
        W is at least the vector's width.
    y0, y1, w, h, level : int
    scratch : ndarray of uint8, (3, 2 spec.batch, multiple of 64)
        `MARGIN` bytes, W pixels, and at least 3 `MARGIN` bytes; starts as all identity.
    """
    shape, width = src.shape, src.shape[1]
    source, target = address_of(src), address_of(dst)
    pitch = scratch.shape[2]
    batch = batch_of(spec)
    planes = pitch, 2 * batch * pitch
    # a block may begin some rows before the first row of its batch
    room = ((address_of(scratch) + 63) & -64) + batch * pitch + MARGIN
    if w == 1 and not masks_of(spec):
        _fill_columns(spec, source, shape, h, (y0, y0, y1), target + y0 * width, width)
        return 0
    found = 0
    for y in range(y0, y1, batch):
        end = min(y + batch, y1)
        _fill_columns(spec, source, shape, h, (y0, y, end), room, pitch)
        # rows that the next batch sees first; an address before the image harms nobody
        ahead = source + min(end + h - h // 2, shape[0] - batch) * width
        at = target + y * width
        found += finish_rows(spec, room, planes, end - y, at, width, w, level, ahead)
    return found


@kernel
def _fill_columns(spec, src, shape, h, rows, dst, pitch):
    """Extremes down the columns for the rows y ... y1 at ``dst``; ``rows`` is (first row that may be written, y, y1)."""
    height, width = shape
    y0, y, y1 = rows
    block = rows_of(spec)
    origin = dst - y * pitch
    while y < y1:
        # Within a part of the image the windows of a block end all at its edge or each a row further.
        inside, outside = h // 2, height - h + h // 2
        end = y1
        if y < inside:
            end = min(end, inside)
        if y < outside:
            end = min(end, outside)
        count = min(block, end - y)
        first = end - block if count < block else y
        low, high = max(first - h // 2, 0), min(y - h // 2 + h, height)
        if first < y0 or (first < inside) != (y < inside) or (first < outside) != (y < outside):
            low = max(y - h // 2, 0)
            row_columns(spec, src + low * width, high - low, width, origin + y * pitch, width)
            y += 1
            continue
        shared, high = max(first + block - 1 - h // 2, 0), min(first - h // 2 + h, height)
        below = min(high, height - 1)
        block_columns(
            spec,
            src + shared * width,
            high - shared,
            width,
            src + low * width,
            width if first >= inside else 0,
            src + below * width,
            width if first < outside else 0,
            origin + first * pitch,
            pitch,
            width,
        )
        y += count
