"""The graph of one inspection: a few tasks for each chunk, and trees over all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from fastdefect.dask import tasks
from fastdefect.dask.chunks import Chunks, Cut, cut_of, outer_window
from fastdefect.dask.tasks import Setup
from fastdefect.defects.params import RegionParams
from fastdefect.large.area import BEYOND
from fastdefect.large.layout import Blocks, Layout, Place, Window, grown
from fastdefect.large.programs.program import IMAGE, Pass, Program
from fastdefect.optional import require

# Children of a node of a tree.
_FAN = 16
_GROUP = 4  # chunks down and across whose regions are joined first
Key = Any


class Graph:
    """Keys and tasks.

    Parameters
    ----------
    array : dask.array.Array
        Channels in one chunk.
    setup : Setup
    program : Program
    rules : RegionParams
    block : int
        Side of the certificate's blocks.
    """

    def __init__(
        self, array: Any, setup: Setup, program: Program, rules: RegionParams, block: int
    ) -> None:
        base = require("dask.base", "arrays in chunks are inspected by", "dask")
        self._array, self._setup, self._block = array, setup, block
        self._chunks = Chunks.of(array.chunks[:2])
        token = base.tokenize(
            array.name, program.settings, str(rules), setup.area.digest, setup.threads, block
        )
        self._name = f"fastdefect-{token}"
        self._dsk: dict[Key, Any] = {self._key("setup"): setup}
        self._planes: dict[str, str] = {}
        numbers = self._passes(program)
        columns = self._table(program, rules)
        self._ends = [
            numbers,
            columns,
            {name: self._digests(name) for name in ("mask", "score_map", IMAGE)},
        ]

    def _key(self, *parts: object) -> Key:
        head, *rest = parts
        return (f"{self._name}-{head}", *rest) if rest else f"{self._name}-{head}"

    def _cut(self, place: Place) -> Cut:
        return cut_of(self._chunks, place)

    def _source(self, name: str, place: Place) -> Key:
        if name != IMAGE:
            return self._key(name, *place)
        rest = (0,) if self._array.ndim == 3 else ()
        return (self._array.name, *place, *rest)

    def _parts(self, name: str, window: Window) -> tuple[Place, list[list[Key]]]:
        """Upper left pixel and keys of the chunks that a window touches."""
        touched = self._chunks.touched(window)
        first = self._chunks.window(touched[0][0])
        return (first[0].start, first[1].start), [
            [self._source(name, p) for p in line] for line in touched
        ]

    def _tree(
        self, name: str, function: Callable[..., Any], leaves: Sequence[Key], *before: Any
    ) -> Key:
        """Join leaves to one key."""
        level, found = 0, list(leaves)
        while True:
            joined = []
            for start in range(0, len(found), _FAN):
                key = self._key(f"{name}-{level}", start // _FAN)
                self._dsk[key] = (function, *before, found[start : start + _FAN])
                joined.append(key)
            level, found = level + 1, joined
            if len(found) == 1:
                return found[0]

    def _passes(self, program: Program) -> Key:
        """All passes; the key of what is known after the last."""
        setup, shape = self._key("setup"), self._chunks.shape
        numbers = self._key("numbers", 0)
        self._dsk[numbers] = (dict,)
        domain = program.sampled(shape, None) is not None
        for index, work in enumerate(program.passes):
            facts = []
            for place in self._chunks.places():
                core = self._chunks.window(place)
                outer = self._outer(place, core, work, program)
                masked = self._setup.area.digest is not None and work.reads == (IMAGE,)
                around = grown(outer, BEYOND * work.reach, shape) if masked else outer
                parts = []
                for name in work.reads:
                    corner, each = self._parts(name, around)
                    parts.append(each)
                made = self._key(f"pass-{index}", *place)
                cut = Cut(core, outer, around, corner)
                self._dsk[made] = (tasks.compute, setup, index, cut, parts, numbers)
                for name in work.makes:
                    self._dsk[self._key(name, *place)] = (tasks.pick, made, name)
                fact = self._key(f"fact-{index}", *place)
                self._dsk[fact] = (tasks.pick, made, "")
                facts.append(fact)
            joined = self._tree(f"facts-{index}", tasks.join_facts, facts, setup, index)
            after = self._key("numbers", index + 1)
            self._dsk[after] = (tasks.conclude_pass, setup, index, joined, numbers)
            numbers = after
        if not domain:
            return numbers
        sampled = []
        for place in self._chunks.places():
            key = self._key("sampled", *place)
            self._dsk[key] = (tasks.sampled, setup, self._cut(place), self._source(IMAGE, place))
            sampled.append(key)
        found = self._tree("samples", tasks.join_lists, sampled)
        judged = self._key("judged")
        self._dsk[judged] = (tasks.judge, setup, found, numbers)
        return judged

    def _outer(self, place: Place, core: Window, work: Pass, program: Program) -> Window:
        """What the task of a chunk looks at in a pass; of a detector that is not exact, that of a file's tile."""
        shape = self._chunks.shape
        if not program.is_exact:
            return Layout(Blocks(shape, self._block), (1, 1), work.halo, work.grid).outer(place)
        return outer_window(core, shape, work.halo, work.grid, self._setup.detector.smallest)

    def _table(self, program: Program, rules: RegionParams) -> Key:
        """The table of defects."""
        shape, chunks = self._chunks.shape, self._chunks
        level: dict[Place, Key] = {}
        for place in chunks.places():
            key = level[place] = self._key("found", *place)
            self._dsk[key] = (
                tasks.find, self._key("mask", *place), self._key("score_map", *place), self._cut(place),
            )  # fmt: skip
        depth = 0
        while len(level) > 1:
            groups: dict[Place, list[Key]] = {}
            for (i, j), key in level.items():
                groups.setdefault((i // _GROUP, j // _GROUP), []).append(key)
            level = {}
            for place, members in groups.items():
                key = level[place] = self._key(f"merged-{depth}", *place)
                last = rules if len(groups) == 1 else RegionParams()
                self._dsk[key] = (tasks.merge, members, shape, last)
            depth += 1
        (table,) = level.values()
        if not depth:
            merged = self._key("merged", 0)
            self._dsk[merged] = (tasks.merge, [table], shape, rules)
            table = merged
        rings = []
        reach = rules.surroundings
        area = self._key("area")
        self._dsk[area] = self._setup.area
        for place in chunks.places():
            core = chunks.window(place)
            around = grown(core, reach, shape)
            corner, parts = self._parts(program.grey, around)
            key = self._key("ring", *place)
            cut = Cut(core, around, around, corner)
            self._dsk[key] = (tasks.ring, table, cut, self._key("mask", *place), parts, area, reach)
            rings.append(key)
        joined = self._tree("rings", tasks.join_rings, rings)
        whole = self._key("table")
        self._dsk[whole] = (tasks.add_rings, table, [joined])
        return whole

    def _digests(self, name: str) -> Key:
        """SHA-256s of the blocks of an image, in chunks that begin and end with blocks."""
        side = self._block
        aligned = tuple(_aligned(sizes, side) for sizes in self._array.chunks[:2])
        chunks = Chunks.of(aligned)
        parts = {place: self._source(name, place) for place in chunks.places()}
        if aligned != self._array.chunks[:2]:
            array = self._array if name == IMAGE else self.array(name)
            array = array.rechunk((*aligned, *array.chunks[2:]))
            self._dsk |= dict(array.dask)
            rest = (0,) if array.ndim == 3 else ()
            parts = {place: (array.name, *place, *rest) for place in parts}
        found = []
        for place, part in parts.items():
            key = self._key(f"digest-{name}", *place)
            self._dsk[key] = (tasks.digests, part, cut_of(chunks, place), side)
            found.append(key)
        return self._tree(f"digests-{name}", tasks.join_digests, found)

    def array(self, name: str) -> Any:
        """Mask or map as an array in the chunks of the input."""
        dask_array = require("dask.array", "arrays in chunks are inspected by", "dask")
        highlevel = require("dask.highlevelgraph", "arrays in chunks are inspected by", "dask")
        graph = highlevel.HighLevelGraph.from_collections(self._name, self._dsk, [self._array])
        # an array is named as its layer, or whatever is made of it finds none
        own = self._key(f"{name}-array")
        named = {(own, *place): self._key(name, *place) for place in self._chunks.places()}
        graph = highlevel.HighLevelGraph(
            {**graph.layers, own: named}, {**graph.dependencies, own: {self._name}}
        )
        dtype = np.uint8 if name == "mask" else np.float32
        return dask_array.Array(graph, own, self._array.chunks[:2], dtype)

    def delayed(self) -> Any:
        """Numbers, columns of the table and SHA-256s, as what a scheduler computes."""
        delayed = require("dask.delayed", "arrays in chunks are inspected by", "dask")
        highlevel = require("dask.highlevelgraph", "arrays in chunks are inspected by", "dask")
        numbers, columns, digests = self._ends
        end = self._key("end")
        self._dsk[end] = (_ends, numbers, columns, list(digests), list(digests.values()))
        graph = highlevel.HighLevelGraph.from_collections(self._name, self._dsk, [self._array])
        return delayed.Delayed(end, graph, layer=self._name)


def _ends(numbers: Any, columns: Any, names: list[str], digests: list[Any]) -> tuple[Any, Any, Any]:
    renamed = ["input" if name == IMAGE else name for name in names]
    return numbers, columns, dict(zip(renamed, digests, strict=True))


def _aligned(sizes: Sequence[int], side: int) -> tuple[int, ...]:
    """Sizes of chunks near these that begin and end with blocks."""
    total = sum(sizes)
    edges = {0, total}
    at = 0
    for size in sizes:
        at += size
        edges.add(min(total, -(-at // side) * side))
    ordered = sorted(edges)
    return tuple(b - a for a, b in pairwise(ordered))
