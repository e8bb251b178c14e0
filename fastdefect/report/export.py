"""Results of many images as one file: CSV and JSON lines; COCO and the HTML page stand beside."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
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
        found = detection
        verdict = (found.verdict, int(found.is_defective), found.score, found.threshold)
        notes = printable("; ".join(detection.notes))
        begin = [_cell(exported_name(name)), *verdict, _cell(notes)]
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


def _cell(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


IMAGE_COLUMNS = (
    "image", "verdict", "is_defective", "score", "threshold", "defects", "height", "width", "milliseconds", "notes",
)  # fmt: skip
_Row = tuple[str | float | None, ...]


class ImagesCsvExport:
    """One row per image: name, verdict, score, threshold, how many defects, size, milliseconds, notes.

    Parameters
    ----------
    names : iterable of str
        Images to come, whose order the table keeps: what has no result in the end, because the run was stopped, is there
        as ``not inspected``.

    Notes
    -----
    ``verdict`` is ``good``, ``defective``, ``unusable`` or ``not inspected``; of the last the notes say why and the numbers
    are empty. Form, names and texts are those of `CsvExport`.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import ImagesCsvExport
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> table = ImagesCsvExport(["cloth.png", "torn.png", "late.png"])
    >>> table.add("cloth.png", image, detect(image))
    >>> table.fail("torn.png", "torn.png: expected a whole image file")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = table.write(pathlib.Path(folder, "images.csv")).read_text()
    >>> [line.split(",")[:2] for line in text.splitlines()[1:]]
    [['cloth.png', 'good'], ['torn.png', 'not inspected'], ['late.png', 'not inspected']]
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._rows: list[_Row] = []
        self._awaited: dict[str, int] = {}
        for name in names:
            self._awaited.setdefault(name, len(self._rows))
            self._rows.append(_lost(name, "the run ended before it"))

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image.

        Parameters
        ----------
        name : str
            For example the file's name.
        image : ndarray of uint8, (H, W, 3) or (H, W)
        detection : Detection
        """
        found = detection
        self._put(
            name,
            (
                _cell(exported_name(name)), found.verdict, int(found.is_defective), found.score, found.threshold,
                len(found.defects), image.shape[0], image.shape[1], round(found.speed["total"], 3),
                _cell(printable("; ".join(found.notes))),
            ),
        )  # fmt: skip

    def fail(self, name: str, sentence: str) -> None:
        """Take the reason why an image has no result.

        Parameters
        ----------
        name : str
        sentence : str
        """
        self._put(name, _lost(name, sentence))

    def _put(self, name: str, row: _Row) -> None:
        place = self._awaited.pop(name, None)
        if place is None:
            self._rows.append(row)
        else:
            self._rows[place] = row

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
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(IMAGE_COLUMNS)
        rows.writerows(self._rows)
        return write_text(path, text.getvalue())


def _lost(name: str, why: str) -> _Row:
    empty = (None,) * (len(IMAGE_COLUMNS) - 3)
    return _cell(exported_name(name)), "not inspected", *empty, _cell(printable(why))


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
