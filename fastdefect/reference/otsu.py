"""Otsu's threshold and binarisation."""

from __future__ import annotations

import cv2

from fastdefect.typing import ByteImage


def otsu_threshold(src: ByteImage) -> int:
    """The grey level that splits the histogram best; foreground lies above it."""
    return int(cv2.threshold(src, 127, 256, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])


def binarize(src: ByteImage, threshold: int) -> ByteImage:
    """255 where ``src > threshold``, else 0."""
    return cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY)[1]
