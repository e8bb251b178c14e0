"""What a detector sees beyond the edge of the inspected area: the inside mirrored, as OpenCV mirrors an image."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fastdefect.typing import BoolImage, ByteImage


class Mirror:
    """Overwrites the pixels outside an area, as far as a detector looks.

    Parameters
    ----------
    inside : ndarray of bool, (H, W)
        True where the image is inspected, at least once.
    reach : int
        Rows and columns around a pixel that its result depends on.

    Notes
    -----
    16 bytes for each outside pixel within reach.
    """

    def __init__(self, inside: BoolImage, reach: int) -> None:
        area = np.ascontiguousarray(inside).view(np.uint8)
        self._targets, self._sources = mirror_places(area, reach)

    def __call__(self, image: ByteImage) -> ByteImage:
        """Return a copy of ``image``, (H, W) or (H, W, 3), in which the outside is the inside mirrored."""
        mirrored = image.copy()
        pixels = mirrored.reshape(image.shape[0] * image.shape[1], -1)
        pixels[self._targets] = pixels[self._sources]
        return mirrored


def mirror_places(area: ByteImage, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Outside pixels up to ``reach`` rows and columns from the area, and the inside pixel that each takes its value from.

    That is the mirror image at the nearest inside pixel, or this pixel itself where the mirror image lies outside.
    """
    outside = area ^ 1
    near = cv2.dilate(area, np.ones((2 * reach + 1, 1), np.uint8))
    near = cv2.dilate(near, np.ones((1, 2 * reach + 1), np.uint8)) & outside
    rows, columns = np.nonzero(near)
    _, labels = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Each inside pixel has a label of its own, which its nearest outside pixels bear too.
    place = np.zeros(int(labels.max()) + 1, np.int64)
    inner = np.flatnonzero(area)
    place[labels.reshape(-1)[inner]] = inner
    nearest = place[labels[rows, columns]]
    height, width = area.shape
    mirrored_rows = 2 * (nearest // width) - rows
    mirrored_columns = 2 * (nearest % width) - columns
    good = (mirrored_rows >= 0) & (mirrored_rows < height)
    good &= (mirrored_columns >= 0) & (mirrored_columns < width)
    mirrored = np.where(good, mirrored_rows * width + mirrored_columns, nearest)
    sources = np.where(area.reshape(-1)[mirrored] != 0, mirrored, nearest)
    return np.ravel_multi_index((rows, columns), area.shape).astype(np.int64), sources
