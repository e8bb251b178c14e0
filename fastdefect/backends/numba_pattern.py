"""Planners of the pattern model's map and of the features that `fit` learns from, on the Numba kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.kernels._numba import Bound
from fastdefect.kernels.pattern import strip as strips
from fastdefect.kernels.pattern.numbers import (
    Numbers,
    Scratch,
    numbers_of,
    scratch_of,
    sides_of,
    tone_table,
)
from fastdefect.kernels.texture import top
from fastdefect.kernels.texture.numbers import Rows
from fastdefect.operations.pattern import CELL, TOP_CELLS, FittedPattern, PatternStructure
from fastdefect.tiling.geometry import strips as cut
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, FloatImage, Shape

_map_strip, _feature_row = Bound(strips.map_strip), Bound(strips.feature_row)
_clear_outside, _top_values = Bound(top.clear_outside), Bound(top.top_values)
# Rows of a strip: the 12 or 24 around it are filtered again by each.
ROWS = 128
TOP = TOP_CELLS * CELL**2


@dataclass(frozen=True)
class PatternPath:
    """What a plan runs.

    Attributes
    ----------
    parts : int
        1 for fine energies, 2 with the coarse ones.
    strips, rows : int
        Strips of an image, and rows of the highest one.
    scratch_bytes : int
        Memory of all threads.
    """

    parts: int
    strips: int
    rows: int
    scratch_bytes: int

    def __str__(self) -> str:
        """The path in words."""
        parts = "fine and coarse" if self.parts == 2 else "fine"
        return f"{parts}, {self.strips} strips of up to {self.rows} rows"


class _PatternPlan:
    """What map and features share: filters, and the memory of each worker."""

    def __init__(self, structure: PatternStructure, width: int, cells: int, slots: int) -> None:
        self._structure = structure
        self._filters = np.array(structure.filters, np.int64)
        self._tones = tone_table()
        rows = cells + 2 * (structure.windows[-1] // 2)
        self._memory = [scratch_of(structure, rows, width) for _ in range(slots)]

    @property
    def nbytes(self) -> int:
        """Bytes of scratch, without the map."""
        return sum(array.nbytes for memory in self._memory for array in memory)


class PatternMap(_PatternPlan):
    """Map of images of one shape; call it with ``(image, fitted, outside, out)``, see `pattern_map`."""

    def __init__(
        self, shape: Shape, structure: PatternStructure, workers: Workers, rows: int | None = None
    ) -> None:
        height, cells = shape[0], shape[0] // CELL
        most = max(1, (ROWS if rows is None else rows) // CELL)
        count = max(-(-cells // most), min(workers.threads, -(-cells // 32)))
        own = [(CELL * a, CELL * b) for a, b in cut(cells, -(-cells // count))]
        # a last odd row belongs to the cells above it
        own[-1] = own[-1][0], height
        self._strips = [Rows(height, y0, y0, y1) for y0, y1 in own]
        self._workers = workers
        slots = min(workers.threads, len(self._strips))
        super().__init__(structure, shape[1], -(-cells // count), slots)
        self._top = np.full((len(self._strips), TOP), 0, np.float32)
        self._top_bits = self._top.view(np.int32)
        self._all_top = self._top.reshape(-1)
        self._highest = np.full(TOP, 0, np.float64)
        self._fitted: FittedPattern | None = None
        self._numbers: Numbers | None = None

    @property
    def path(self) -> PatternPath:
        """What runs, for profiles and reports."""
        rows = max(strip.last - strip.first for strip in self._strips)
        parts = len(self._structure.windows)
        return PatternPath(parts, len(self._strips), rows, self.nbytes)

    def __call__(
        self, image: ByteImage, fitted: FittedPattern, outside: BoolImage | None, out: FloatImage
    ) -> float:
        if self._numbers is None or fitted is not self._fitted:
            self._fitted, self._numbers = fitted, numbers_of(fitted)
        numbers, flat, bits = self._numbers, image.reshape(-1), out.view(np.int32)
        skip = None if outside is None else outside.view(np.uint8)

        def work(index: int, slot: int) -> None:
            rows = self._strips[index]
            self._fill(flat, numbers, rows, self._memory[slot], out)
            if skip is not None:
                _clear_outside(out, skip, rows)
            _top_values(out, bits, rows, self._top[index], self._top_bits[index])

        self._workers.run(work, len(self._strips))
        self._all_top.sort()
        # mean in double precision of sorted values: the same on any cut and any number of threads
        np.copyto(self._highest, self._all_top[-TOP:])
        return float(self._highest.mean())

    def _fill(
        self, flat: ByteImage, numbers: Numbers, rows: Rows, memory: Scratch, out: FloatImage
    ) -> None:
        channels, rim = self._structure.channels, self._structure.rim
        _map_strip(
            flat, channels, self._tones, self._filters, rim, numbers, memory, out, rows.first, rows.last
        )  # fmt: skip


class PatternFeatures(_PatternPlan):
    """Features of rows of cells of images of one shape; see `pattern_features`."""

    def __init__(
        self, shape: Shape, structure: PatternStructure, workers: Workers, rows: int | None = None
    ) -> None:
        super().__init__(structure, shape[1], 1, 1)
        self._height = shape[0] // CELL
        self._sides = sides_of(structure)

    def __call__(self, image: ByteImage, rows: NDArray[np.int64], out: NDArray[np.int32]) -> None:
        flat, rim, memory = image.reshape(-1), self._structure.rim, self._memory[0]
        for place, row in enumerate(rows):
            _feature_row(
                flat, self._structure.channels, self._tones, self._filters, rim, self._sides, memory,
                int(row), self._height, out[place],
            )  # fmt: skip


def pattern_map(
    shape: Shape, structure: PatternStructure, workers: Workers, *, rows: int | None = None
) -> PatternMap:
    """Plan the pattern model's map for images of one shape.

    Parameters
    ----------
    shape : (int, int)
        Height and width, at least 32 each.
    structure : PatternStructure
        What sizes the memory; the channels are those of the images.
    workers : Workers
        Runs the strips.
    rows : int, optional
        Most rows of a strip, by default 128; the map does not depend on it.

    Returns
    -------
    PatternMap
        ``plan(image, fitted, outside, out)`` writes the map, float32 (H, W), and returns the image's score, the mean of
        its 20 highest cells. ``fitted`` is a `FittedPattern` of this structure; ``outside``, bool (H, W), is True where the
        map is 0, or None. After the first call it allocates nothing.
    """
    return PatternMap(shape, structure, workers, rows)


def pattern_features(
    shape: Shape, structure: PatternStructure, workers: Workers, *, rows: int | None = None
) -> PatternFeatures:
    """Plan the features of single rows of cells; parameters as `pattern_map`.

    Returns
    -------
    PatternFeatures
        ``plan(image, rows, out)`` writes the features of the rows of cells ``rows``, int64 (N,), inside the rim, to ``out``,
        int32 (N, parts * features, W // 2), its columns at the rim left as they are. It runs on the caller's thread.
    """
    return PatternFeatures(shape, structure, workers, rows)
