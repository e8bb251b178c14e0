"""The table of defects of a mask that lies in a file: the table of `find_defects`, to the last bit.

Mask and map are read once, some rows at a time, for the runs and the scores of each. What grows with the number of runs, and
the table itself, lies in mapped files; memory holds some rows. Regions are then joined by the very kernels that join them in
memory, and contrasts are taken from some rows at a time again, those of very tall regions from a file of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.columns import Columns
from fastdefect.defects.find import add_edges, place, runs_of
from fastdefect.defects.params import RegionParams
from fastdefect.io.tiles import BlockTiff
from fastdefect.kernels.regions import runs as kernels
from fastdefect.kernels.regions.outline import ring_sums
from fastdefect.large.files import Appended, ArrayFolder
from fastdefect.typing import BoolImage, ByteImage

# Bytes of the rows that are held at a time.
ROWS_BYTES = 48 * 2**20
_CHUNK = 1 << 18

ReadGrey = Callable[[slice, slice], ByteImage]
ReadInside = Callable[[tuple[slice, slice]], BoolImage | None]
Report = Callable[[int, int], object]


def table_of(
    mask: BlockTiff,
    score_map: BlockTiff,
    grey: ReadGrey,
    inside: ReadInside,
    rules: RegionParams,
    target: Path,
    scratch: Path,
    report: Report,
    rows_bytes: int = ROWS_BYTES,
) -> Columns:
    """Find and measure the defects.

    Parameters
    ----------
    mask, score_map : BlockTiff
    grey : callable
        A window of the image that contrasts are taken from.
    inside : callable
        What is inspected of a window.
    rules : RegionParams
    target, scratch : Path
        Folders for the table and for what is needed meanwhile; both are emptied first.
    report : callable
        Called with rows done and rows in all.
    rows_bytes : int
        Bytes of the rows that are held at a time.

    Returns
    -------
    Columns
        Mapped arrays in ``target``, each in a file of its column's name.
    """
    table, rest = ArrayFolder(target, Columns._fields), ArrayFolder(scratch)
    runs, scores, peaks, rows = _runs(mask, score_map, scratch, report, rows_bytes)
    columns, labels = place(runs, rows, rules, table.zeros, rest.zeros)
    add_edges(columns, runs, rows, labels, mask.shape[1])
    for start in range(0, len(labels), _CHUNK):
        part = slice(start, start + _CHUNK)
        kept = labels[part] >= 0
        np.add.at(columns.scores, labels[part][kept], scores[part][kept])
        np.fmax.at(columns.peaks, labels[part][kept], peaks[part][kept])
    _add_contrast(columns, mask, grey, inside, rules.surroundings, rest, rows_bytes)
    rest.remove()
    return columns


def _runs(
    mask: BlockTiff, score_map: BlockTiff, scratch: Path, report: Report, rows_bytes: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[np.int64]]:
    """Runs row by row, the score sums and the highest score of each, and where each row's runs begin."""
    height, width = mask.shape
    runs = Appended(scratch / "runs", (3,), np.int32)
    scores = Appended(scratch / "scores", (2,), np.int64)
    peaks = Appended(scratch / "peaks", (), np.float32)
    rows = np.zeros(height + 1, np.int64)
    columns = slice(0, width)
    for part in _parts(height, max(1, rows_bytes // (8 * width))):
        pixels = (mask.read(part, columns) != 0).view(np.uint8)
        found, first = runs_of(pixels)
        rows[part.start + 1 : part.stop + 1] = first[1:] + runs.rows
        if len(found):
            sums, highest = np.empty((len(found), 2), np.int64), np.empty(len(found), np.float32)
            each = np.arange(len(found) + 1)
            kernels.score_runs(found, each, score_map.read(part, columns), sums, highest)
            found[:, 0] += part.start
            runs.append(found)
            scores.append(sums)
            peaks.append(highest)
        report(part.stop, height)
    return runs.array(), scores.array(), peaks.array(), rows


def _parts(height: int, rows: int) -> Iterator[slice]:
    for start in range(0, height, rows):
        yield slice(start, min(start + rows, height))


def _add_contrast(
    columns: Columns,
    mask: BlockTiff,
    grey: ReadGrey,
    inside: ReadInside,
    reach: int,
    rest: ArrayFolder,
    rows_bytes: int,
) -> None:
    """Fill the grey levels in: of regions that lie within some rows, window by window, then of the others."""
    height, width = mask.shape
    half = max(1, (rows_bytes // (6 * width) - 2 * reach) // 2)
    tops, bottoms = columns.boxes[:, 0], columns.boxes[:, 2]
    every = slice(0, width)
    tall: list[int] = []
    for part in _parts(height, half):
        low, high = np.searchsorted(tops, [part.start, part.stop]).tolist()
        if low == high:
            continue
        fits = bottoms[low:high] <= part.start + 2 * half
        tall += (low + np.flatnonzero(~fits)).tolist()
        rows = slice(max(0, part.start - reach), min(height, part.start + 2 * half + reach))
        images = _Images(
            rows,
            (mask.read(rows, every) != 0).view(np.uint8),
            grey(rows, every),
            inside((rows, every)),
        )
        for begin, end in _ranges(low + np.flatnonzero(fits)):
            images.sum(columns, begin, end, reach)
    if tall:
        images = _mapped(mask, grey, inside, rest, rows_bytes)
        for begin, end in _ranges(np.array(tall)):
            images.sum(columns, begin, end, reach)


def _ranges(numbers: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Rising numbers as half-open ranges without gaps, of a bounded length."""
    if not len(numbers):
        return
    for part in np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1):
        for start in range(int(part[0]), int(part[-1]) + 1, _CHUNK):
            yield start, min(start + _CHUNK, int(part[-1]) + 1)


class _Images:
    """Rows of mask, grey image and area."""

    def __init__(
        self, rows: slice, mask: ByteImage, grey: ByteImage, inside: BoolImage | None
    ) -> None:
        self._top, self._mask, self._grey = rows.start, mask, grey
        self._inside = np.zeros((0, 0), np.uint8) if inside is None else inside.view(np.uint8)
        self._cover = np.zeros(mask.shape[1], np.int32)

    def sum(self, columns: Columns, begin: int, end: int, reach: int) -> None:
        """Fill the grey levels of some regions in."""
        first = columns.first[begin : end + 1]
        runs = columns.runs[int(first[0]) : int(first[-1])]
        if self._top:  # else no copy: a tall region may have most of all runs
            runs = runs - np.array([self._top, 0, 0], np.int32)
        boxes = columns.boxes[begin:end] - np.array([self._top, 0, self._top, 0])
        sums = np.zeros((end - begin, 3), np.int64)
        ring_sums(
            self._mask, self._inside, self._grey, (0, 0), runs, first - first[0], boxes, reach, self._cover, sums
        )  # fmt: skip
        columns.greys[begin:end] = sums


def _mapped(
    mask: BlockTiff, grey: ReadGrey, inside: ReadInside, rest: ArrayFolder, rows_bytes: int
) -> _Images:
    """All rows, in files."""
    height, width = mask.shape
    every = slice(0, width)
    pixels, levels = rest.zeros(mask.shape, np.uint8), rest.zeros(mask.shape, np.uint8)
    area: NDArray[Any] | None = None
    for part in _parts(height, max(1, rows_bytes // (6 * width))):
        pixels[part] = mask.read(part, every) != 0
        levels[part] = grey(part, every)
        chosen = inside((part, every))
        if chosen is not None and area is None:
            area = rest.zeros(mask.shape, np.bool_)
            area[: part.start] = True
        if area is not None:
            area[part] = True if chosen is None else chosen
    return _Images(slice(0, height), pixels, levels, area)
