"""Folders of images: plain good ones, or the MVTec-AD layout."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.evaluation.kinds import where_images_are
from fastdefect.io import (
    IMAGE_ENDINGS,
    checked_path,
    is_folder,
    list_images,
    list_unused,
    read_image,
    read_mask,
)
from fastdefect.typing import BoolImage


@dataclass(frozen=True)
class Sample:
    """One labelled image file.

    Parameters
    ----------
    path : Path
    kind : str
        ``good``, or the name of a defect.
    mask : Path or None
        Where the defect is; None for a good image and for a defective one without a mask.

    Examples
    --------
    >>> from pathlib import Path
    >>> from fastdefect.evaluation import Sample
    >>> sample = Sample(Path("test/good/1.png"), "good", None)
    >>> sample.is_defective, sample.read_mask((4, 6)).any()
    (False, np.False_)
    """

    path: Path
    kind: str
    mask: Path | None

    @property
    def is_defective(self) -> bool:
        """Anything but ``good``."""
        return self.kind != "good"

    def read_mask(self, shape: tuple[int, int]) -> BoolImage | None:
        """Read the mask, see `fastdefect.io.read_mask`.

        Parameters
        ----------
        shape : (int, int)
            Height and width of the image.

        Returns
        -------
        ndarray of bool, (H, W), or None
            True where the defect is: nowhere in a good image; None for a defective one without a mask.

        Raises
        ------
        ImageReadError
            The file cannot be read.
        ArgumentValueError
            The mask has another shape than its image.
        """
        if self.mask is None:
            return None if self.is_defective else np.zeros(shape, np.bool_)
        return read_mask(self.mask, shape)


def good_paths(data: str | os.PathLike[str]) -> list[Path]:
    """List good images to train on.

    Parameters
    ----------
    data : str or os.PathLike
        A folder with ``train/good`` in it (MVTec-AD layout), or one with the images themselves.

    Returns
    -------
    list of Path
        By name.

    Raises
    ------
    ArgumentValueError
        Where there is no such folder or no image in it.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from fastdefect import write_image
    >>> from fastdefect.evaluation import good_paths
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = write_image(f"{folder}/03_1.png", np.zeros((8, 8), np.uint8))
    ...     [path.name for path in good_paths(folder)]
    ['03_1.png']
    """
    folder = checked_path("data", data)
    train = folder / "train" / "good"
    chosen = train if is_folder(train) else folder
    found = list_images(chosen) if is_folder(chosen) else []
    if not found:
        inside = where_images_are(chosen)
        raise ArgumentValueError(
            f"data: expected a folder of good images, or one with train/good (MVTec-AD layout), received {folder}"
            + (
                f", {inside}"
                if inside
                else f"; put images ({', '.join(sorted(IMAGE_ENDINGS))}) there"
            )
        )
    return found


def group_of(path: Path) -> str:
    """The group that a file's name starts with: what stands before the first ``_``, or the whole name."""
    return path.stem.split("_", 1)[0]


def labelled_samples(data: str | os.PathLike[str]) -> list[Sample]:
    """List the labelled test images of a folder in the MVTec-AD layout.

    Parameters
    ----------
    data : str or os.PathLike
        Images are ``test/<kind>/<stem>.<any ending>``, masks ``ground_truth/<kind>/<stem>_mask.<any ending>`` or without
        ``_mask``; the kind ``good`` has no masks.

    Returns
    -------
    list of Sample
        By kind, then by name.

    Raises
    ------
    ArgumentValueError
        Without ``test/good`` and at least one other kind, or with two masks for one image.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np
    >>> from fastdefect import write_image
    >>> from fastdefect.evaluation import labelled_samples
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for kind in ("good", "hole"):
    ...         pathlib.Path(folder, "test", kind).mkdir(parents=True)
    ...         _ = write_image(f"{folder}/test/{kind}/1.png", np.zeros((8, 8), np.uint8))
    ...     [sample.kind for sample in labelled_samples(folder)]
    ['good', 'hole']
    """
    folder = checked_path("data", data)
    test = folder / "test"
    samples = []
    for kind in sorted(p.name for p in test.iterdir() if p.is_dir()) if is_folder(test) else []:
        truth = folder / "ground_truth" / kind
        masks = masks_by_image(truth) if kind != "good" and truth.is_dir() else {}
        samples += [Sample(path, kind, masks.get(path.stem)) for path in list_images(test / kind)]
    kinds = {sample.kind for sample in samples}
    if "good" not in kinds or len(kinds) < 2:
        raise ArgumentValueError(
            f"data: expected test/good and test/<defect> with images (MVTec-AD layout), received {folder} with "
            f"{sorted(kinds) or 'neither'}; sort the test images so"
        )
    return samples


