"""Log grey and log colour ratios by table, into a strip of rows.

A strip array holds the image rows ``y0 .. y1 - 1`` from its row 0 on. Twin: `fastdefect.reference.texture`.
"""

import numpy as np

from fastdefect.kernels._numba import kernel

CHROMA_MAX = 8191


@kernel
def log_grey_bgr(src, table, profile, y0, y1, dst):
    """Log of the 10-bit luma of BGR uint8 (H, W, 3) minus ``profile`` int16 (W,), to int16 rows."""
    for y in range(y0, y1):
        row = src[y]
        out = dst[y - y0]
        for x in range(np.uint64(row.shape[0])):
            luma = (
                np.uint32(29) * np.uint32(row[x, 0])
                + np.uint32(150) * np.uint32(row[x, 1])
                + np.uint32(77) * np.uint32(row[x, 2])
            )
            out[x] = np.int16(table[luma >> np.uint32(6)] - profile[x])


@kernel
def log_grey_mono(src, table, profile, y0, y1, dst):
    """The same of a grey uint8 (H, W) image."""
    for y in range(y0, y1):
        row = src[y]
        out = dst[y - y0]
        for x in range(np.uint64(row.shape[0])):
            out[x] = np.int16(table[np.uint32(4) * np.uint32(row[x])] - profile[x])


@kernel
def log_ratio(src, table, channel, y0, y1, dst):
    """Log of channel ``channel`` : green of BGR uint8 (H, W, 3), to int16 rows."""
    limit = np.int32(CHROMA_MAX)
    for y in range(y0, y1):
        row = src[y]
        out = dst[y - y0]
        for x in range(np.uint64(row.shape[0])):
            ratio = np.int32(table[row[x, channel]]) - np.int32(table[row[x, 1]])
            out[x] = np.int16(min(max(ratio, -limit), limit))
