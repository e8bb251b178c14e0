"""The good images that a detector learns from: checked before any work, of one shape, with ignore masks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks import check_image
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.io import read_image
from fastdefect.operations.texture import SIDE_MIN
from fastdefect.roi.mirror import Mirror
from fastdefect.typing import BoolImage, ByteImage

LEAST_IMAGES = 4


class GoodImages:
    """A checked sequence of (image, ignore) pairs.

    Parameters
    ----------
    images : sequence of ndarray or path
        uint8 images of one shape and number of channels, or files of such; files are read again at each use,
        so that a large set needs no memory.
    ignore : ndarray of bool, (H, W), or sequence of such or None, optional
        True where pixels don't count: one mask for all, or one per image.
    reach : int
        Pixels around one that a feature depends on: so far into what is ignored the rest is mirrored, lest a mark there
        shows in the features beside it.
    least : int
        Fewest images.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For anything of the wrong type, shape or number; the message names the image.
    ImageReadError
        For a file that is no image.
    """

    def __init__(
        self, images: Sequence[Any], ignore: Any = None, reach: int = 0, least: int = LEAST_IMAGES
    ) -> None:
        if isinstance(images, (str, Path, np.ndarray)) or not hasattr(images, "__len__"):
            raise ArgumentTypeError(
                f"images: expected a list of images or of paths, received {type(images).__name__}; "
                "put them into a list"
            )
        if len(images) < least:
            raise ArgumentValueError(
                f"images: expected at least {least} good images, received {len(images)}; take more "
                "(20 or more make a threshold worth its name)"
            )
        self._images = images
        first = self._read(0)
        self.shape = first.shape[0], first.shape[1]
        self.channels = 3 if first.ndim == 3 else 1
        if min(self.shape) < SIDE_MIN:
            raise ArgumentValueError(
                f"images: expected at least {SIDE_MIN}×{SIDE_MIN} pixels, received {self.shape}; take larger crops"
            )
        identical = len(images) > 1
        for index in range(1, len(images)):
            img = self._read(index)
            if img.shape != first.shape:
                raise ArgumentValueError(
                    f"{self._name(index)}: expected shape {first.shape} as the first image, received "
                    f"{img.shape}; cut all images to one size and number of channels"
                )
            identical = identical and np.array_equal(img, first)
        if identical:
            raise ArgumentValueError(
                f"images: expected different photographs of good material, received {len(images)} equal ones; "
                "take pictures of other places"
            )
        self._none = np.zeros(self.shape, np.uint8)
        self._ignore = self._masks(ignore)
        self._reach = reach
        common = not isinstance(self._ignore, list)
        self._mirror = self._mirror_of(self._ignore) if common else None

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> tuple[ByteImage, NDArray[np.uint8]]:
        """Image, mirrored into what is ignored, and ignore mask (1 = ignored)."""
        mask, mirror = self._ignore, self._mirror
        if isinstance(mask, list):
            mask = mask[index]
            mirror = self._mirror_of(mask)
        img = self._read(index)
        return img if mirror is None else mirror(img), mask

    def _mirror_of(self, mask: NDArray[np.uint8]) -> Mirror | None:
        """None where nothing is ignored, or everything."""
        return Mirror(mask == 0, self._reach) if mask.any() and not mask.all() else None

    def _name(self, index: int) -> str:
        item = self._images[index]
        return f"images[{index}]" + (f" ({item})" if isinstance(item, (str, Path)) else "")

    def _read(self, index: int) -> ByteImage:
        item = self._images[index]
        return check_image(
            self._name(index), read_image(item) if isinstance(item, (str, Path)) else item
        )

    def _masks(self, ignore: Any) -> Any:
        if ignore is None:
            return self._none
        if isinstance(ignore, np.ndarray):
            return check_mask("ignore", ignore, self.shape).view(np.uint8)
        if not isinstance(ignore, (list, tuple)) or len(ignore) != len(self):
            raise ArgumentValueError(
                f"ignore: expected one mask or a list of {len(self)}, received "
                f"{type(ignore).__name__}; pass None for an image without a mask"
            )
        return [
            self._none
            if mask is None
            else check_mask(f"ignore[{i}]", mask, self.shape).view(np.uint8)
            for i, mask in enumerate(ignore)
        ]


def check_mask(name: str, mask: Any, shape: tuple[int, int]) -> BoolImage:
    """Return ``mask`` as a C-contiguous bool array of ``shape``."""
    if not isinstance(mask, np.ndarray) or mask.dtype not in (np.bool_, np.uint8):
        kind = getattr(mask, "dtype", type(mask).__name__)
        raise ArgumentTypeError(
            f"{name}: expected a bool array of shape {shape}, received {kind}; use mask > 0"
        )
    if mask.shape != shape:
        raise ArgumentValueError(
            f"{name}: expected shape {shape} as the images, received {mask.shape}; make the mask of that size"
        )
    return np.ascontiguousarray(mask != 0)
