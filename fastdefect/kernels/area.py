"""Pixels of an inspected area: moved, packed, kept; and the inside of polygons."""

from __future__ import annotations

import numpy as np

from fastdefect.kernels._numba import kernel


@kernel
def move_pixels(image, channels, targets, sources):
    """Pixel ``targets[i]`` becomes pixel ``sources[i]`` on a flat uint8 image; no source is a target."""
    for i in range(targets.shape[0]):
        for c in range(channels):
            image[channels * targets[i] + c] = image[channels * sources[i] + c]


@kernel
def pack_runs(image, runs, dst):
    """Write the pixels of ``runs``, int32 (N, 3) of (row, start, stop), of ``image`` (H, W) one after another to ``dst``."""
    place = np.int64(0)
    for i in range(runs.shape[0]):
        row = image[runs[i, 0]]
        for x in range(runs[i, 1], runs[i, 2]):
            dst[place] = row[x]
            place += 1


@kernel
def keep_inside(mask, inside):
    """Set ``mask``, uint8 (H, W), to 0 where ``inside`` is 0; return the count of ones left."""
    count = np.int64(0)
    for y in range(mask.shape[0]):
        row, keep = mask[y], inside[y]
        for x in range(np.uint64(mask.shape[1])):
            value = np.uint8(row[x] & keep[x])
            row[x] = value
            count += np.int64(value)
    return count


@kernel
def fill_polygon(corners, inside):
    """Turn over ``inside``, uint8 (H, W), where the pixel's centre lies within a polygon (even-odd rule).

    ``corners``, float64 (N, 2): (x, y), where pixel (r, c) spans x = c ... c + 1 and y = r ... r + 1. A centre on a left or
    upper edge is inside, on a right or lower one outside, so that polygons side by side share no pixel.
    """
    height, width = inside.shape
    count = corners.shape[0]
    for i in range(count):
        xa, ya = corners[i, 0], corners[i, 1]
        xb, yb = corners[(i + 1) % count, 0], corners[(i + 1) % count, 1]
        if ya == yb:
            continue
        if ya > yb:
            xa, ya, xb, yb = xb, yb, xa, ya
        first = max(np.int64(np.ceil(ya - 0.5)), np.int64(0))
        last = min(np.int64(np.ceil(yb - 0.5)), np.int64(height))
        for y in range(first, last):
            x = xa + (xb - xa) * ((np.float64(y) + 0.5 - ya) / (yb - ya))
            start = min(max(np.int64(np.ceil(x - 0.5)), np.int64(0)), np.int64(width))
            for c in range(start, width):
                inside[y, c] ^= np.uint8(1)
