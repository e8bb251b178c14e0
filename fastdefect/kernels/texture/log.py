"""Log grey and log colour ratios by table, into a strip of rows whose row 0 is the first that is made.

Twin: `fastdefect.reference.texture`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.operations.texture import CHROMA_MAX


@kernel
def _log_luma(image, at, table, profile, out):
    """Log of the 10-bit luma of the BGR bytes from ``image[at]`` on, minus ``profile``."""
    for x in range(np.uint64(out.shape[0])):
        i = at + np.uint64(3) * x
        luma = (
            np.uint32(29) * np.uint32(image[i])
            + np.uint32(150) * np.uint32(image[i + np.uint64(1)])
            + np.uint32(77) * np.uint32(image[i + np.uint64(2)])
        )
        out[x] = np.int16(table[luma >> np.uint32(6)] - profile[x])


@kernel
def _log_level(image, at, table, profile, out):
    """The same of grey bytes."""
    for x in range(np.uint64(out.shape[0])):
        out[x] = np.int16(table[np.uint32(4) * np.uint32(image[at + x])] - profile[x])


@kernel
def log_grey(image, channels, table, profile, rows, dst):
    """Log grey of a flat image minus ``profile``, int16 (W,), to int16 rows."""
    width = profile.shape[0]
    for y in range(rows.first, rows.last):
        at = np.uint64(y * width * channels)
        if channels == 3:
            _log_luma(image, at, table, profile, dst[y - rows.first])
        else:
            _log_level(image, at, table, profile, dst[y - rows.first])


@kernel
def log_ratio(image, channel, table, rows, dst):
    """Log of channel ``channel`` : green of a flat BGR image, to int16 rows."""
    limit = np.int32(CHROMA_MAX)
    width = dst.shape[1]
    for y in range(rows.first, rows.last):
        out = dst[y - rows.first]
        at = np.uint64(y * width * 3)
        other = at + np.uint64(channel)
        green = at + np.uint64(1)
        for x in range(np.uint64(width)):
            i = np.uint64(3) * x
            ratio = np.int32(table[image[other + i]]) - np.int32(table[image[green + i]])
            out[x] = np.int16(min(max(ratio, -limit), limit))
