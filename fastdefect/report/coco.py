"""Defects in the format of the COCO data set, which annotation and training tools read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

import fastdefect
from fastdefect.defects.defect import Defect
from fastdefect.defects.filled_outlines import filled_outlines
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.io import PathLike, checked_path, exported_name, write_text
from fastdefect.typing import ByteImage

_OWN = ("label", "bbox", "area")
Segmentation = Literal["polygon", "rle"]


class CocoExport:
    """Images, one category and an annotation per defect.

    Parameters
    ----------
    segmentation : {"polygon", "rle"}
        Outlines, see `filled_outlines`, or runs down the columns. A polygon cannot say where a hole is, so defects with
        holes have runs in either case. pycocotools makes exactly the defect's mask of both.
    folder : str or os.PathLike, optional
        What ``file_name`` is relative to, with ``/`` between its parts: the folder that readers are told to look in. The
        folder that all images have in common if not given. It stands in ``info`` as ``image_folder``.

    Notes
    -----
    ``file_name`` is that of `fastdefect.io.exported_name`.
    ``bbox`` is (x, y, width, height) in pixels, ``score`` the peak score; all other measures stand in ``attributes``.

    Raises
    ------
    ArgumentValueError
        ``segmentation`` is neither.

    Examples
    --------
    >>> import json, pathlib, tempfile, numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import CocoExport
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 30
    >>> coco = CocoExport()
    >>> coco.add("cloth.png", image, detect(image))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = coco.write(pathlib.Path(folder, "defects.json"))
    ...     len(json.loads(path.read_text())["annotations"])
    1
    """

    def __init__(
        self, segmentation: Segmentation = "polygon", folder: PathLike | None = None
    ) -> None:
        if segmentation not in ("polygon", "rle"):
            raise ArgumentValueError(
                f"segmentation: expected 'polygon' or 'rle', received {segmentation!r}; choose one"
            )
        self._segmentation = segmentation
        self._folder = None if folder is None else checked_path("folder", folder)
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image.

        Parameters
        ----------
        name : str
            The file as the caller names it.
        image : ndarray of uint8, (H, W, 3) or (H, W)
        detection : Detection
        """
        height, width = image.shape[:2]
        number = len(self._images) + 1
        self._images.append(
            {
                "id": number, "file_name": name, "height": height, "width": width,
                "verdict": detection.verdict, "notes": list(detection.notes),
            }
        )  # fmt: skip
        for defect in detection.defects or ():
            top, left, bottom, right = defect.bbox
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": number,
                    "category_id": 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "area": defect.area,
                    "iscrowd": 0,
                    "segmentation": self._outline(defect, (height, width)),
                    "score": defect.peak_score,
                    "attributes": _measures(defect),
                }
            )

    def write(self, path: PathLike) -> Path:
        """Write the data set, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        OutputError
            The file cannot be written there.
        """
        folder = self._folder or _common([image["file_name"] for image in self._images])
        dataset = {
            "info": {
                "description": f"fastdefect {fastdefect.__version__}",
                "version": "2.0",
                "image_folder": exported_name(folder),
            },
            "licenses": [],
            "images": [
                image | {"file_name": _relative(image["file_name"], folder)}
                for image in self._images
            ],
            "annotations": self._annotations,
            "categories": [{"id": 1, "name": "defect", "supercategory": "defect"}],
        }
        return write_text(path, json.dumps(dataset, allow_nan=False))

    def _outline(self, defect: Defect, shape: tuple[int, int]) -> Any:
        rings = filled_outlines(defect) if self._segmentation == "polygon" else None
        if rings is not None:
            return rings
        return {"size": list(shape), "counts": column_runs(defect, shape)}


def _measures(defect: Defect) -> dict[str, Any]:
    """What the annotation does not say itself: FiftyOne takes attributes for fields, also those that would hide its own."""
    return {name: value for name, value in defect.to_dict().items() if name not in _OWN}


def column_runs(defect: Defect, shape: tuple[int, int]) -> list[int]:
    """Lengths of runs down the columns of an image of ``shape`` (H, W), outside and inside by turns, outside first."""
    crop = defect.image
    assert crop is not None
    top, left, _, right = defect.bbox
    height, width = shape
    columns = np.zeros((right - left, height + 1), np.bool_)  # the last row parts the columns
    columns[:, top : top + crop.shape[0]] = crop.T
    flat = np.concatenate([[False], columns.ravel()])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    places = (edges // (height + 1) + left) * height + edges % (height + 1)
    starts, stops = places[::2], places[1::2]
    # A run that ends at the lower edge goes on where the next column begins at the upper one.
    parted = starts[1:] != stops[:-1]
    starts = starts[np.concatenate([[True], parted])]
    stops = stops[np.concatenate([parted, [True]])]
    marks = np.stack([starts, stops], axis=1).ravel()
    return np.diff(marks, prepend=0, append=height * width).tolist()


def _common(names: Sequence[str]) -> Path:
    """The folder that all files have in common; named from here unless all are named from the root."""
    try:
        folder = os.path.commonpath([os.path.dirname(os.path.abspath(name)) for name in names])
    except ValueError:  # no names, or several drives of Windows
        folder = os.getcwd()
    return Path(folder if all(map(os.path.isabs, names)) and names else os.path.relpath(folder))


def _relative(name: str, folder: Path) -> str:
    try:
        path = os.path.relpath(name, folder)
    except ValueError:  # another drive of Windows
        path = os.path.abspath(name)
    return exported_name(Path(path).as_posix())
