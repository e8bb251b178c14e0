"""An image with as many channels as someone takes."""

from __future__ import annotations

import numpy as np

from fastdefect.optional import load_opencv
from fastdefect.typing import ByteImage


def with_channels(image: ByteImage, channels: int | None) -> ByteImage:
    """Make a BGR image grey for a detector that takes nothing else: files are read as BGR always.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3)
    channels : {1, 3, None}
        What is taken; None means either.

    Returns
    -------
    ndarray of uint8, (H, W) or (H, W, 3)
        The image itself where it fits.
    """
    if channels != 1:
        return image
    cv2 = load_opencv()
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
