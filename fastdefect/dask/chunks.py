"""Chunks of an array, and which of them a window touches: pure geometry, and what one task cuts out of its neighbours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.large.layout import Place, Window
from fastdefect.typing import Shape


@dataclass(frozen=True)
class Chunks:
    """An image in chunks.

    Attributes
    ----------
    edges : (tuple of int, tuple of int)
        First row and column of each, and height and width of the image.
    """

    edges: tuple[tuple[int, ...], tuple[int, ...]]

    @classmethod
    def of(cls, sizes: Sequence[Sequence[int]]) -> Chunks:
        """Chunks of these heights and widths."""
        rows, columns = (tuple(accumulate(part, initial=0)) for part in sizes)
        return cls((rows, columns))

    @property
    def shape(self) -> Shape:
        """Height and width of the image."""
        return self.edges[0][-1], self.edges[1][-1]

    @property
    def grid(self) -> tuple[int, int]:
        """How many there are down and across."""
        return len(self.edges[0]) - 1, len(self.edges[1]) - 1

    def places(self) -> list[Place]:
        """Row and column of each, row by row."""
        return [(i, j) for i in range(self.grid[0]) for j in range(self.grid[1])]

    def window(self, place: Place) -> Window:
        """Pixels of a chunk."""
        (rows, columns), (i, j) = self.edges, place
        return slice(rows[i], rows[i + 1]), slice(columns[j], columns[j + 1])

    def touched(self, window: Window) -> list[list[Place]]:
        """The chunks that a window touches, row by row, as many as it takes."""
        spans = [
            range(bisect_right(edges, part.start) - 1, bisect_right(edges, part.stop - 1))
            for edges, part in zip(self.edges, window, strict=True)
        ]
        return [[(i, j) for j in spans[1]] for i in spans[0]]


@dataclass(frozen=True)
class Cut:
    """What a task is responsible for, looks at, and gets; windows of the image.

    Attributes
    ----------
    core, outer, around : (slice, slice)
        Its chunk, that with its halo, and that with what is mirrored.
    corner : (int, int)
        Upper left pixel of the chunks that it gets.
    """

    core: Window
    outer: Window
    around: Window
    corner: Place


def cut_of(chunks: Chunks, place: Place) -> Cut:
    """A chunk alone."""
    core = chunks.window(place)
    return Cut(core, core, core, (core[0].start, core[1].start))


def joined(parts: list[list[NDArray[Any]]], corner: Place, window: Window) -> NDArray[Any]:
    """A window of chunks that lie beside one another, the first with this upper left pixel; an array of its own."""
    rows, columns = window
    size = rows.stop - rows.start, columns.stop - columns.start
    found = np.empty((*size, *parts[0][0].shape[2:]), parts[0][0].dtype)
    top = corner[0]
    for line in parts:
        left, height = corner[1], line[0].shape[0]
        for part in line:
            width = part.shape[1]
            r0, r1 = max(top, rows.start), min(top + height, rows.stop)
            c0, c1 = max(left, columns.start), min(left + width, columns.stop)
            found[r0 - rows.start : r1 - rows.start, c0 - columns.start : c1 - columns.start] = (
                part[r0 - top : r1 - top, c0 - left : c1 - left]
            )
            left += width
        top += height
    return found


def outer_window(core: Window, shape: Shape, halo: int, grid: int, least: int) -> Window:
    """What a task looks at: its core and its halo, at least so many rows and columns, beginning at multiples of ``grid``."""
    found = []
    for part, size in zip(core, shape, strict=True):
        length = max(part.stop - part.start + 2 * (halo + grid), least + grid)
        length += (size - length) % grid
        low = max(0, min((part.start - halo) // grid * grid, size - length))
        found.append(slice(low, min(size, low + length)))
    return found[0], found[1]
