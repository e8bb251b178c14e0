"""From a mask to the table of its connected regions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.columns import Columns, Zeros
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.kernels.regions import runs as kernels
from fastdefect.kernels.regions.outline import perimeter_steps, ring_sums
from fastdefect.typing import BoolImage, ByteImage, FloatImage

Runs = NDArray[np.int32]
_NOWHERE = np.zeros((0, 0), np.uint8)


def find_defects(
    mask: BoolImage,
    params: RegionParams | None = None,
    *,
    score_map: FloatImage | None = None,
    grey: ByteImage | None = None,
    corner: tuple[int, int] = (0, 0),
    inside: BoolImage | None = None,
) -> Defects:
    """Connected regions of True pixels (8-neighbourhood), merged and measured by ``params``.

    Parameters
    ----------
    mask : ndarray of bool, (H, W)
    params : RegionParams, optional
    score_map : ndarray of float32, (H, W), optional
        For ``mean_score`` and ``peak_score``.
    grey : ndarray of uint8, (H, W) or a part of it, optional
        For ``contrast``. A part has to hold all True pixels and their surroundings.
    corner : (int, int)
        Row and column of the upper left pixel of ``grey``.
    inside : ndarray of bool, (H, W), optional
        The inspected area: pixels outside count as no one's surroundings.

    Returns
    -------
    Defects
        In the order of their first pixels, row by row.

    Notes
    -----
    The mask is read twice, to count its runs and to list them; everything else reads runs. A union-find joins them, sums are
    over runs and integers, so nothing depends on strips, tiles or threads; `fastdefect.defects.merge` joins tables of tiles.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.defects import find_defects
    >>> mask = np.zeros((20, 30), bool)
    >>> mask[3:6, 4:9] = mask[12, 20] = True
    >>> [(defect.bbox, defect.area) for defect in find_defects(mask)]
    [((3, 4, 6, 9), 15), ((12, 20, 13, 21), 1)]
    """
    rules = params or RegionParams()
    pixels = np.ascontiguousarray(mask).view(np.uint8)
    found = runs_of(pixels)
    columns, labels = place(*found, rules)
    add_edges(columns, *found, labels, pixels.shape[1])
    if len(columns.labels) and score_map is not None:
        score = np.ascontiguousarray(score_map)
        kernels.score_runs(columns.runs, columns.first, score, columns.scores, columns.peaks)
    if len(columns.labels) and grey is not None:
        add_contrast(columns, pixels, grey, corner, inside, rules.surroundings)
    return Defects.of(columns, rules)


def runs_of(pixels: ByteImage) -> tuple[Runs, NDArray[np.int64]]:
    """Runs of a mask row by row, and where each row's begin."""
    height = pixels.shape[0]
    counts = np.empty(height, np.int64)
    kernels.count_runs(pixels, 0, height, counts)
    rows = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    runs = np.empty((int(rows[-1]), 3), np.int32)
    kernels.fill_runs(pixels, rows, 0, height, runs)
    return runs, rows


def find_places(mask: BoolImage, params: RegionParams | None = None) -> Columns:
    """What pictures show of defects: the table of `find_defects` without edges, scores and grey levels."""
    pixels = np.ascontiguousarray(mask).view(np.uint8)
    return place(*runs_of(pixels), params or RegionParams())[0]


def place(
    runs: Runs,
    rows: NDArray[np.int64],
    rules: RegionParams,
    zeros: Zeros = np.zeros,
    scratch: Zeros = np.zeros,
) -> tuple[Columns, NDArray[np.int64]]:
    """Join runs, which come row by row, to regions; ``zeros`` makes the table, ``scratch`` what has an entry for each run.

    Returns
    -------
    (Columns, ndarray of int64 (N,))
        The table without edges, scores and grey levels, and the row of it that each run went to, -1 for what is too small.
    """
    parent, labels, areas = scratch((3, len(runs)), np.int64)
    kernels.join_runs(runs, rows, rules.merge_distance, parent)
    count = kernels.label_runs(runs, parent, rules.least_area(), labels, areas)
    columns = Columns.empty(count, int(np.count_nonzero(labels >= 0)), zeros)
    kernels.sort_runs(runs, labels, columns.first, columns.runs)
    kernels.measure_runs(columns.runs, columns.first, columns.boxes, columns.sums)
    return columns, labels


def add_edges(
    columns: Columns, runs: Runs, rows: NDArray[np.int64], labels: NDArray[np.int64], width: int
) -> None:
    """Fill the steps along the edges of a table in, from the runs row by row and the row of the table that each went to."""
    if len(columns.labels):
        pixels, edges = np.empty((2, 3, width + 2), np.uint8)
        perimeter_steps(runs, rows, labels, pixels, edges, columns.edges)


def add_contrast(
    columns: Columns,
    pixels: ByteImage,
    grey: ByteImage,
    corner: tuple[int, int],
    inside: BoolImage | None,
    surroundings: int,
) -> None:
    """Fill the grey levels of a table in, from the mask ``pixels``, uint8 0 or 1 (H, W), and the grey image."""
    area = _NOWHERE if inside is None else np.ascontiguousarray(inside).view(np.uint8)
    cover = np.zeros(pixels.shape[1], np.int32)
    ring_sums(
        pixels, area, np.ascontiguousarray(grey), corner, columns.runs, columns.first, columns.boxes,
        surroundings, cover, columns.greys,
    )  # fmt: skip


def warmup_defects() -> None:
    """Compile, or load from the cache, everything that defects and all their measures run; seconds the first time."""
    grey = np.ones((5, 5), np.uint8)
    score = grey.astype(np.float32)
    inside = grey.view(np.bool_)
    (defect,) = find_defects(np.eye(5, dtype=np.bool_), score_map=score, grey=grey, inside=inside)
    defect.to_dict()
    len(defect.polygon)
