"""Otsu's threshold of a histogram, as ``cv2.threshold`` finds it."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel

_EPSILON = 1.1920928955078125e-07  # FLT_EPSILON, with which OpenCV skips empty classes
# Rounding moves the variance between classes, at most 255**2 / 4, by less than 256 operations times 2**-53 of 2**18
_DOUBT = 1e-7
_DOUBT_SHARE = 1e-12
TABLES = 8
"""Tables of counts that a histogram is spread over."""


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
