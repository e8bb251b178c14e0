"""Value channel of 8-bit BGR in byte vectors: the largest of the three channels."""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.simd.bytes import address_of, larger, store, width_of
from fastdefect.kernels.simd.pixels import load_pixels


@kernel
def value_row(spec, src, dst, width):
    """The values of ``width`` pixels, at least a vector, between two addresses."""
    vector = width_of(spec)
    x = 0
    while x < width - vector:
        store(dst + x, _values(spec, src + 3 * x))
        x += vector
    end = width - vector
    store(dst + end, _values(spec, src + 3 * end))


@kernel
def _values(spec, at):
    """One vector of values."""
    blue, green, red = load_pixels(spec, at)
    return larger(larger(blue, green), red)


@kernel
def value_rows(spec, bgr, dst, y0, y1):
    """Value channel of the rows y0 ... y1 of ``bgr`` (H, W, 3), together at least a vector of pixels."""
    width = bgr.shape[1]
    first = width * y0
    value_row(spec, address_of(bgr) + 3 * first, address_of(dst) + first, width * (y1 - y0))
