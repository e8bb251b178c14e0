"""Otsu's threshold and fixed thresholds of 8-bit rows, as ``cv2.threshold`` computes them."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel

_EPSILON = 1.1920928955078125e-07  # FLT_EPSILON, with which OpenCV skips empty classes
# Rounding moves the variance between classes, at most 255**2 / 4, by less than 256 operations times 2**-53 of 2**18
_DOUBT = 1e-7
_DOUBT_SHARE = 1e-12


@kernel
def histogram_rows(src, y0, y1, counts):
    """Add the grey levels of the rows y0 ... y1 to ``counts``, uint32 (4, 256).

    Four tables, because neighbouring pixels are often equal and an increment must not wait for the one before.
    """
    first, second, third, fourth = counts[0], counts[1], counts[2], counts[3]
    width = np.uint64(src.shape[1])
    quads = width // np.uint64(4) * np.uint64(4)
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    for y in range(y0, y1):
        row = src[y]
        for x in range(np.uint64(0), quads, np.uint64(4)):
            first[row[x]] += np.uint32(1)
            second[row[x + one]] += np.uint32(1)
            third[row[x + two]] += np.uint32(1)
            fourth[row[x + three]] += np.uint32(1)
        for x in range(quads, width):
            first[row[x]] += np.uint32(1)


@kernel
def otsu_level(counts):
    """Otsu's threshold of ``counts``, uint32 (tables, 256), which are set back to 0; and whether it is beyond doubt.

    The same double-precision operations in the same order as ``getThreshVal_Otsu_8u``: no fast-math, no contraction. OpenCV
    may hand the work to Intel's IPP, which rounds differently; where two levels split the histogram equally well, as in
    symmetric or gapped histograms, the two disagree with one another. Such a result is in doubt.
    """
    total = np.int64(0)
    moment = np.float64(0.0)
    for i in range(256):
        level = np.int64(0)
        for table in range(counts.shape[0]):
            level += np.int64(counts[table, i])
        total += level
        moment += np.float64(i) * np.float64(level)
    scale = 1.0 / np.float64(total)
    mu = moment * scale
    mu1 = 0.0
    q1 = 0.0
    best = 0.0
    second = -1.0
    threshold = 0
    certain = True
    for i in range(256):
        level = np.int64(0)
        for table in range(counts.shape[0]):
            level += np.int64(counts[table, i])
            counts[table, i] = np.uint32(0)
        p = np.float64(level) * scale
        mu1 *= q1
        q1 += p
        q2 = 1.0 - q1
        if abs(min(q1, q2) - _EPSILON) < _DOUBT_SHARE:
            certain = False
        if min(q1, q2) < _EPSILON or max(q1, q2) > 1.0 - _EPSILON:
            continue
        mu1 = (mu1 + i * p) / q1
        mu2 = (mu - q1 * mu1) / q2
        sigma = q1 * q2 * (mu1 - mu2) * (mu1 - mu2)
        if sigma > best:
            second = best
            best = sigma
            threshold = i
        elif sigma > second:
            second = sigma
    return threshold, certain and (best == 0.0 or second < best - _DOUBT)


@kernel
def binarize_rows(src, threshold, dst, width, y0, y1):
    """255 where ``src`` exceeds ``threshold`` (0 ... 255), else 0, for the rows y0 ... y1 of flat images."""
    level = np.uint8(threshold)
    for i in range(np.uint64(y0 * width), np.uint64(y1 * width)):
        dst[i] = np.uint8(255) if src[i] > level else np.uint8(0)
