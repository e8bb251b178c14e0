"""Connected regions of a mask, measured in one pass."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.defect import Defect, Ring, Shape
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.kernels.regions import runs as kernels
from fastdefect.kernels.regions.feret import feret_diameters
from fastdefect.kernels.regions.outline import perimeter_steps, ring_sums, trace_outlines
from fastdefect.tiling.geometry import strips
from fastdefect.typing import BoolImage, ByteImage, FloatImage

_NOWHERE = np.zeros((0, 0), np.uint8)


def find_defects(
    mask: BoolImage,
    params: RegionParams | None = None,
    *,
    score_map: FloatImage | None = None,
    grey: ByteImage | None = None,
    inside: BoolImage | None = None,
    strip: int | None = None,
) -> Defects:
    """Connected regions of True pixels (8-neighbourhood), merged and measured by ``params``.

    Parameters
    ----------
    mask : ndarray of bool, (H, W)
    params : RegionParams, optional
    score_map : ndarray of float32, (H, W), optional
        For ``mean_score`` and ``peak_score``.
    grey : ndarray of uint8, (H, W), optional
        For ``contrast``; read when that is first asked for.
    inside : ndarray of bool, (H, W), optional
        The inspected area: pixels outside count as no one's surroundings.
    strip : int, optional
        Rows that are read at a time; the result doesn't depend on it.

    Returns
    -------
    Defects
        In the order of their first pixels, row by row.

    Notes
    -----
    One pass over the mask for runs, which a union-find joins; sums are over runs and integers, so nothing depends on strips
    or threads. Diameters and contrasts are computed for all defects when the first is asked for, outlines one by one.
    """
    rules = params or RegionParams()
    pixels = np.ascontiguousarray(mask).view(np.uint8)
    table = _Table(pixels, *_regions(pixels, rules, strip or mask.shape[0]), rules, grey, inside)
    return Defects(table.defects(score_map))


def warm_regions() -> None:
    """Compile, or load from the cache, everything that defects and all their fields run; seconds the first time."""
    grey = np.ones((5, 5), np.uint8)
    score = grey.astype(np.float32)
    inside = grey.view(np.bool_)
    (defect,) = find_defects(np.eye(5, dtype=np.bool_), score_map=score, grey=grey, inside=inside)
    defect.to_dict()
    len(defect.polygon or ())


def _regions(
    pixels: ByteImage, rules: RegionParams, strip: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Runs by region, where each region's runs begin, and the steps along each region's edge."""
    height = pixels.shape[0]
    counts = np.empty(height, np.int64)
    for y0, y1 in strips(height, strip):
        kernels.count_runs(pixels, y0, y1, counts)
    rows = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    runs = np.empty((int(rows[-1]), 3), np.int32)
    for y0, y1 in strips(height, strip):
        kernels.fill_runs(pixels, rows, y0, y1, runs)
    parent, labels, areas = np.empty((3, len(runs)), np.int64)
    kernels.join_runs(runs, rows, rules.merge_distance, parent)
    count = kernels.label_runs(runs, parent, _least_area(rules), labels, areas)
    first = np.empty(count + 1, np.int64)
    ordered = np.empty((int((labels >= 0).sum()), 3), np.int32)
    kernels.sort_runs(runs, labels, first, ordered)
    steps = np.zeros((count, 3), np.int64)
    ring = np.empty((3, pixels.shape[1] + 2), np.uint8)
    perimeter_steps(pixels, runs, rows, labels, ring, steps)
    return ordered, first, steps


def _least_area(rules: RegionParams) -> int:
    if rules.spacing is None:
        return rules.min_area
    row, column = rules.spacing
    return max(rules.min_area, int(np.ceil(rules.min_area_mm2 / (row * column))))


