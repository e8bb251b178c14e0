"""What the tasks of a graph do; each gets arrays and plain data and gives such, so that any worker can run it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.dask.chunks import Cut, joined
from fastdefect.defects.columns import Columns
from fastdefect.defects.find import find_defects
from fastdefect.defects.merge import merge_defects
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.detectors.detector import Detector
from fastdefect.errors import ArgumentValueError
from fastdefect.kernels.regions.outline import ring_sums
from fastdefect.large.area import Area
from fastdefect.large.hashes import block_digest
from fastdefect.large.layout import Blocks, Place, Window, shifted
from fastdefect.large.programs.domain import Sampled, sample
from fastdefect.large.programs.program import IMAGE, Pass, Program, program_of
from fastdefect.ops.hsv import value_channel
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape

Parts = list[list[NDArray[Any]]]
_EVERY = RegionParams()


class Setup:
    """What all tasks know: the detector and what is inspected. One object of the graph, sent once to each worker.

    Parameters
    ----------
    detector : Detector
    area : Area
    threads : int
        Of each task.
    """

    def __init__(self, detector: Detector, area: Area, threads: int) -> None:
        self.detector, self.area, self.threads = detector, area, threads

    def program(self) -> Program:
        """The passes, made anew in each process: stages hold functions that no pickle takes."""
        return _program(self.detector)


_program = lru_cache(maxsize=8)(program_of)


class _Kept(threading.local):
    """The plan of the last task of a thread, for the next one alike."""

    key: Any = None
    plan: Any = None


_kept = _Kept()


class _Windows:
    """A window of the image as a source of windows within it."""

    def __init__(self, window: Window, pixels: NDArray[Any], shape: Shape) -> None:
        self._window, self._pixels = window, pixels
        self.shape, self.name = shape, "array"
        self.channels = 1 if pixels.ndim == 2 else 3

    def read(self, rows: slice, columns: slice) -> NDArray[Any]:
        return np.ascontiguousarray(self._pixels[shifted((rows, columns), self._window)])


def compute(
    setup: Setup,
    index: int,
    cut: Cut,
    parts: list[Parts],
    numbers: dict[str, Any],
) -> dict[str, NDArray[Any]]:
    """A pass over one chunk: what it makes, and its facts under the empty name; parts of each image that the pass reads."""
    program = setup.program()
    work, area = program.passes[index], setup.area
    core, outer = cut.core, cut.outer
    pixels = {
        name: joined(each, cut.corner, cut.around)
        for name, each in zip(work.reads, parts, strict=True)
    }
    inside = area.inside(outer)
    size = core[0].stop - core[0].start, core[1].stop - core[1].start
    made: dict[str, Any] = {name: np.zeros(size, dtype) for name, dtype in work.makes.items()}
    if inside is None or inside.any():

        def read(name: str) -> NDArray[Any]:
            source = _Windows(cut.around, pixels[name], area.shape)
            if name == IMAGE and inside is not None:
                return area.mirrored(source, outer, work.reach)
            return source.read(*outer)

        try:
            planes = _plan(setup, work, index, outer, inside, numbers)(read, inside)
            made = {name: planes[name][shifted(core, outer)].copy() for name in work.makes}
        except ArgumentValueError:  # nothing of the part can be judged
            if inside is None:
                raise
    made[""] = work.fold.measure(made, area.inside(core))
    return made


def _plan(
    setup: Setup, work: Pass, index: int, outer: Window, inside: Any, numbers: dict[str, Any]
) -> Any:
    shape = outer[0].stop - outer[0].start, outer[1].stop - outer[1].start
    if inside is not None:
        return work.plan(shape, Workers(setup.threads), inside, numbers)
    key = setup.detector, index, shape, tuple(sorted((k, repr(v)) for k, v in numbers.items()))
    if _kept.key != key:
        _kept.key, _kept.plan = None, None
        _kept.plan = work.plan(shape, Workers(setup.threads), None, numbers)
        _kept.key = key
    return _kept.plan


def pick(made: dict[str, Any], name: str) -> Any:
    """One of the things that a chunk has given."""
    return made[name]


def join_facts(setup: Setup, index: int, facts: Sequence[Any]) -> Any:
    """Facts of some chunks as those of one."""
    return setup.program().passes[index].fold.join(facts)


def conclude_pass(setup: Setup, index: int, facts: Any, before: dict[str, Any]) -> dict[str, Any]:
    """What is known after a pass."""
    return before | setup.program().passes[index].fold.numbers(facts, None)


def sampled(setup: Setup, cut: Cut, pixels: NDArray[Any]) -> list[Sampled]:
    """What the domain needs of a chunk."""
    return sample(setup.area.shape[0], cut.core, pixels, setup.area.inside(cut.core))


def join_lists(parts: Sequence[list[Any]]) -> list[Any]:
    """Lists one after another."""
    return [each for part in parts for each in part]


def judge(setup: Setup, found: list[Sampled], numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers with what the image is besides its score."""
    sampler = setup.program().sampled(setup.area.shape, None)
    assert sampler is not None
    sampler.take(found)
    return numbers | {"judged": list(sampler.judged(setup.area.digest is not None))}


