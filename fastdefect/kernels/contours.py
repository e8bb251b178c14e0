"""Marks of contour vertices, as ``cv2.drawContours`` makes them when a contour is passed instead of a list of contours.

Each vertex then counts as a contour of one point, which a line of thickness 3 turns into a diamond of 13 pixels: rows of
1, 3, 5, 3 and 1, cut off at the image's edge.
"""

from __future__ import annotations

from fastdefect.kernels._numba import kernel


@kernel
def mark_points(points, image, colour):
    """Draw a diamond of ``colour``, uint8 (3,), around each (x, y) of ``points``, int32 (N, 2), on ``image`` (H, W, 3)."""
    height, width = image.shape[0], image.shape[1]
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        for row in range(max(y - 2, 0), min(y + 3, height)):
            reach = 2 - abs(row - y)
            for column in range(max(x - reach, 0), min(x + reach + 1, width)):
                for channel in range(3):
                    image[row, column, channel] = colour[channel]
