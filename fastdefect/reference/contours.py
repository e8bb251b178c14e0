"""Contours of the dilated image and the marks of their vertices."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fastdefect.typing import ByteImage

THICKNESS = 3


def find_contours(dilation: ByteImage) -> tuple[NDArray[np.int32], ...]:
    """Outlines of the bright regions, each int32 (N, 1, 2) of (x, y)."""
    return tuple(cv2.findContours(dilation, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)[0])


def draw_contours(
    image: ByteImage,
    contours: tuple[NDArray[np.int32], ...],
    area_limit: float,
    colour: tuple[int, int, int],
) -> None:
    """Mark the vertices of every contour smaller than ``area_limit`` on ``image``, in place.

    Each contour is passed as it is, not in a list: OpenCV then takes every vertex for a contour of its own.
    """
    for contour in contours:
        if cv2.contourArea(contour) < area_limit:
            cv2.drawContours(image, contour, -1, colour, THICKNESS)
