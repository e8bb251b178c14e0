"""HSV of 8-bit BGR in byte vectors, as ``cv2.cvtColor(..., COLOR_BGR2HSV)`` computes it."""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.hsv.words import hsv_of
from fastdefect.kernels.simd.bytes import address_of, width_of
from fastdefect.kernels.simd.pixels import load_pixels, store_pixels


@kernel
def hsv_rows(spec, bgr, dst, y0, y1):
    """HSV of the rows y0 ... y1 of ``bgr`` (H, W, 3), together at least a vector of pixels.

    The last vector overlaps the one before it, so nothing beyond the rows is read or written.
    """
    vector, width = width_of(spec), bgr.shape[1]
    source = address_of(bgr) + 3 * width * y0
    target = address_of(dst) + 3 * width * y0
    end = width * (y1 - y0) - vector
    x = 0
    while x < end:
        store_pixels(target + 3 * x, hsv_of(spec, load_pixels(spec, source + 3 * x)))
        x += vector
    store_pixels(target + 3 * end, hsv_of(spec, load_pixels(spec, source + 3 * end)))
