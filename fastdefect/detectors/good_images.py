"""The good images that a detector learns from: checked before any work, of one shape, with areas that don't count."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Hashable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks import check_image, short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, OddImagesWarning
from fastdefect.io import read_image
from fastdefect.roi.area import chosen_pixels, is_area
from fastdefect.roi.mirror import Mirror
from fastdefect.typing import ByteImage

LEAST_IMAGES = 4
_NAMED = 5


class GoodImages:
    """A checked sequence of (image, ignore) pairs, each image once.

    Parameters
    ----------
    images : sequence of ndarray or path
        uint8 images of one shape and number of channels, or files of such; files are read again at each use,
        so that a large set needs no memory.
    ignore : optional
        What does not count: an area as `fastdefect.Plan` takes it, for all images, or a list of such or None, one for
        each image.
    reach : int
        Pixels around one that a feature depends on: so far into what is ignored the rest is mirrored, lest a mark there
        shows in the features beside it.
    minimum : int
        Fewest images.
    smallest : int
        Least height and width in pixels.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For anything of the wrong type, shape or number; the message names the image.
    ImageReadError
        For a file that is no image.

    Warns
    -----
    OddImagesWarning
        For images that repeat others, pixel by pixel: they are left out, because what is seen twice is not known better, and
        would be judged by a model that has seen it.
    """

    def __init__(
        self,
        images: Sequence[Any],
        ignore: Any = None,
        reach: int = 0,
        minimum: int = LEAST_IMAGES,
        smallest: int = 1,
    ) -> None:
        check_listed(images)
        if len(images) < minimum:
            raise ArgumentValueError(
                f"images: expected at least {minimum} good images, received {len(images)}; take more "
                "(20 or more make a threshold worth its name)"
            )
        self._images = images
        first = self._read(0)
        self.shape = first.shape[0], first.shape[1]
        self.channels = 3 if first.ndim == 3 else 1
        if min(self.shape) < smallest:
            raise ArgumentValueError(
                f"images: expected at least {smallest}×{smallest} pixels, received {self.shape}; take larger crops"
            )
        contents = [_content(first)]
        for index in range(1, len(images)):
            img = self._read(index)
            if img.shape != first.shape:
                raise ArgumentValueError(
                    f"{self._name(index)}: expected shape {first.shape} as the first image, received "
                    f"{img.shape}; cut all images to one size and number of channels"
                )
            contents.append(_content(img))
        places = {content: index for index, content in reversed([*enumerate(contents)])}
        self._kept = sorted(places.values())
        if len(images) > 1 and len(self) == 1:
            raise ArgumentValueError(
                f"images: expected different photographs of good material, received {len(images)} equal ones; "
                "take pictures of other places"
            )
        if len(self) < len(images):
            self._name_repeats([places[content] for content in contents], minimum)
        self._reach = reach
        self._none = np.zeros(self.shape, np.uint8)
        self._each: list[NDArray[np.uint8]] | None = None
        self._ignore = self._none
        each = area_of_each(ignore, len(images))
        if each is None:
            self._ignore = self._pixels("ignore", ignore)
        else:
            self._each = [self._pixels(f"ignore[{i}]", area) for i, area in enumerate(each)]
        self._mirror = self._mirror_of(self._ignore)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> tuple[ByteImage, NDArray[np.uint8]]:
        """Image, mirrored into what is ignored, and what is ignored (1 = ignored)."""
        index = self._kept[index]
        mask, mirror = self._ignore, self._mirror
        if self._each is not None:
            mask = self._each[index]
            mirror = self._mirror_of(mask)
        img = self._read(index)
        return img if mirror is None else mirror(img), mask

    @property
    def names(self) -> dict[int, str]:
        """How messages call each image, by its place in what was given."""
        return {index: self._name(index) for index in self._kept}

    def of_each(self, values: Sequence[Any]) -> list[Any]:
        """Those of ``values``, one for each image that was given, that belong to images which are not repeats."""
        return [values[index] for index in self._kept]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``values`` of these images in the order of all that were given; NaN for repeats."""
        found = np.full(len(self._images), np.nan)
        found[self._kept] = values
        return found

    def _name_repeats(self, places: list[int], minimum: int) -> None:
        """Say which images repeat the one at their place, and refuse a set of too few others."""
        again = [index for index, place in enumerate(places) if place != index]
        listed = "; ".join(
            f"{self._name(i)} repeats {self._name(places[i])}" for i in again[:_NAMED]
        )
        rest = f"; and {len(again) - _NAMED} more" if len(again) > _NAMED else ""
        if len(self) < minimum:
            raise ArgumentValueError(
                f"images: expected at least {minimum} different good images, received {len(self)} and repeats: "
                f"{listed}{rest}; take pictures of other places"
            )
        text = f"images: {len(again)} of {len(places)} count once, with the image that they repeat: {listed}{rest}"
        warnings.warn(OddImagesWarning(text, tuple(again)), stacklevel=4)

    def _pixels(self, name: str, area: Any) -> NDArray[np.uint8]:
        return self._none if area is None else chosen_pixels(name, area, self.shape).view(np.uint8)

    def _mirror_of(self, mask: NDArray[np.uint8]) -> Mirror | None:
        """None where nothing is ignored, or everything."""
        return Mirror(mask == 0, self._reach) if mask.any() and not mask.all() else None

    def _name(self, index: int) -> str:
        return image_name(self._images, index)

    def _read(self, index: int) -> ByteImage:
        item = self._images[index]
        return check_image(
            self._name(index), read_image(item) if isinstance(item, (str, Path)) else item
        )


