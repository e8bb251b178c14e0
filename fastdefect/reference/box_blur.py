"""Normalised box filter."""

from __future__ import annotations

import cv2

from fastdefect.reference.hsv import value_channel
from fastdefect.typing import ByteImage


def box_blur(src: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    """Mean over ``ksize`` (width, height), border reflect-101."""
    return cv2.blur(src, ksize)


def value_blur(image: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    """The same of the value channel; a grey image is its own."""
    return box_blur(value_channel(image) if image.ndim == 3 else image, ksize)
