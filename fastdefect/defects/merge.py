"""Tables of tiles, joined over their seams: the same table as that of the whole mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fastdefect.defects.columns import Columns
from fastdefect.defects.find import add_contrast, add_edges, place
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.errors import ArgumentValueError
from fastdefect.typing import BoolImage, ByteImage, Shape


def merge_defects(
    parts: Sequence[tuple[Defects, tuple[int, int]]],
    shape: Shape,
    params: RegionParams | None = None,
    *,
    mask: BoolImage | None = None,
    grey: ByteImage | None = None,
    inside: BoolImage | None = None,
) -> Defects:
    """Join the defects of strips, tiles or chunks to those of the whole.

    Parameters
    ----------
    parts : sequence of (Defects, (int, int))
        For each tile all regions of its mask (found with ``min_area`` 1 and ``merge_distance`` 0), and the row and column
        of its upper left pixel. Tiles don't overlap.
    shape : (int, int)
        Height and width of the whole in pixels.
    params : RegionParams, optional
        Rules for the whole: least size, merging, scale, severity.
    mask, grey : ndarray of bool and of uint8, (H, W), optional
        The whole, for ``contrast``; without them it is None.
    inside : ndarray of bool, (H, W), optional
        The inspected area.

    Returns
    -------
    Defects
        Equal to ``find_defects`` of the whole mask, to the last bit: runs that a seam cut are joined, regions by
        union-find, everything that adds up is an integer.

    Raises
    ------
    ArgumentValueError
        Parts that left regions out, or that lie beyond the whole.

    Notes
    -----
    Cost grows with the number of runs, not with the area.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.defects import find_defects, merge_defects
    >>> mask = np.zeros((6, 8), bool)
    >>> mask[2:5, 3:7] = True
    >>> tiles = [(find_defects(mask[:, :5]), (0, 0)), (find_defects(mask[:, 5:]), (0, 5))]
    >>> merge_defects(tiles, mask.shape) == find_defects(mask)
    True
    """
    rules = params or RegionParams()
    for number, (part, _) in enumerate(parts):
        if part.params.least_area() > 1 or part.params.merge_distance > 0:
            raise ArgumentValueError(
                f"parts[{number}]: expected all regions of its tile, received those of "
                f"{part.params}; find them with min_area=1 and merge_distance=0"
            )
    table = Columns.joined([_moved(part.columns, corner) for part, corner in parts])
    height, width = shape
    if len(table.runs) and (
        table.runs.min() < 0 or (table.boxes[:, 2:] > np.array([height, width])).any()
    ):
        raise ArgumentValueError(
            f"parts: expected tiles within {height} x {width} pixels (height x width), received some beyond; "
            "give the row and column of each tile's upper left pixel"
        )
    owner = np.repeat(np.arange(len(table.labels)), np.diff(table.first))
    order = np.lexsort((table.runs[:, 1], table.runs[:, 0]))
    runs = table.runs[order]
    # a run goes on where the one before ends: there a seam has cut it
    begins = np.ones(len(runs), np.bool_)
    begins[1:] = (runs[1:, 0] != runs[:-1, 0]) | (runs[1:, 1] != runs[:-1, 2])
    ends = np.append(begins[1:], True)[: len(runs)]
    whole = np.column_stack([runs[begins, 0], runs[begins, 1], runs[ends, 2]]).astype(np.int32)
    rows = np.searchsorted(whole[:, 0], np.arange(height + 1)).astype(np.int64)
    columns, labels = place(whole, rows, rules)
    add_edges(columns, whole, rows, labels, width)
    target = np.full(len(table.labels), -1)
    target[owner[order]] = labels[np.cumsum(begins) - 1]
    kept = target >= 0
    np.add.at(columns.scores, target[kept], table.scores[kept])
    np.fmax.at(columns.peaks, target[kept], table.peaks[kept])
    if mask is not None and grey is not None and len(columns.labels):
        pixels = np.ascontiguousarray(mask).view(np.uint8)
        add_contrast(columns, pixels, grey, (0, 0), inside, rules.surroundings)
    return Defects.of(columns, rules)


def _moved(columns: Columns, corner: tuple[int, int]) -> Columns:
    """The table in the coordinates of the whole."""
    row, column = corner
    return columns._replace(
        boxes=columns.boxes + np.array([row, column, row, column]),
        runs=columns.runs + np.array([row, column, column], np.int32),
    )
