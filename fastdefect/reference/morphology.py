"""Erosion, dilation, and the mask of what stays dark after dilation."""

from __future__ import annotations

import cv2
import numpy as np

from fastdefect.reference.otsu import binarize
from fastdefect.typing import ByteImage


def _ones(ksize: tuple[int, int]) -> ByteImage:
    width, height = ksize
    return np.ones((height, width), np.uint8)


def erode(src: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    """Minimum over ``ksize`` (width, height); pixels outside never win."""
    return cv2.erode(src, _ones(ksize), iterations=1)


def dilate(src: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    """Maximum over ``ksize`` (width, height); pixels outside never win."""
    return cv2.dilate(src, _ones(ksize), iterations=1)


def defect_mask(src: ByteImage, threshold: int, ksize: tuple[int, int]) -> tuple[ByteImage, int]:
    """1 where the dilation of the binary image is 0, else 0, and the number of ones."""
    mask = (dilate(binarize(src, threshold), ksize) == 0).astype(np.uint8)
    return mask, int(np.count_nonzero(mask))
