"""What a detector sees beyond the edge of the inspected area: the inside mirrored, as OpenCV mirrors an image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.opencv_regions import nearest, within_reach
from fastdefect.kernels.area import move_pixels
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

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return self._targets.nbytes + self._sources.nbytes

    def __call__(self, image: ByteImage, out: ByteImage | None = None) -> ByteImage:
        """Return a copy of ``image``, (H, W) or (H, W, 3), in which the outside is the inside mirrored.

        ``out`` is C-contiguous and of the image's shape; without it an array is made.
        """
        mirrored = np.empty(image.shape, np.uint8) if out is None else out
        np.copyto(mirrored, image)
        channels = 1 if image.ndim == 2 else image.shape[2]
        move_pixels(mirrored.reshape(-1), channels, self._targets, self._sources)
        return mirrored


def mirror_places(area: ByteImage, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Outside pixels up to ``reach`` rows and columns from the area, and the inside pixel that each takes its value from.

    That is the mirror image at the nearest inside pixel, or this pixel itself where the mirror image lies outside.
    """
    outside = np.bitwise_xor(area, np.uint8(1))
    rows, columns = np.nonzero(within_reach(area, reach) & outside)
    labels = nearest(outside)
    # Each inside pixel has a label of its own, which its nearest outside pixels bear too.
    place = np.zeros(int(labels.max()) + 1, np.int64)
    inner = np.flatnonzero(area)
    place[labels.reshape(-1)[inner]] = inner
    closest = place[labels[rows, columns]]
    height, width = area.shape
    mirrored_rows = 2 * (closest // width) - rows
    mirrored_columns = 2 * (closest % width) - columns
    good = (mirrored_rows >= 0) & (mirrored_rows < height)
    good &= (mirrored_columns >= 0) & (mirrored_columns < width)
    mirrored = np.where(good, mirrored_rows * width + mirrored_columns, closest)
    sources = np.where(area.reshape(-1)[mirrored] != 0, mirrored, closest)
    return np.ravel_multi_index((rows, columns), area.shape).astype(np.int64), sources
