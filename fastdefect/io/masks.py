"""Mask images: one reading of which pixels are meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fastdefect.errors import ArgumentValueError
from fastdefect.io.images import read_image
from fastdefect.io.paths import PathLike
from fastdefect.typing import BoolImage


def read_mask(path: PathLike, shape: tuple[int, int] | None = None) -> BoolImage:
    """Read a mask image: a pixel is chosen where it is not black.

    Parameters
    ----------
    path : str or os.PathLike
        An image file of any format that `read_image` reads, in a format without loss: JPEG leaves specks around
        edges, which are not black either.
    shape : (int, int), optional
        Height and width that it must have.

    Returns
    -------
    ndarray of bool, (H, W)
        True where any channel is above 0, whatever the value: tools write 1, 255, a label or a colour.

    Raises
    ------
    ArgumentTypeError, ImageReadError
        As `read_image`.
    ArgumentValueError
        The mask has another shape.
    """
    mask: BoolImage = np.asarray(read_image(path).any(axis=2))
    if shape is not None and mask.shape != shape:
        raise ArgumentValueError(
            f"mask {Path(path)}: expected shape {shape} as its image, received {mask.shape}; export the mask "
            "at the image's size"
        )
    return mask