class _Table:
    """The columns that the defects of an image share, filled when first asked for."""

    def __init__(
        self,
        pixels: ByteImage,
        runs: NDArray[np.int32],
        first: NDArray[np.int64],
        steps: NDArray[np.int64],
        rules: RegionParams,
        grey: ByteImage | None,
        inside: BoolImage | None,
    ) -> None:
        self._pixels, self._runs, self._first, self._rules = pixels, runs, first, rules
        self._steps = steps
        self._grey, self._inside = grey, inside
        self._count = len(first) - 1
        self._boxes = np.empty((self._count, 4), np.int64)
        self._diameters: tuple[list[float], list[float]] | None = None
        self._contrasts: list[float | None] | None = None

    def defects(self, score_map: FloatImage | None) -> list[Defect]:
        sums = np.empty((self._count, 6), np.int64)
        kernels.measure_runs(self._runs, self._first, self._boxes, sums)
        means: list[Any] = [None] * self._count
        peaks: list[Any] = means
        if score_map is not None:
            mean, peak = np.empty(self._count), np.empty(self._count, np.float32)
            score = np.ascontiguousarray(score_map)
            kernels.score_runs(self._runs, self._first, score, mean, peak)
            means, peaks = mean.tolist(), peak.tolist()
        found = []
        rules = self._rules
        first = self._first.tolist()
        columns = zip(
            self._boxes.tolist(), sums.tolist(), self._steps.tolist(), means, peaks, strict=True
        )
        for i, (box, moments, edge, mean_score, peak_score) in enumerate(columns):
            centroid, shape = _shape(box, moments, edge)
            runs = self._runs[first[i] : first[i + 1]]
            corners = box[0], box[1], box[2], box[3]
            measures = shape, mean_score, peak_score
            found.append(
                Defect(
                    corners,
                    moments[0],
                    centroid,
                    i + 1,
                    *measures,
                    runs,
                    rules,
                    partial(self.make, i),
                )
            )
        return found

    def make(self, index: int, name: str) -> Any:
        """Compute one of the fields that a defect leaves for later."""
        if name == "polygon":
            return self.polygon(index)
        if name == "contrast":
            return self.contrast(index)
        return self.diameter(index, 0 if name == "feret_diameter_max" else 1)

    def diameter(self, index: int, unit: int) -> float:
        """Largest Feret diameter in pixels (``unit`` 0) or millimetres (1)."""
        if self._diameters is None:
            height = int((self._boxes[:, 2] - self._boxes[:, 0]).max())
            low, high = np.empty((2, height), np.int64)
            ends, stack = np.empty((2, 2, 2 * height + 1), np.int64)
            squares, lengths = np.empty(self._count, np.int64), np.empty(self._count)
            spacing = np.array(self._rules.spacing or (1.0, 1.0))
            scratch = low, high, ends, stack
            feret_diameters(
                self._runs, self._first, self._boxes, spacing, *scratch, squares, lengths
            )
            self._diameters = (np.sqrt(squares) / 2).tolist(), lengths.tolist()
        return self._diameters[unit][index]

    def contrast(self, index: int) -> float | None:
        if self._grey is None:
            return None
        if self._contrasts is None:
            inside = _NOWHERE if self._inside is None else self._inside.view(np.uint8)
            cover = np.zeros(self._pixels.shape[1], np.int32)
            sums = np.empty((self._count, 3), np.int64)
            ring_sums(
                self._pixels, inside, self._grey, self._runs, self._first, self._boxes,
                self._rules.surroundings, cover, sums,
            )  # fmt: skip
            areas = np.add.reduceat(self._runs[:, 2] - self._runs[:, 1], self._first[:-1])
            self._contrasts = [
                own / area * (pixels / around) - 1 if around else None
                for area, (own, pixels, around) in zip(areas.tolist(), sums.tolist(), strict=True)
            ]
        return self._contrasts[index]

    def polygon(self, index: int) -> tuple[Ring, ...]:
        top, left, bottom, right = self._boxes[index].tolist()
        runs = self._runs[self._first[index] : self._first[index + 1]]
        crop = np.zeros((bottom - top + 2, right - left + 2), np.uint8)
        for row, start, stop in runs.tolist():
            crop[row - top + 1, start - left + 1 : stop - left + 1] = 1
        # Each run has two vertical sides, each side at most two corners.
        points = np.empty((4 * len(runs), 2), np.int32)
        ends = np.empty(len(points), np.int64)
        count = trace_outlines(crop, np.zeros_like(crop), points, ends)
        points += np.array([top, left], np.int32)
        return tuple(np.split(points[: ends[count - 1]], ends[: count - 1]))


def _shape(box: list[int], sums: list[int], edge: list[int]) -> tuple[tuple[float, float], Shape]:
    """Centroid and second moments, in Python's integers until the last division."""
    n, r, c, rr, rc, cc = sums
    a, b, d = n * rr - r * r, n * rc - r * c, n * cc - c * c
    square = n * n
    centroid = (n * box[0] + r) / n, (n * box[1] + c) / n
    return centroid, Shape(a / square, b / square, d / square, (a * d - b * b) / square**2, *edge)
