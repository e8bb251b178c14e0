"""What OpenCV does about regions (contours, their areas, distances) and sizes. No kernel of ours stands against it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fastdefect.typing import ByteImage


def find_contours(image: ByteImage) -> tuple[NDArray[np.int32], ...]:
    """Outlines of the non-zero regions, each int32 (N, 1, 2) of (x, y), without the points of straight pieces."""
    return tuple(cv2.findContours(image, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)[0])


def contour_area(contour: NDArray[np.int32]) -> float:
    """Area within a contour, in square pixels."""
    return float(cv2.contourArea(contour))


def bounding_box(mask: ByteImage) -> tuple[int, int, int, int]:
    """(min_row, min_col, max_row, max_col) of the non-zero pixels, half-open; zeros where there are none."""
    x, y, width, height = cv2.boundingRect(mask)
    return y, x, y + height, x + width


def within_reach(area: ByteImage, reach: int) -> ByteImage:
    """Non-zero up to ``reach`` rows and columns from the non-zero pixels of ``area``."""
    near = cv2.dilate(area, np.ones((2 * reach + 1, 1), np.uint8))
    return cv2.dilate(near, np.ones((1, 2 * reach + 1), np.uint8))


def nearest(outside: ByteImage) -> NDArray[np.int32]:
    """A label for each pixel, int32 (H, W): that of the nearest 0 pixel of ``outside``, each of which has its own."""
    return cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]


def resize(image: Any, out: Any) -> None:
    """Fill ``out`` with ``image``, uint8 or float32, (H, W) or (H, W, 3), bilinear; large ones on OpenCV's threads."""
    cv2.resize(image, (out.shape[1], out.shape[0]), dst=out, interpolation=cv2.INTER_LINEAR)
