"""Non-local means."""

from __future__ import annotations

import cv2

from fastdefect.result import ByteImage


def nl_means(src: ByteImage, h: float, template_window: int, search_window: int) -> ByteImage:
    """Non-local means of a grey image, border reflect-101."""
    return cv2.fastNlMeansDenoising(src, None, h, template_window, search_window)
