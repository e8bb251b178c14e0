"""One run over a large image: passes over tiles, blocks into files, everything into the journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentValueError
from fastdefect.io.tiles import BlockTiff, Source
from fastdefect.large.area import Area
from fastdefect.large.hashes import block_digest
from fastdefect.large.journal import Journal
from fastdefect.large.layout import Blocks, Place, Tile, Window, pixels_of, shifted
from fastdefect.large.place import open_planes
from fastdefect.large.programs.domain import Sampler, sample
from fastdefect.large.programs.program import IMAGE, Compute, Folded, Pass, Planes, Program
from fastdefect.large.progress import Counter, Progress
from fastdefect.large.tiles import batches, layout_for, read_window
from fastdefect.large.times import Times
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage

Tell = Callable[[Progress], object] | None


class Run:
    """The passes of a program over an image.

    Parameters
    ----------
    program : Program
    source : Source
    area : Area
    blocks : Blocks
    folder : Path
    journal : Journal
    memory : int
        Bytes.
    workers : Workers
    tell : callable, optional
        Told how far it is.
    """

    def __init__(
        self,
        program: Program,
        source: Source,
        area: Area,
        blocks: Blocks,
        folder: Path,
        journal: Journal,
        memory: int,
        workers: Workers,
        tell: Tell,
    ) -> None:
        self._program, self._source, self._area, self._blocks = program, source, area, blocks
        self._folder, self._journal, self._memory = folder, journal, memory
        self._workers, self._tell = workers, tell
        self.threads = workers.threads
        self.times = Times()
        self.planes: dict[str, BlockTiff] = {}
        self._sampler: Sampler | None = None

    def go(self) -> None:
        """Finish all passes.

        Raises
        ------
        ArgumentValueError
            The image is another one than the journal's, or the memory holds no tile.
        ImageReadError, OutputError
            A part cannot be read, or the disk is full; what is finished stays.
        """
        if 0 not in self._journal.numbers:
            self._sampler = self._program.sampled(self._blocks.shape, self._folder)
        self._check_image()
        self._ensure(len(self._program.passes) - 1)
        for name in ("mask", "score_map"):
            self.plane(name)

    def plane(self, name: str) -> BlockTiff:
        """The file of a plane, computed where it is not there or torn."""
        if name not in self.planes:
            made = (i for i, work in enumerate(self._program.passes) if name in work.makes)
            self._ensure(next(made))
        return self.planes[name]

    def _check_image(self) -> None:
        """Read what an earlier run has read, and see that it is the same."""
        known = self._journal.blocks[0]
        if not known:
            return
        counter = Counter(self._tell, "checking", self._blocks.shape[0] * self._blocks.shape[1])
        for places in batches(known, self._workers.threads):
            same = [True] * len(places)

            def check(
                index: int, slot: int, places: list[Place] = places, same: list[bool] = same
            ) -> None:
                window = self._blocks.window(places[index])
                pixels = self._source.read(*window)
                same[index] = block_digest(pixels) == known[places[index]][IMAGE]
                self._sample(window, pixels)

            self._workers.run(check, len(places))
            for place, fits in zip(places, same, strict=True):
                if not fits:
                    raise ArgumentValueError(
                        f"{self._journal.path}: expected a journal of this image, received one of an image with other "
                        f"pixels in block {place}; choose another folder, or start anew with resume=False (`--anew`)"
                    )
                counter.add(pixels_of(self._blocks.window(place)))

    def _sample(self, window: Window, pixels: NDArray[Any]) -> None:
        if self._sampler is not None:
            inside = self._area.inside(window)
            self._sampler.take(sample(self._blocks.shape[0], window, pixels, inside))

    def _ensure(self, index: int) -> None:
        """Have a pass finished, and those before as far as they are still needed."""
        work, numbers = self._program.passes[index], self._journal.numbers
        planes, fresh = open_planes(self._folder, work.makes, self._blocks)
        self.planes |= planes
        fold = None if index in numbers else Folded(work.fold)
        missing = set(self._blocks)
        if not fresh:
            missing = self._unfinished(index, work, fold)
        if not missing and fold is None:
            return
        if (index and missing) or (index and index - 1 not in numbers):
            self._ensure(index - 1)
        self._compute(index, work, missing, fold)
        if fold is not None:
            found = fold.numbers(self._folder)
            if index == 0 and self._sampler is not None:
                found["judged"] = list(self._sampler.judged(self._area.digest is not None))
            self._journal.ended(index, found)

    def _unfinished(self, index: int, work: Pass, fold: Folded | None) -> set[Place]:
        """Blocks whose files don't hold what the journal says; the others are folded."""
        known = self._journal.blocks[index]
        counter = Counter(self._tell, "checking", self._blocks.shape[0] * self._blocks.shape[1])
        missing = set(self._blocks) - known.keys()
        for places in batches(known, self._workers.threads):
            facts: list[Any] = [None] * len(places)

            def check(
                index: int, slot: int, places: list[Place] = places, facts: list[Any] = facts
            ) -> None:
                place = places[index]
                planes = {name: self.planes[name].read_block(*place) for name in work.makes}
                if any(block_digest(planes[name]) != known[place].get(name) for name in planes):
                    return
                inside = self._area.inside(self._blocks.window(place))
                facts[index] = (None if fold is None else fold.measure(planes, inside),)

            self._workers.run(check, len(places))
            for place, found in zip(places, facts, strict=True):
                if found is None:
                    missing.add(place)
                elif fold is not None:
                    fold.add([found[0]])
                counter.add(pixels_of(self._blocks.window(place)))
        return missing

    def _compute(self, index: int, work: Pass, missing: set[Place], fold: Folded | None) -> None:
        """Compute the missing blocks tile by tile."""
        if not missing:
            return
        layout = layout_for(
            work,
            self._blocks,
            self._source.channels,
            self._memory,
            self._workers,
            self._area.digest is not None,
            fixed=not self._program.is_exact,
        )
        planners = self._workers if self._program.is_exact else Workers(1)
        numbers: dict[str, Any] = {}
        for before in range(index):
            numbers |= self._journal.numbers[before]
        kept: tuple[BoolImage | None, Compute] | None = None
        refused: ArgumentValueError | None = None
        judged = False
        planes: Planes | None
        image: NDArray[Any] | None
        total = self._blocks.shape[0] * self._blocks.shape[1]
        counter = Counter(self._tell, work.name, total)
        counter.add(total - sum(pixels_of(self._blocks.window(p)) for p in missing), fresh=False)
        for tile in layout.tiles(missing):
            inside = self._area.inside(tile.outer)
            image = planes = None  # before the next ones are made: two have no room
            image = self._read_image(work, tile)
            if any(map(self._area.touches, tile.places)):
                try:
                    if kept is None or kept[0] is not None or inside is not None:
                        kept = None
                        kept = inside, work.plan(layout.outer_shape, planners, inside, numbers)
                    planes = self._run(work, tile, image, inside, kept[1])
                except ArgumentValueError as error:  # nothing of the tile's part can be judged
                    if inside is None:
                        raise
                    refused = error
            judged = judged or planes is not None
            self._keep(index, work, tile, image, planes, fold)
            counter.add(sum(pixels_of(self._blocks.window(p)) for p in tile.places))
        if refused is not None and not judged and len(missing) == len(self._blocks):
            raise refused

    def _read_image(self, work: Pass, tile: Tile) -> NDArray[Any] | None:
        """The image of a tile, where the pass reads it."""
        if work.reads != (IMAGE,):
            return None
        with self.times.of("reading"):
            return read_window(self._source, tile.outer, self._workers)

    def _run(
        self,
        work: Pass,
        tile: Tile,
        image: NDArray[Any] | None,
        inside: BoolImage | None,
        compute: Compute,
    ) -> Planes:
        def read(name: str) -> NDArray[Any]:
            if image is None:
                with self.times.of("reading"):
                    return self.planes[name].read(*tile.outer)
            if inside is None:
                return image
            return self._area.mirrored(self._source, tile.outer, work.reach)

        with self.times.of("computing"):
            return compute(read, inside)

    def _keep(
        self,
        index: int,
        work: Pass,
        tile: Tile,
        image: NDArray[Any] | None,
        planes: Planes | None,
        fold: Folded | None,
    ) -> None:
        """Hash and write the blocks of a tile, then say so in the journal."""
        places = tile.places
        digests: list[dict[str, str]] = [{} for _ in places]
        facts: list[Any] = [None] * len(places)
        cut: list[dict[str, NDArray[Any]]] = []
        for place in places:
            window = self._blocks.window(place)
            at = shifted(window, tile.outer)
            size = window[0].stop - window[0].start, window[1].stop - window[1].start
            cut.append(
                {
                    name: np.zeros(size, dtype) if planes is None else planes[name][at]
                    for name, dtype in work.makes.items()
                }
            )

        def fold_one(i: int, slot: int) -> None:
            window = self._blocks.window(places[i])
            if image is not None:
                self._sample(window, image[shifted(window, tile.outer)])
            if fold is not None:
                facts[i] = fold.measure(cut[i], self._area.inside(window))

        def hash_one(i: int, slot: int) -> None:
            window = self._blocks.window(places[i])
            if image is not None:
                digests[i][IMAGE] = block_digest(image[shifted(window, tile.outer)])
            for name, pixels in cut[i].items():
                digests[i][name] = block_digest(pixels)

        def write_one(i: int, slot: int) -> None:
            for name, pixels in cut[i].items():
                self.planes[name].write_block(*places[i], pixels)

        for doing, function in (
            ("computing", fold_one),
            ("hashing", hash_one),
            ("writing", write_one),
        ):
            with self.times.of(doing):
                self._workers.run(function, len(places))
        if fold is not None:
            fold.add(facts)
        self._journal.finished(index, dict(zip(places, digests, strict=True)))