def check_listed(images: object) -> None:
    """Refuse what is no sequence of images, such as a single one."""
    no_list = isinstance(images, (str, Path, np.ndarray, Mapping, Set))
    if no_list or not hasattr(images, "__len__"):
        raise ArgumentTypeError(
            f"images: expected a list of images or of paths, received {type(images).__name__}; "
            "put them into a list"
        )


def area_of_each(ignore: Any, count: int) -> Sequence[Any] | None:
    """``ignore`` where it is a list of one area, or None, for each image; None where it is one area for all."""
    if not isinstance(ignore, (list, tuple)) or is_area(ignore):
        return None
    if len(ignore) != count:
        raise ArgumentValueError(
            f"ignore: expected one area or a list of {count}, received {len(ignore)}; "
            "pass None for an image without one"
        )
    return ignore


def image_name(images: Sequence[Any], index: int) -> str:
    """How messages call an image: by its place, and a file also by its path."""
    item = images[index]
    return f"images[{index}]" + (f" ({item})" if isinstance(item, (str, Path)) else "")


def check_groups(groups: Sequence[Hashable] | None, count: int) -> None:
    """Refuse groups of another number than the images, or a single one."""
    if groups is None:
        return
    try:
        different = 0 if isinstance(groups, (Mapping, Set)) else len({*groups})
    except TypeError:  # no list, or one of what cannot be told apart, such as lists
        different = 0
    if not different:
        raise ArgumentTypeError(
            f"groups: expected a list of one name or number per image, received {short(groups)} of type "
            f"{type(groups).__name__}; name the group of each"
        )
    if len(groups) != count:
        raise ArgumentValueError(
            f"groups: expected one per image, {count}, received {len(groups)}; name the group of each"
        )
    if different < 2:
        raise ArgumentValueError(
            "groups: expected at least two different groups, received one; add images of another sheet, "
            "or pass None to calibrate within this one"
        )


def group_numbers(groups: Sequence[Hashable] | None, count: int) -> list[int]:
    """The group of each image as a number from 0 on, in order of appearance; each image its own without groups."""
    names: Sequence[Hashable] = range(count) if groups is None else groups
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [order[name] for name in names]


def _content(img: ByteImage) -> bytes:
    """A digest of the pixels, by which a repeat is known."""
    return hashlib.blake2b(np.ascontiguousarray(img).data, digest_size=16).digest()
