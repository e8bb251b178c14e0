"""Folders of images: plain good ones, or the MVTec-AD layout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdefect.errors import ArgumentValueError
from fastdefect.io import read_image
from fastdefect.typing import BoolImage

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}


@dataclass(frozen=True)
class Sample:
    """One labelled image file; ``mask`` is None for a good image and for a defective one without a mask."""

    path: Path
    kind: str
    mask: Path | None

    @property
    def is_defective(self) -> bool:
        """Anything but ``good``."""
        return self.kind != "good"

    def read_mask(self, shape: tuple[int, int]) -> BoolImage | None:
        """True = defect, (H, W); empty for a good image, None where a defective one has no mask."""
        if self.mask is None:
            return None if self.is_defective else np.zeros(shape, np.bool_)
        mask = read_image(self.mask)
        grey = mask if mask.ndim == 2 else mask[:, :, 0]
        if grey.shape != shape:
            raise ArgumentValueError(
                f"mask {self.mask}: expected shape {shape} as its image, received {grey.shape}; "
                "export the mask at the image's size"
            )
        return np.asarray(grey > 127)


def list_images(folder: str | os.PathLike[str]) -> list[Path]:
    """Image files of a folder, by name, not of its subfolders."""
    return sorted(
        path
        for path in Path(folder).iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def good_paths(data: str | os.PathLike[str]) -> list[Path]:
    """Good images to train on: ``DATA/train/good`` where it exists, else the images in ``DATA`` itself.

    Raises
    ------
    ArgumentValueError
        Where there is no such folder or no image in it.
    """
    folder = Path(data)
    train = folder / "train" / "good"
    chosen = train if train.is_dir() else folder
    found = list_images(chosen) if chosen.is_dir() else []
    if not found:
        raise ArgumentValueError(
            f"data: expected a folder of good images, or one with train/good (MVTec-AD layout), received {folder}; "
            f"put images ({', '.join(sorted(SUFFIXES))}) there"
        )
    return found


def group_of(path: Path) -> str:
    """The group that a file's name starts with: what stands before the first ``_``, or the whole name."""
    return path.stem.split("_", 1)[0]


def labelled_samples(data: str | os.PathLike[str]) -> list[Sample]:
    """Labelled test images of the MVTec-AD layout: ``test/<kind>/*``, ``ground_truth/<kind>/<stem>_mask.png``.

    Raises
    ------
    ArgumentValueError
        Without ``DATA/test/good`` and at least one other kind.
    """
    folder = Path(data)
    test = folder / "test"
    samples = []
    for kind in sorted(p.name for p in test.iterdir() if p.is_dir()) if test.is_dir() else []:
        for path in list_images(test / kind):
            mask = folder / "ground_truth" / kind / f"{path.stem}_mask.png"
            samples.append(Sample(path, kind, mask if mask.is_file() else None))
    kinds = {sample.kind for sample in samples}
    if "good" not in kinds or len(kinds) < 2:
        raise ArgumentValueError(
            f"data: expected test/good and test/<defect> with images (MVTec-AD layout), received {folder} with "
            f"{sorted(kinds) or 'neither'}; sort the test images so"
        )
    return samples


def readable(paths: list[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Split files into those that can be read, and (path, reason) for the rest."""
    from fastdefect.errors import ImageReadError

    good, bad = [], []
    for path in paths:
        try:
            read_image(path)
        except ImageReadError as error:
            bad.append((path, str(error)))
        else:
            good.append(path)
    return good, bad
