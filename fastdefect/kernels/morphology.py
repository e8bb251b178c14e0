"""Erosion and dilation of 8-bit rows by a rectangle of ones, as ``cv2.erode`` and ``cv2.dilate`` compute them.

Pixels outside the image never win. The anchor is w // 2, h // 2: the window spans x - w // 2 ... x - w // 2 + w - 1.

A maximum does not mind what it sees twice. So five taps, the last ones on the same place if need be, cover every window
of up to 5; five taps on runs of 5 every window of up to 25; on runs of 25 all the rest. Each pass is a plain loop over a
row that LLVM vectorises. Rows outside the image are replaced by the nearest row, which lies in the window too.

Dilation and threshold commute, since both keep the order of grey levels. The defect mask is therefore the threshold of
the dilated grey image, in one pass: no binary image is made. Erosion is dilation of the complement (``^ 255``).

Rows are named by index, not by slices: each slice that a compiled function returns or keeps costs two atomic counts, which
at 512 columns was more than the work itself.
"""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel

TAPS = 5


@kernel
def _clamp(index, size):
    """The nearest index inside."""
    return min(max(index, 0), size - 1)


@kernel
def _maximum_of_rows(src, a, b, c, d, e, flip, dst, row, start):
    """``dst[row, start + x]`` = maximum over the rows a ... e of ``src ^ flip``."""
    a, b, c, d, e = np.uint64(a), np.uint64(b), np.uint64(c), np.uint64(d), np.uint64(e)
    row, start = np.uint64(row), np.uint64(start)
    invert = np.uint8(flip)
    for x in range(np.uint64(src.shape[1])):
        one = max(src[a, x] ^ invert, src[b, x] ^ invert)
        two = max(src[c, x] ^ invert, src[d, x] ^ invert)
        dst[row, start + x] = max(max(one, two), src[e, x] ^ invert)


@kernel
def _spread_columns(src, y0, y1, h, flip, strips):
    """For windows higher than 5: rows of maxima over ``run`` rows, so that five taps span h.

    Returns the number of the strip that holds them, and ``run``. Row i of it starts at row ``y0 - h // 2 + i`` of the image.
    """
    height = src.shape[0]
    count = y1 - y0 + h - TAPS
    target = strips[0]
    for i in range(count):
        y = y0 - h // 2 + i
        a, b, c = _clamp(y, height), _clamp(y + 1, height), _clamp(y + 2, height)
        d, e = _clamp(y + 3, height), _clamp(y + 4, height)
        _maximum_of_rows(src, a, b, c, d, e, flip, target, i, 0)
    run = TAPS
    number = 0
    while run * TAPS < h:
        source, target = strips[number], strips[1 - number]
        count -= (TAPS - 1) * run
        for i in range(count):
            b, c, d, e = i + run, i + 2 * run, i + 3 * run, i + 4 * run
            _maximum_of_rows(source, i, b, c, d, e, 0, target, i, 0)
        number = 1 - number
        run *= TAPS
    return number, run


@kernel
def _window_row(src, runs, run, y, y0, ksize, flip, rows):
    """``rows[0]`` = maximum over the h rows around ``y``, from the image if h <= 5, else from ``runs``; 0 outside."""
    height, width = src.shape
    w, h = ksize
    left = w // 2
    for x in range(left):
        rows[0, x] = 0
    for x in range(left + width, width + w - 1):
        rows[0, x] = 0
    if h <= TAPS:
        first, last = y - h // 2, y - h // 2 + h - 1
        a, b = _clamp(first, height), _clamp(min(first + 1, last), height)
        c, d = _clamp(min(first + 2, last), height), _clamp(min(first + 3, last), height)
        _maximum_of_rows(src, a, b, c, d, _clamp(last, height), flip, rows, 0, left)
    else:
        a, e = y - y0, y - y0 + h - run
        b, c, d = min(a + run, e), min(a + 2 * run, e), min(a + 3 * run, e)
        _maximum_of_rows(runs, a, b, c, d, e, 0, rows, 0, left)


@kernel
def _spread_row(rows, width, w):
    """Widen ``rows[0]`` until five taps span w; return the number of the row that holds the runs, and ``run``."""
    run = np.uint64(1)
    reach = np.uint64(width + w - 1)
    number = np.uint64(0)
    while run * np.uint64(TAPS) < np.uint64(w):
        two, three, four = run + run, run + run + run, run + run + run + run
        reach -= four
        other = np.uint64(1) - number
        for x in range(reach):
            pair = max(rows[number, x], rows[number, x + run])
            pair = max(pair, max(rows[number, x + two], rows[number, x + three]))
            rows[other, x] = max(pair, rows[number, x + four])
        number = other
        run *= np.uint64(TAPS)
    return number, run


@kernel
def extreme_rows(src, dst, y0, y1, ksize, flip, rows, strips):
    """Dilate (``flip`` 0) or erode (``flip`` 255) the rows y0 ... y1.

    Scratch: ``rows`` uint8 (2, W + w - 1); ``strips`` uint8 (2, y1 - y0 + h, W), used if h > 5.
    """
    width = src.shape[1]
    w, h = ksize
    number, run = 0, 1
    if h > TAPS:
        number, run = _spread_columns(src, y0, y1, h, flip, strips)
    runs = strips[number]
    invert = np.uint8(flip)
    for y in range(y0, y1):
        _window_row(src, runs, run, y, y0, ksize, flip, rows)
        i, step = _spread_row(rows, width, w)
        e = np.uint64(w) - step
        b, c, d = min(step, e), min(step + step, e), min(step + step + step, e)
        out = np.uint64(y)
        for x in range(np.uint64(width)):
            pair = max(max(rows[i, x], rows[i, x + b]), max(rows[i, x + c], rows[i, x + d]))
            dst[out, x] = max(pair, rows[i, x + e]) ^ invert


@kernel
def defect_mask_rows(src, threshold, dst, y0, y1, ksize, rows, strips):
    """1 where the dilation of ``src > threshold`` is 0, else 0, for the rows y0 ... y1; return the count of ones.

    Scratch as in `extreme_rows`.
    """
    width = src.shape[1]
    w, h = ksize
    number, run = 0, 1
    if h > TAPS:
        number, run = _spread_columns(src, y0, y1, h, 0, strips)
    runs = strips[number]
    level = np.uint8(threshold)
    dark = np.int64(0)
    for y in range(y0, y1):
        _window_row(src, runs, run, y, y0, ksize, 0, rows)
        i, step = _spread_row(rows, width, w)
        e = np.uint64(w) - step
        b, c, d = min(step, e), min(step + step, e), min(step + step + step, e)
        out = np.uint64(y)
        in_row = np.uint32(0)
        for x in range(np.uint64(width)):
            pair = max(max(rows[i, x], rows[i, x + b]), max(rows[i, x + c], rows[i, x + d]))
            defect = np.uint8(max(pair, rows[i, x + e]) <= level)
            dst[out, x] = defect
            in_row = np.uint32(in_row + np.uint32(defect))
        dark += np.int64(in_row)
    return dark
