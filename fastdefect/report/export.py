"""Results of many images as one file: CSV and JSON lines; COCO and the HTML page stand beside."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Protocol

from fastdefect.defects.table import COLUMNS, row_of
from fastdefect.detectors.result import Detection
from fastdefect.io import PathLike, write_text
from fastdefect.typing import ByteImage


class Export(Protocol):
    """Takes one result after another and writes them all, whole or not at all."""

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image."""

    def write(self, path: PathLike) -> Path:
        """Write what was taken."""


class CsvExport:
    """One row per defect: the image's name, verdict and score, then `fastdefect.defects.table.COLUMNS`.

    Notes
    -----
    Comma, UTF-8, numbers as Python writes them, so that reading gives the same values; what is not known is empty. An image
    without defects has no row.
    """

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._rows.writerow(["image", "is_defective", "score", "threshold", *COLUMNS])

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image."""
        verdict = int(detection.is_defective), detection.score, detection.threshold
        for defect in detection.defects or ():
            row = row_of(defect)
            self._rows.writerow([name, *verdict, *(row[column] for column in COLUMNS)])

    def write(self, path: PathLike) -> Path:
        """Write the table."""
        return write_text(path, self._text.getvalue())


class JsonLinesExport:
    """One JSON object per image, see `record`."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image."""
        self._lines.append(json.dumps(record(name, image, detection), allow_nan=False))

    def write(self, path: PathLike) -> Path:
        """Write a line for each image."""
        return write_text(path, "".join(f"{line}\n" for line in self._lines))


def record(name: str, image: ByteImage, detection: Detection) -> dict[str, Any]:
    """Return a result as plain data.

    Returns
    -------
    dict
        ``image``, ``height``, ``width``, then `Detection.to_dict`. Boxes are (min_row, min_col, max_row, max_col),
        half-open, in pixels; speed in milliseconds. What the detector has no meaning for is None.
    """
    size = {"image": name, "height": image.shape[0], "width": image.shape[1]}
    return size | detection.to_dict()
