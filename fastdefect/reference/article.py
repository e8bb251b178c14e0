"""The article's detector, call by call: the truth that everything else is compared with."""

from __future__ import annotations

import cv2
import numpy as np

from fastdefect.reference.contours import draw_contours, find_contours
from fastdefect.typing import ByteImage

DEFECT = "Fabric has a defect"
NO_DEFECT = "There is No Defect in Fabric"


def fab_defect_detect(img: ByteImage) -> tuple[ByteImage, ...]:
    """Return ``(img, hsv, v, blr, dst, binary, dilation, image)`` for a BGR image (H, W, 3)."""
    image = img.copy()
    hsv = cv2.cvtColor(img, cv2.COLOR_BGR2HSV)
    v = hsv[:, :, 2]
    blr = cv2.blur(v, (16, 16))
    dst = cv2.fastNlMeansDenoising(blr, None, 10, 7, 22)
    _, binary = cv2.threshold(dst, 127, 256, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    kernel = np.ones((5, 5), np.uint8)
    cv2.erode(binary, kernel, iterations=1)
    dilation = cv2.dilate(binary, kernel, iterations=1)
    if (dilation == 0).sum() > 1:
        draw_contours(image, find_contours(dilation), 261124.0, (0, 255, 0))
    return img, hsv, v, blr, dst, binary, dilation, image
