"""The inspected image as a picture to draw on or to show small."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.typing import ByteImage


def darken_outside(picture: ByteImage, detection: Detection) -> None:
    """Halve the brightness, in place, of what was not inspected."""
    if detection.inside is not None:
        picture[~detection.inside] //= 2


def as_bgr(image: object, detection: Detection) -> ByteImage:
    """Copy the image that was inspected as BGR.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        BGR, BGR with alpha (ignored), or grey.
    detection : Detection
        Its result, with a mask of (H, W).

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        C-contiguous, the caller's own.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        The image is no uint8 array, or of another shape than the mask.
    """
    shape = detection.mask.shape
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else type(image).__name__
        raise ArgumentTypeError(
            f"image: expected an array of uint8, received {kind}; pass the image that was inspected"
        )
    if image.shape not in (shape, (*shape, 3), (*shape, 4)):
        raise ArgumentValueError(
            f"image: expected shape {(*shape, 3)} or {shape}, as the detection's mask has it, "
            f"received {image.shape}; pass the image that was inspected"
        )
    if image.ndim == 2:
        return np.repeat(image[:, :, None], 3, axis=2)
    return np.array(image[:, :, :3], order="C")


def map_picture(detection: Detection) -> ByteImage:
    """The score map in grey, its highest value inside white.

    Parameters
    ----------
    detection : Detection

    Returns
    -------
    ndarray of uint8, (H, W)

    Raises
    ------
    ArgumentValueError
        The result has no score map.
    """
    if detection.score_map is None:
        raise ArgumentValueError(
            "image: expected the image that was inspected, received None, and the result has no score map to draw on; "
            "pass the image"
        )
    whole = np.nan_to_num(detection.score_map, posinf=0.0, neginf=0.0)
    seen = whole if detection.inside is None else whole[detection.inside]
    most = float(seen.max(initial=0.0))
    scaled: ByteImage = (whole.clip(0.0, most) * (255 / max(most, 1e-30))).astype(np.uint8)
    return scaled


def shrunk(picture: NDArray[Any], side: int) -> NDArray[Any]:
    """Scale a picture down by area means.

    Parameters
    ----------
    picture : ndarray of uint8 or float32, (H, W) or (H, W, C)
    side : int
        Pixels of the longer side of the result.

    Returns
    -------
    ndarray
        The picture itself where it is no larger.
    """
    longest = max(picture.shape[:2])
    if longest <= side:
        return picture
    height, width = (max(1, round(pixels * (side / longest))) for pixels in picture.shape[:2])
    source = np.ascontiguousarray(picture)
    return np.asarray(cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA))
