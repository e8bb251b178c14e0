"""Tiles of a pass: the largest that the memory holds, and their pixels, read by all threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentValueError
from fastdefect.io.tiles import Source
from fastdefect.large.layout import Blocks, Layout, Place, Window, best_tile
from fastdefect.large.programs.program import IMAGE, Pass
from fastdefect.tiling.workers import Workers

# For what tiles don't count: blocks on their way to hash and file, rows of defects, the interpreter's own growth.
_BESIDE = 64 * 10**6
# Of a tile of which a part is not inspected, whose outside is mirrored: labels and places of the pixels there.
_MIRROR_BYTES = 48
# Of a plane that a pass reads, at most.
_PLANE_BYTES = 4
# What a plan is made for while its memory is asked for; steps make their memory without touching it.
_NUMBERS = {"otsu_threshold": 0, "score": float("inf"), "scores": (0.0, 0.0)}


def layout_for(
    work: Pass,
    blocks: Blocks,
    channels: int,
    memory: int,
    workers: Workers,
    masked: bool,
    *,
    fixed: bool = False,
) -> Layout:
    """The largest tiles of a pass within some bytes of memory; tiles of one block where they are fixed.

    Raises
    ------
    ArgumentValueError
        Not even a tile of one block fits.
    """
    room = max(memory - _BESIDE, memory // 2)
    each = channels if work.reads == (IMAGE,) else _PLANE_BYTES
    each += _MIRROR_BYTES if masked else 0
    # no tile can be larger: it holds what it reads and what it makes
    pixels = room // (each + sum(np.dtype(dtype).itemsize for dtype in work.makes.values()))
    whole_rows = False
    while True:
        tile = (
            _one_block(blocks, work, pixels)
            if fixed
            else best_tile(blocks, work.halo, work.grid, pixels, whole_rows=whole_rows)
        )
        layout = Layout(
            blocks, tile or (1, blocks.grid[1] if whole_rows else 1), work.halo, work.grid
        )
        shape = layout.outer_shape
        try:
            needed = work.plan(shape, workers, None, _NUMBERS).nbytes + each * shape[0] * shape[1]
        except ArgumentValueError:  # a detector of one width
            if whole_rows or fixed:
                raise
            whole_rows = True
            continue
        if tile is not None and needed <= room:
            return layout
        if tile is None:
            raise ArgumentValueError(
                f"memory: expected at least {-(-(needed + _BESIDE) // 10**6)}MB for a tile of {shape[1]} x {shape[0]} pixels"
                f", received {memory // 10**6}MB; allow more"
            )
        pixels = min(shape[0] * shape[1] - 1, int(shape[0] * shape[1] * 0.95))


def _one_block(blocks: Blocks, work: Pass, pixels: int) -> tuple[int, int] | None:
    height, width = Layout(blocks, (1, 1), work.halo, work.grid).outer_shape
    return (1, 1) if height * width <= pixels else None


def read_window(source: Source, window: Window, workers: Workers) -> NDArray[Any]:
    """A window of an image, read by all threads."""
    rows, columns = window
    count = min(4 * workers.threads, -(-(rows.stop - rows.start) // 64))
    size = rows.stop - rows.start, columns.stop - columns.start
    found = np.empty(size if source.channels == 1 else (*size, 3), np.uint8)
    edges = np.linspace(rows.start, rows.stop, count + 1).astype(int).tolist()

    def read(i: int, slot: int) -> None:
        part = source.read(slice(edges[i], edges[i + 1]), columns)
        found[edges[i] - rows.start : edges[i + 1] - rows.start] = part

    workers.run(read, count)
    return found


def batches(known: dict[Place, Any], threads: int) -> Iterator[list[Place]]:
    """Some blocks at a time, in order: as many as are read at once."""
    places = sorted(known)
    for start in range(0, len(places), 4 * threads):
        yield places[start : start + 4 * threads]
