"""Folders of images: plain good ones, or the MVTec-AD layout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.io import IMAGE_ENDINGS, list_images, read_image, read_mask
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
    folder = Path(data)
    train = folder / "train" / "good"
    chosen = train if train.is_dir() else folder
    found = list_images(chosen) if chosen.is_dir() else []
    if not found:
        raise ArgumentValueError(
            f"data: expected a folder of good images, or one with train/good (MVTec-AD layout), received {folder}; "
            f"put images ({', '.join(sorted(IMAGE_ENDINGS))}) there"
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
        Images are ``test/<kind>/<stem>.<any ending>``, masks ``ground_truth/<kind>/<stem>_mask.png``; the kind ``good`` has
        no masks.

    Returns
    -------
    list of Sample
        By kind, then by name.

    Raises
    ------
    ArgumentValueError
        Without ``test/good`` and at least one other kind.

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
    good, bad = [], []
    for path in paths:
        try:
            read_image(path)
        except ImageReadError as error:
            bad.append((path, str(error)))
        else:
            good.append(path)
    return good, bad
