"""From pixels to the planes that are filtered: brightness and two colour differences, and the same at half the size.

A strip's planes are int16 (planes, rows, W); row 0 is the image row ``y0``. Twin: `reference.pattern`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def _grey_row(image, at, tones, planes, row):
    """A row of a grey image."""
    for x in range(np.uint64(planes.shape[2])):
        planes[np.uint64(0), row, x] = tones[image[at + x]]


@kernel
def _brightness(blue, green, red):
    """Green counts as much as both others."""
    return np.int16((blue + green + green + red + 2) >> 2)


@kernel
def _bright_row(image, at, tones, planes, row):
    """Brightness of a row of a BGR image."""
    for x in range(np.uint64(planes.shape[2])):
        i = at + np.uint64(3) * x
        blue, green = np.int32(tones[image[i]]), np.int32(tones[image[i + np.uint64(1)]])
        red = np.int32(tones[image[i + np.uint64(2)]])
        planes[np.uint64(0), row, x] = _brightness(blue, green, red)


@kernel
def _colour_row(image, at, tones, planes, row):
    """Brightness, half of red less green, half of blue less green."""
    zero, one, two = np.uint64(0), np.uint64(1), np.uint64(2)
    for x in range(np.uint64(planes.shape[2])):
        i = at + np.uint64(3) * x
        blue, green = np.int32(tones[image[i]]), np.int32(tones[image[i + one]])
        red = np.int32(tones[image[i + two]])
        planes[zero, row, x] = _brightness(blue, green, red)
        planes[one, row, x] = np.int16((red - green + 1) >> 1)
        planes[two, row, x] = np.int16((blue - green + 1) >> 1)


@kernel
def fill_planes(image, channels, tones, planes, y0, y1):
    """The rows y0 ... y1 of a flat image."""
    width = planes.shape[2]
    for y in range(y0, y1):
        at, row = np.uint64(y * width * channels), np.uint64(y - y0)
        if channels == 1:
            _grey_row(image, at, tones, planes, row)
        elif planes.shape[0] == 1:
            _bright_row(image, at, tones, planes, row)
        else:
            _colour_row(image, at, tones, planes, row)


@kernel
def cell_row(planes, plane, row, dst):
    """Sums over 2 by 2 pixels of the rows ``row`` and the next, to int16 (W // 2,)."""
    below, one = row + np.uint64(1), np.uint64(1)
    for x in range(np.uint64(dst.shape[0])):
        i = x + x
        upper = np.int16(planes[plane, row, i] + planes[plane, row, i + one])
        lower = np.int16(planes[plane, below, i] + planes[plane, below, i + one])
        dst[x] = np.int16(upper + lower)


@kernel
def halve_planes(planes, halves, rows):
    """Means of 2 by 2 pixels, to ``rows`` rows of int16 (planes, ..., W // 2)."""
    for plane in range(np.uint64(planes.shape[0])):
        for row in range(np.uint64(rows)):
            dst = halves[plane, row]
            cell_row(planes, plane, row + row, dst)
            for x in range(np.uint64(dst.shape[0])):
                dst[x] = np.int16(np.int16(dst[x] + np.int16(2)) >> np.int16(2))
