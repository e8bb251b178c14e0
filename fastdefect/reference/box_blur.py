"""Normalised box filter."""

from __future__ import annotations

import cv2

from fastdefect.typing import ByteImage


def box_blur(src: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    """Mean over ``ksize`` (width, height), border reflect-101."""
    return cv2.blur(src, ksize)
