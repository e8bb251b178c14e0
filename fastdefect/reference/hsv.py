"""Value channel and HSV."""

from __future__ import annotations

import cv2

from fastdefect.typing import ByteImage


def bgr_to_hsv(bgr: ByteImage) -> ByteImage:
    """HSV of a BGR image (H, W, 3): H in 0 ... 179, S and V in 0 ... 255."""
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)


def value_channel(bgr: ByteImage) -> ByteImage:
    """The third plane of HSV, (H, W)."""
    return bgr_to_hsv(bgr)[:, :, 2]
