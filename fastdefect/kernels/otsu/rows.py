"""Histogram and fixed threshold of 8-bit rows, by words of eight pixels and by vectors of bytes."""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.simd.bytes import (
    above,
    address_of,
    get_byte,
    get_long,
    increment,
    load_bytes,
    spread_byte,
    store,
    width_of,
)


@kernel
def histogram_rows(src, y0, y1, counts):
    """Add the grey levels of the rows y0 ... y1 to ``counts``, uint32 (8, 256).

    Eight tables, because neighbouring pixels are often equal and an increment must not wait for the one before.
    """
    at = address_of(src) + src.shape[1] * y0
    end = address_of(src) + src.shape[1] * y1
    tables = address_of(counts)
    while at + 16 <= end:
        _count_eight(tables, get_long(at))
        _count_eight(tables, get_long(at + 8))
        at += 16
    while at < end:
        increment(tables + 4 * get_byte(at))
        at += 1


@kernel
def _count_eight(tables, pixels):
    """Eight pixels into eight tables of 1024 bytes."""
    increment(tables + 4 * (pixels & 255))
    increment(tables + 1024 + 4 * (pixels >> 8 & 255))
    increment(tables + 2048 + 4 * (pixels >> 16 & 255))
    increment(tables + 3072 + 4 * (pixels >> 24 & 255))
    increment(tables + 4096 + 4 * (pixels >> 32 & 255))
    increment(tables + 5120 + 4 * (pixels >> 40 & 255))
    increment(tables + 6144 + 4 * (pixels >> 48 & 255))
    increment(tables + 7168 + 4 * (pixels >> 56 & 255))


@kernel
def binarize_rows(spec, src, threshold, dst, y0, y1):
    """255 where ``src`` exceeds ``threshold`` (0 ... 255), else 0, for the rows y0 ... y1, together at least a vector."""
    vector, width = width_of(spec), src.shape[1]
    source = address_of(src) + width * y0
    target = address_of(dst) + width * y0
    level = spread_byte(spec, threshold)
    end = width * (y1 - y0) - vector
    x = 0
    while x < end:
        store(target + x, above(load_bytes(spec, source + x), level))
        x += vector
    store(target + end, above(load_bytes(spec, source + end), level))
