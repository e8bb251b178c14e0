"""Bars of 63 by 11 pixels along the rows and along the columns, in plain NumPy: yarns that are missing or too thick.

A yarn that is darker than its neighbours along all of its length is good cloth, and so is a cloud that is darker over
many yarns; a defect differs from both. Hence of each bar two thirds of the same bar 191 pixels long are taken off, and
of both three fifths of a bar 45 pixels thick. Both halves of a bar must stick out to the same side, the weaker one
counts, so that a speck is no bar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

HALF_BAR, LONG_BAR, BAR_THICK = 31, 191, 45
PAD = 22
# a box of 7 averaged over 5
PROFILE = np.convolve(np.ones(7, np.int64), np.ones(5, np.int64))
# 15 / (15 · 35) of the profile less 7 / (15 · 35) = 3/5 of 1/45 of the thick bar
PROFILE_SHARE, THICK_SHARE = 15, 7
UNIT = PROFILE_SHARE * 35


def bar_sums(res: Ints, clip: int) -> tuple[Floats, Floats]:
    """How far the weaker half of a bar sticks out, bars along the rows and bars along the columns.

    Parameters
    ----------
    res : ndarray of int, (H, W)
        Residual of log grey, at least 32×32.
    clip : int
        Residuals beyond count as that much, 1 ... 1350, so that all sums fit 32 bits.

    Returns
    -------
    (ndarray of float32, ndarray of float32), each (H, W)
        0 and above, in log units.

    Notes
    -----
    Border rule: a bar has to fit, so it is 0 nearer than 31 pixels to the edge that it points to; reflected, its halves
    would always agree there. Across, reflection without a repeated edge; the long bar stays inside the image.
    """
    clipped = np.clip(res, -clip, clip)
    return _along_rows(clipped), _along_rows(clipped.T).T


def bar_geometry(length: int) -> tuple[int, int, np.float32, np.float32]:
    """Pixels of half a bar and of a long bar that fit ``length`` pixels, and what their sums are multiplied by."""
    half, long = min(HALF_BAR, (length - 1) // 2), min(LONG_BAR, length)
    return half, long, np.float32(1 / (half * UNIT)), np.float32(2 / 3 / (long * UNIT))


def _sticks_out(own: Floats, whole: Floats) -> Floats:
    """``own - whole``, to the side of ``own`` only and no further than twice as far: a defect gives its yarn no echo."""
    zero = np.float32(0)
    most = np.float32(2) * own
    return np.minimum(np.maximum(own - whole, np.minimum(most, zero)), np.maximum(most, zero))


def _along_rows(src: Ints) -> Floats:
    height, width = src.shape
    padded = np.pad(src, ((PAD, PAD), (0, 0)), mode="reflect")
    reach = len(PROFILE) // 2
    profile = sum(
        weight * padded[PAD + dy :][:height]
        for weight, dy in zip(PROFILE, range(-reach, reach + 1), strict=True)
    )
    total = np.pad(padded.cumsum(0), ((1, 0), (0, 0)))
    first = PAD - BAR_THICK // 2
    thick = total[first + BAR_THICK :][:height] - total[first:][:height]
    contrast = PROFILE_SHARE * profile - THICK_SHARE * thick
    total = np.pad(contrast.cumsum(1), ((0, 0), (1, 0)))
    half, long, half_scale, long_scale = bar_geometry(width)
    x = np.arange(half, width - half)
    before = total[:, x] - total[:, x - half]
    behind = total[:, x + half + 1] - total[:, x + 1]
    start = np.clip(x - long // 2, 0, width - long)
    whole = (total[:, start + long] - total[:, start]).astype(np.float32) * long_scale
    one = _sticks_out(before.astype(np.float32) * half_scale, whole)
    two = _sticks_out(behind.astype(np.float32) * half_scale, whole)
    both = np.maximum(np.minimum(one, two), -np.maximum(one, two))
    return np.pad(np.maximum(both, np.float32(0)), ((0, 0), (half, half)))