def defective_samples(data: str | os.PathLike[str]) -> list[Sample]:
    """List the defective images with masks of a folder in the MVTec-AD layout, to learn from.

    Parameters
    ----------
    data : str or os.PathLike
        As for `labelled_samples`; ``test/good`` is not needed.

    Returns
    -------
    list of Sample
        By kind, then by name, each with a mask.

    Raises
    ------
    ArgumentValueError
        Without such folders, or where an image has no mask; the message names what is missing.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np
    >>> from fastdefect import write_image
    >>> from fastdefect.evaluation import defective_samples
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for part, name in (("test", "1.png"), ("ground_truth", "1_mask.png")):
    ...         pathlib.Path(folder, part, "hole").mkdir(parents=True)
    ...         _ = write_image(f"{folder}/{part}/hole/{name}", np.zeros((8, 8), np.uint8))
    ...     [sample.mask.name for sample in defective_samples(folder)]
    ['1_mask.png']
    """
    folder = checked_path("data", data)
    test, truth = folder / "test", folder / "ground_truth"
    needed = "expected test/<defect> with defective images, and ground_truth/<defect> with a mask for each (MVTec-AD layout)"
    found = []
    for kind in sorted(p.name for p in test.iterdir() if p.is_dir()) if is_folder(test) else []:
        if kind != "good":
            masks = masks_by_image(truth / kind) if is_folder(truth / kind) else {}
            images = list_images(test / kind)
            found += [Sample(path, kind, masks.get(path.stem)) for path in images]
    if not found:
        what = f"{test} without a folder of defective images" if is_folder(test) else f"no {test}"
        raise ArgumentValueError(
            f"data: {needed}, received {what}; sort the images so, or take a detector that learns from good images alone"
        )
    bare = [sample.path for sample in found if sample.mask is None]
    if bare:
        missing = [f"{truth / p.parent.name / p.stem}_mask.png" for p in bare[:3]]
        more = f" and {len(bare) - 3} more" if len(bare) > 3 else ""
        raise ArgumentValueError(
            f"data: {needed}, received {len(bare)} of {len(found)} images without one; draw {', '.join(missing)}{more}"
        )
    return found


def masks_by_image(folder: Path) -> dict[str, Path]:
    """List the masks of a folder by the image's name without ending: ``1.png`` and ``1_mask.png`` are those of ``1``.

    Raises
    ------
    ArgumentValueError
        Two masks are those of one image.
    """
    found: dict[str, Path] = {}
    for mask in list_images(folder):
        other = found.setdefault(mask.stem.removesuffix("_mask"), mask)
        if other != mask:
            raise ArgumentValueError(
                f"masks: expected one for each image in {folder}, received {other.name} and {mask.name}; remove one"
            )
    return found


def unused_in_training(data: Path, used: Sequence[Path]) -> list[Path]:
    """List what lies beside good images and is none of them, of a folder as `good_paths` takes it."""
    beside = sorted({path.parent for path in used})
    tops = [data, *({path.parent for path in beside} - set(data.parents))]
    parts = {data / "train", data / "test"}
    found = [path for folder in {*beside, *tops} for path in _images_and_unused(folder)]
    return sorted(set(found) - set(used) - set(beside) - parts)


def unused_in_test(data: Path, samples: Sequence[Sample]) -> list[Path]:
    """List what a folder as `labelled_samples` takes it holds besides the samples and their masks."""
    used = {sample.path for sample in samples} | {sample.mask for sample in samples}
    kinds = {sample.kind for sample in samples}
    found: list[Path] = []
    for part in (data / "test", data / "ground_truth"):
        for entry in sorted(part.iterdir()) if part.is_dir() else []:
            if not entry.is_dir():
                found.append(entry)
            elif entry.name in kinds:
                found += [path for path in _images_and_unused(entry) if path not in used]
            else:
                found.append(entry)
    return [path for path in found if not path.name.startswith(".")]


def _images_and_unused(folder: Path) -> list[Path]:
    return sorted([*list_images(folder), *list_unused(folder)])


def readable(paths: list[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Split files into those that can be read, and (path, reason) for the rest."""
    good, bad = [], []
    for path in paths:
        try:
            read_image(path)
        except ImageReadError as error:
            bad.append((path, str(error)))
        else:
            good.append(path)
    return good, bad
