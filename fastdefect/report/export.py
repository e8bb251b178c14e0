"""Results of many images as one file: CSV and JSON lines; COCO and the HTML page stand beside."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Protocol

from fastdefect.defects.table import COLUMNS, row_of
from fastdefect.detectors.result import Detection
from fastdefect.io import PathLike, exported_name, printable, write_text
from fastdefect.typing import ByteImage


class Export(Protocol):
    """Takes one result after another and writes them all, whole or not at all."""

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image."""

    def write(self, path: PathLike) -> Path:
        """Write what was taken."""


# What a line says of its own form, as model files and approvals do; docs/schemas has it in full.
FORMAT, VERSION = "fastdefect result", 1


class CsvExport:
    """One row per defect: the image's name, verdict, score and notes, then `fastdefect.defects.table.COLUMNS`.

    Notes
    -----
    Comma, UTF-8, numbers as Python writes them, so that reading gives the same values; what is not known is empty. A
    good image has no row; one that is not good but has no defects, as an unusable one, has a row without a defect.

    Names are those of `fastdefect.io.exported_name`, so that bytes which are no UTF-8 and control characters cannot make the
    table unreadable. A text that a spreadsheet would take for a formula, or that begins with an apostrophe, has an
    apostrophe before it: one apostrophe less, then `fastdefect.io.original_name`, gives the file's name.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import CsvExport
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 30
    >>> table = CsvExport()
    >>> table.add("cloth.png", image, detect(image))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, second = table.write(pathlib.Path(folder, "defects.csv")).read_text().splitlines()
    >>> first[:32], second[:21]
    ('image,verdict,is_defective,score', 'cloth.png,defective,1')
    """

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._rows.writerow(
            ["image", "verdict", "is_defective", "score", "threshold", "notes", *COLUMNS]
        )

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image.

        Parameters
        ----------
        name : str
            For example the file's name.
        image : ndarray of uint8, (H, W, 3) or (H, W)
        detection : Detection
        """
        verdict = (
            detection.verdict,
            int(detection.is_defective),
            detection.score,
            detection.threshold,
        )
        notes = printable("; ".join(detection.notes))
        begin = [cell(exported_name(name)), *verdict, cell(notes)]
        for defect in detection.defects:
            row = row_of(defect)
            self._rows.writerow([*begin, *(row[column] for column in COLUMNS)])
        if detection.is_defective and not detection.defects:
            self._rows.writerow([*begin, *("" for _ in COLUMNS)])

    def write(self, path: PathLike) -> Path:
        """Write the table, whole or not at all.

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
        return write_text(path, self._text.getvalue())


# What spreadsheets compute, in their full-width forms too; tabs and returns are escaped before they come here.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")


def cell(text: str) -> str:
    """A text as a table has it: with an apostrophe before what a spreadsheet would compute."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


class JsonLinesExport:
    """One JSON object per image and line, see `record`.

    Examples
    --------
    >>> import json, pathlib, tempfile, numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import JsonLinesExport
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> lines = JsonLinesExport()
    >>> lines.add("cloth.png", image, detect(image))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = lines.write(pathlib.Path(folder, "results.jsonl")).read_text()
    >>> json.loads(text)["is_defective"]
    False
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image.

        Parameters
        ----------
        name : str
            For example the file's name.
        image : ndarray of uint8, (H, W, 3) or (H, W)
        detection : Detection
        """
        self._lines.append(json.dumps(record(name, image, detection), allow_nan=False))

    def write(self, path: PathLike) -> Path:
        """Write a line for each image, whole or not at all.

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
        return write_text(path, "".join(f"{line}\n" for line in self._lines))


def record(name: str, image: ByteImage, detection: Detection) -> dict[str, Any]:
    """Return a result as plain data.

    Parameters
    ----------
    name : str
    image : ndarray of uint8, (H, W, 3) or (H, W)
    detection : Detection

    Returns
    -------
    dict
        ``format`` and ``version`` (schema ``docs/schemas/result.v1.json``), ``image`` (see
        `fastdefect.io.exported_name`), ``height``, ``width``, then `Detection.to_dict`. Boxes are
        (min_row, min_col, max_row, max_col), half-open, in pixels; speed in milliseconds. What the detector has no
        meaning for is None.
    """
    begin = {
        "format": FORMAT,
        "version": VERSION,
        "image": exported_name(name),
        "height": image.shape[0],
        "width": image.shape[1],
    }
    return begin | detection.to_dict()
