"""The columns of a table of defects: NumPy arrays that own their data and know no image and no plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Zeros: TypeAlias = Callable[[tuple[int, ...], Any], NDArray[Any]]
"""Makes an array of zeros of a shape and a type, in memory or in a file."""
SCORE_UNIT = 1 << 40
"""Fractions of scores are summed in units of 2**-40, so that their sums are integers and merge exactly."""


class Columns(NamedTuple):
    """One row for each defect, R in all; everything that adds up is an integer.

    Attributes
    ----------
    labels : ndarray of int64, (R,)
        1 for the first from top to bottom, and so on.
    boxes : ndarray of int64, (R, 4)
        min_row, min_col, max_row, max_col in pixels, half-open.
    sums : ndarray of int64, (R, 6)
        Of 1, r, c, r r, r c and c c over the pixels, with r and c counted from the box's corner.
    edges : ndarray of int64, (R, 3)
        Twelfths of steps along the edge: across, down, diagonal.
    scores : ndarray of int64, (R, 2)
        Sum of the whole parts of the scores, and of their fractions in units of 2**-40.
    peaks : ndarray of float32, (R,)
        Highest score; NaN where there was no score map.
    greys : ndarray of int64, (R, 3)
        Sum of the grey levels inside; pixels around, and the sum of theirs. Zeros where there was no grey image.
    first : ndarray of int64, (R + 1,)
        Where the runs of each defect begin.
    runs : ndarray of int32, (N, 3)
        The pixels, defect by defect and row by row: row, first column, column after the last.
    """

    labels: NDArray[np.int64]
    boxes: NDArray[np.int64]
    sums: NDArray[np.int64]
    edges: NDArray[np.int64]
    scores: NDArray[np.int64]
    peaks: NDArray[np.float32]
    greys: NDArray[np.int64]
    first: NDArray[np.int64]
    runs: NDArray[np.int32]

    @classmethod
    def empty(cls, count: int = 0, runs: int = 0, zeros: Zeros = np.zeros) -> Columns:
        """Make a table of ``count`` rows and ``runs`` runs, all zero and without a score, of arrays that ``zeros`` makes."""
        sizes = (), (4,), (6,), (3,), (2,)
        labels, boxes, sums, edges, scores = (zeros((count, *size), np.int64) for size in sizes)
        peaks = zeros((count,), np.float32)
        labels[:] = np.arange(1, count + 1)
        peaks.fill(np.nan)
        greys, first = zeros((count, 3), np.int64), zeros((count + 1,), np.int64)
        found = zeros((runs, 3), np.int32)
        return cls(labels, boxes, sums, edges, scores, peaks, greys, first, found)

    def take(self, rows: Sequence[int]) -> Columns:
        """Return some of the rows, in the order given, as arrays of their own."""
        index = np.asarray(rows, np.int64)
        lengths = self.first[index + 1] - self.first[index]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        parts = [self.runs[self.first[i] : self.first[i + 1]] for i in index.tolist()]
        runs = np.concatenate(parts) if parts else np.zeros((0, 3), np.int32)
        return Columns._make([*(column[index] for column in self[:7]), first, runs])

    @classmethod
    def joined(cls, tables: Sequence[Columns]) -> Columns:
        """Return the rows of several tables below one another."""
        if not tables:
            return cls.empty()
        starts = np.cumsum([0, *(len(table.runs) for table in tables)])
        first = [table.first[:-1] + start for table, start in zip(tables, starts, strict=False)]
        columns = (np.concatenate(parts) for parts in zip(*(t[:7] for t in tables), strict=True))
        runs = np.concatenate([table.runs for table in tables])
        return cls._make([*columns, np.concatenate([*first, starts[-1:]]), runs])

    def packed(self, row: int) -> tuple[Any, ...]:
        """One row as plain numbers and the bytes of its runs: a few hundred bytes when pickled."""
        columns: list[NDArray[Any]] = [*self[:7]]
        runs = self.runs[self.first[row] : self.first[row + 1]]
        return (*(column[row].tolist() for column in columns), runs.tobytes())

    @classmethod
    def unpacked(cls, packed: tuple[Any, ...]) -> Columns:
        """Make the table of one row again."""
        *numbers, data = packed
        runs = np.frombuffer(data, np.int32).reshape(-1, 3).copy()
        made = cls.empty(1)._replace(first=np.array([0, len(runs)], np.int64), runs=runs)
        columns: list[NDArray[Any]] = [*made[:7]]
        for column, number in zip(columns, numbers, strict=True):
            column[0] = number
        return made

    def frozen(self) -> Columns:
        """Mark every array read-only, and return the table."""
        for column in self:
            column.flags.writeable = False
        return self
