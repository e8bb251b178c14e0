"""What every public function does around its step."""

from __future__ import annotations

import numpy as np

from fastdefect.backends.table import Step
from fastdefect.typing import ByteImage


def image_shape(image: ByteImage) -> tuple[int, int]:
    """(H, W) of an image."""
    return image.shape[0], image.shape[1]


def apply(step: Step, src: ByteImage, out: ByteImage) -> ByteImage:
    """Run a step into ``out``, through a contiguous array if ``out`` is not."""
    if out.flags.c_contiguous:
        # an axis of length 1 may have any stride, which OpenCV does not take
        step(src, out.reshape(-1).reshape(out.shape))
    else:
        result = np.empty(out.shape, np.uint8)
        step(src, result)
        out[...] = result
    return out