def find(mask: NDArray[Any], score_map: NDArray[Any], cut: Cut) -> Columns:
    """All regions of a chunk, in the image's coordinates."""
    columns = find_defects(mask != 0, _EVERY, score_map=score_map).columns
    row, column = cut.core[0].start, cut.core[1].start
    return columns._replace(
        boxes=columns.boxes + np.array([row, column, row, column]),
        runs=columns.runs + np.array([row, column, column], np.int32),
    )


def merge(parts: Sequence[Columns], shape: Shape, rules: RegionParams) -> Columns:
    """Regions of some chunks, joined over their borders."""
    tables = [(Defects.of(part, _EVERY), (0, 0)) for part in parts]
    return merge_defects(tables, shape, rules).columns


def ring(
    table: Columns,
    cut: Cut,
    mask: NDArray[Any],
    parts: Parts,
    area: Area,
    reach: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grey levels of a chunk in and around each region: which regions, and their sums, int64 (N, 3)."""
    core, around = cut.core, cut.around
    rows, columns = core
    boxes = table.boxes
    near = (boxes[:, 0] < rows.stop + reach) & (boxes[:, 2] > rows.start - reach)
    near &= (boxes[:, 1] < columns.stop + reach) & (boxes[:, 3] > columns.start - reach)
    chosen = np.flatnonzero(near)
    sums = np.zeros((len(chosen), 3), np.int64)
    if not len(chosen):
        return chosen, sums
    pixels = joined(parts, cut.corner, around)
    grey = pixels if pixels.ndim == 2 else value_channel(pixels, threads=1)
    taken = table.take(chosen.tolist())
    inside = area.inside(core)
    chosen_area = np.zeros((0, 0), np.uint8) if inside is None else inside.view(np.uint8)
    bits = np.ascontiguousarray(mask != 0).view(np.uint8)
    cover = np.zeros(bits.shape[1] + 2 * reach, np.int32)
    origin = np.array([rows.start, columns.start, columns.start], np.int32)
    moved = taken.boxes - np.array([rows.start, columns.start, rows.start, columns.start])
    for margin in (0, reach):
        runs, first = _clipped(taken, core, margin)
        found = np.zeros_like(sums)
        at = around[0].start - rows.start, around[1].start - columns.start
        ring_sums(bits, chosen_area, grey, at, runs - origin, first, moved, margin, cover, found)
        # without a margin the runs are the chunk's own pixels; with it, what lies around them
        sums[:, 0 if not margin else slice(1, 3)] = found[:, 0 if not margin else slice(1, 3)]
    return chosen, sums


def _clipped(table: Columns, core: Window, margin: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The runs as far as they lie within a chunk and a margin around it."""
    rows, columns = core
    runs = table.runs.copy()
    runs[:, 1] = np.maximum(runs[:, 1], columns.start - margin)
    runs[:, 2] = np.minimum(runs[:, 2], columns.stop + margin)
    kept = (runs[:, 0] >= rows.start - margin) & (runs[:, 0] < rows.stop + margin)
    kept &= runs[:, 1] < runs[:, 2]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[table.first]
    return runs[kept], first


def add_rings(table: Columns, rings: Sequence[tuple[Any, Any]]) -> Columns:
    """The table with its grey levels."""
    greys = np.zeros_like(table.greys)
    for chosen, sums in rings:
        greys[chosen] += sums  # each region once
    return table._replace(greys=greys)


def join_rings(rings: Sequence[tuple[Any, Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grey levels of some chunks as those of one."""
    numbers, place = np.unique(np.concatenate([r[0] for r in rings]), return_inverse=True)
    sums = np.zeros((len(numbers), 3), np.int64)
    np.add.at(sums, place, np.concatenate([r[1] for r in rings]))
    return numbers, sums


def digests(pixels: NDArray[Any], cut: Cut, side: int) -> dict[Place, str]:
    """SHA-256s of the blocks of a chunk that begins and ends with blocks."""
    blocks = Blocks((pixels.shape[0], pixels.shape[1]), side)
    up, left = cut.core[0].start // side, cut.core[1].start // side
    return {(up + i, left + j): block_digest(pixels[blocks.window((i, j))]) for i, j in blocks}


def join_digests(parts: Sequence[dict[Place, str]]) -> dict[Place, str]:
    """Those of some chunks together."""
    return {place: digest for part in parts for place, digest in part.items()}
