"""Outlines and diameters of regions, from their runs alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.columns import Columns
from fastdefect.kernels.regions.feret import feret_diameters
from fastdefect.kernels.regions.outline import trace_outlines


def outline(
    runs: NDArray[np.int32], box: tuple[int, int, int, int]
) -> tuple[NDArray[np.int32], ...]:
    """Rings along the pixel edges of one region, see `fastdefect.Defect.polygon`."""
    top, left, bottom, right = box
    crop = np.zeros((bottom - top + 2, right - left + 2), np.uint8)
    for row, start, stop in runs.tolist():
        crop[row - top + 1, start - left + 1 : stop - left + 1] = 1
    # Each run has two vertical sides, each side at most two corners.
    points = np.empty((4 * len(runs), 2), np.int32)
    ends = np.empty(len(points), np.int64)
    count = trace_outlines(crop, np.zeros_like(crop), points, ends)
    points += np.array([top, left], np.int32)
    return tuple(np.split(points[: ends[count - 1]], ends[: count - 1]))


def diameters(
    columns: Columns, spacing: tuple[float, float] | None
) -> tuple[list[float], list[float]]:
    """Largest Feret diameter of each region, in pixels and in the unit of ``spacing`` (per row, per column)."""
    count = len(columns.labels)
    height = int((columns.boxes[:, 2] - columns.boxes[:, 0]).max(initial=0))
    low, high = np.empty((2, height), np.int64)
    ends, stack = np.empty((2, 2, 2 * height + 1), np.int64)
    squares, lengths = np.empty(count, np.int64), np.empty(count)
    scale = np.array(spacing or (1.0, 1.0))
    feret_diameters(
        columns.runs, columns.first, columns.boxes, scale, low, high, ends, stack, squares, lengths
    )
    return (np.sqrt(squares) / 2).tolist(), lengths.tolist()
