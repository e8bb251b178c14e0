"""What ``fastdefect fit`` trains on: good images, grouped by sheet, checked, with masks to ignore."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.checks import short
from fastdefect.cli.inputs import note_unused
from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.evaluation.dataset import good_paths, group_of, masks_by_image
from fastdefect.io import list_images, list_unused, read_image, read_mask
from fastdefect.typing import BoolImage, ByteImage

_NAMED = 3  # faulty files that a sentence names; the rest is counted


@dataclass(frozen=True)
class Groups:
    """The sheet of each image, None where each stands for itself; and the rule that grouped them."""

    names: list[str] | None
    how: str


def find_good(data: Path, rule: str) -> list[Path]:
    """Good images below ``data``; with the rule ``folder`` those of its subfolders.

    Raises
    ------
    ArgumentValueError
        Without an image.
    """
    if rule != "folder":
        return good_paths(data)
    train = data / "train" / "good"
    top = train if train.is_dir() else data
    folders = sorted(f for f in top.iterdir() if f.is_dir() and not f.name.startswith("."))
    found = [image for folder in folders for image in list_images(folder)]
    if not found:
        raise ArgumentValueError(
            f"--groups folder: expected folders with good images in {top}, found none; make one folder for each "
            "sheet, or leave --groups out"
        )
    return found


def group_images(paths: Sequence[Path], rule: str) -> Groups:
    """Apply ``--groups``: ``auto``, ``none``, ``folder`` or a regular expression.

    Raises
    ------
    ArgumentValueError
        For an expression that cannot be read, or that some file name does not fit.
    """
    if rule == "none":
        return Groups(None, "each image on its own")
    if rule == "folder":
        return Groups([path.parent.name for path in paths], "one per folder")
    if rule == "auto":
        names = [group_of(path) for path in paths]
        if 1 < len(set(names)) < len(names):
            return Groups(names, 'by file name up to the first "_"')
        return Groups(None, "each image on its own")
    try:
        pattern = re.compile(rule)
    except (re.error, RecursionError, OverflowError, MemoryError) as error:
        raise ArgumentValueError(
            f"--groups: expected auto, none, folder or a regular expression, received {short(rule)} ({error}); "
            r"try for example '^\d+'"
        ) from error
    names = []
    for path in paths:
        fit = pattern.search(path.name)
        if fit is None:
            raise ArgumentValueError(
                f"--groups: expected an expression that fits every file name, but {rule!r} does not fit "
                f"{path.name}; change it, or rename the file"
            )
        names.append(fit[1] if pattern.groups and fit[1] is not None else fit[0])
    return Groups(names, f"by {rule!r} in the file name")


def check_images(
    paths: Sequence[Path], grey: bool, on_image: Callable[[], object]
) -> tuple[tuple[int, int], bool]:
    """Read every image once, so that a fault is found and named before the work begins.

    Parameters
    ----------
    paths : sequence of Path
    grey : bool
        Colour does not count, so that grey and colour files may be mixed.
    on_image : callable
        Called after each image.

    Returns
    -------
    (int, int), bool
        Height and width of all images, and whether any of them has colour.

    Raises
    ------
    ImageReadError
        Names every file that cannot be read (the first three, and how many more).
    ArgumentValueError
        For images of different sizes, or grey ones among coloured ones.
    """
    faults: list[str] = []
    first: tuple[Path, tuple[int, int], bool] | None = None
    coloured = False
    for path in paths:
        try:
            img = read_image(path)
        except ImageReadError as error:
            faults.append(str(error))
            on_image()
            continue
        shape, colour = (img.shape[0], img.shape[1]), _has_colour(img)
        coloured |= colour
        if first is None:
            first = path, shape, colour
        if shape != first[1]:
            raise ArgumentValueError(
                f"{path}: expected {_size(first[1])} pixels as {first[0].name}, received {_size(shape)}; "
                "cut all images to one size"
            )
        if colour != first[2] and not grey:
            words = ("grey", "colour")
            raise ArgumentValueError(
                f"{path}: expected a {words[first[2]]} image as {first[0].name}, received a {words[colour]} one; "
                "take all images alike, or train on brightness alone with --grey"
            )
        on_image()
    if faults:
        more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        rest = f" ({len(faults)} of {len(paths)} files; --skip-unreadable leaves them out)"
        raise ImageReadError("; ".join(faults[:_NAMED]) + more + rest)
    assert first is not None
    return first[1], coloured


def read_masks(places: Sequence[Path], images: Sequence[Path], shape: tuple[int, int]) -> Any:
    """Masks of ``--ignore``: files for all images, united; folders with one per image.

    Returns
    -------
    None, ndarray of bool, (H, W), or list of such or None
        As a detector's ``fit`` takes it; True where the mask is not black.

    Raises
    ------
    ArgumentValueError
        For a mask of another size than the images, or a folder without a mask for any of them.
    """
    if not places:
        return None
    common = np.zeros(shape, np.bool_)
    folders = [place for place in places if place.is_dir()]
    for place in places:
        if place not in folders:
            common |= read_mask(place, shape)
    if not folders:
        return common
    masks: list[BoolImage] = [common.copy() for _ in images]
    for folder in folders:
        known = masks_by_image(folder)
        if not any(image.stem in known for image in images):
            raise ArgumentValueError(
                f"--ignore: expected masks named as the images in {folder}, found none; "
                f"name them for example {images[0].stem}.png or {images[0].stem}_mask.png"
            )
        for image, mask in zip(images, masks, strict=True):
            if image.stem in known:
                mask |= read_mask(known[image.stem], shape)
        stems = {image.stem for image in images}
        note_unused(
            [*(mask for stem, mask in known.items() if stem not in stems), *list_unused(folder)]
        )
    return masks


def _has_colour(img: ByteImage) -> bool:
    """Grey files are read as BGR with three equal channels."""
    blue, green, red = img[:, :, 0], img[:, :, 1], img[:, :, 2]
    return not (np.array_equal(blue, green) and np.array_equal(green, red))


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[1]} x {shape[0]}"
