"""Defective images with masks that a network learns from, checked before any work."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from fastdefect.checks import check_image
from fastdefect.detectors.good_images import check_listed, image_name
from fastdefect.errors import ArgumentValueError
from fastdefect.io import read_image
from fastdefect.roi.area import chosen_pixels
from fastdefect.typing import BoolImage, ByteImage

Pair = tuple[ByteImage, BoolImage]


def defective_images(
    images: Sequence[Any], masks: Sequence[Any], channels: int, smallest: int
) -> list[Pair]:
    """Images and where they are defective, in memory.

    Parameters
    ----------
    images : sequence of ndarray or path
    masks : sequence
        One area for each, as `fastdefect.Plan` takes it: a mask, a file of one, or polygons.
    channels, smallest : int
        Of the images; the number of channels as good ones have, the least height and width.

    Returns
    -------
    list of (ndarray of uint8, ndarray of bool)

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, ImageReadError
        For what does not fit together; the message names the image.
    """
    check_listed(images)
    if len(images) != len(masks):
        raise ArgumentValueError(
            f"masks: expected one for each of {len(images)} defective images, received {len(masks)}; "
            "draw those that are missing"
        )
    found = []
    for index, (item, mask) in enumerate(zip(images, masks, strict=True)):
        name = image_name(images, index).replace("images", "defects", 1)
        image = check_image(name, read_image(item) if isinstance(item, (str, Path)) else item)
        if (image.ndim == 3) != (channels == 3):
            raise ArgumentValueError(
                f"{name}: expected {channels} channels as the good images, received shape {image.shape}; "
                "take all images alike"
            )
        shape = image.shape[0], image.shape[1]
        if min(shape) < smallest:
            raise ArgumentValueError(
                f"{name}: expected at least {smallest}×{smallest} pixels, received {shape}; take larger crops"
            )
        where = chosen_pixels(f"masks[{index}]", mask, shape)
        if not where.any() or where.all():
            kind = "none" if not where.any() else "nothing else"
            raise ArgumentValueError(
                f"masks[{index}]: expected some defective pixels in {name}, received {kind}; "
                "mend the mask, or leave the image out"
            )
        found.append((image, where))
    return found


def split(groups: Sequence[Hashable], held: set[Hashable]) -> tuple[list[int], list[int]]:
    """Places of what is learned from, and of what is of a group that is left out; all learned from where nothing else is."""
    kept = [index for index, group in enumerate(groups) if group not in held]
    rest = [index for index, group in enumerate(groups) if group in held]
    return (kept, rest) if kept else (rest, [])
