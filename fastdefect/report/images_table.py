"""A table with a row for each image of a run, also for those that were not inspected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from fastdefect.detectors.result import Detection
from fastdefect.io import PathLike, exported_name, printable, write_text
from fastdefect.report.export import cell
from fastdefect.typing import ByteImage

IMAGE_COLUMNS = (
    "image", "verdict", "is_defective", "score", "threshold", "defects", "height", "width", "milliseconds", "notes",
)  # fmt: skip
_Row = tuple[str | float | None, ...]
_NOT_INSPECTED = "not inspected"


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
                cell(exported_name(name)), found.verdict, int(found.is_defective), found.score, found.threshold,
                len(found.defects), image.shape[0], image.shape[1], round(found.speed["total"], 3),
                cell(printable("; ".join(found.notes))),
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
    return cell(exported_name(name)), _NOT_INSPECTED, *empty, cell(printable(why))
