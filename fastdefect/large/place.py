"""The folder of a result: room for it, its files of blocks, and what an earlier run has left there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastdefect.errors import OutputError
from fastdefect.io.tiles import BlockTiff
from fastdefect.large.layout import Blocks
from fastdefect.large.programs.program import Program
from fastdefect.typing import Shape

TABLE, SCRATCH = "defects", "scratch"
RESULTS = "mask", "score_map"


def planes_of(program: Program) -> set[str]:
    """All files of blocks that a program makes."""
    return {name for work in program.passes for name in work.makes}


def open_planes(
    folder: Path, makes: Mapping[str, Any], blocks: Blocks
) -> tuple[dict[str, BlockTiff], bool]:
    """Open the files of a pass, by plane; and whether one of them is new.

    A file has its name when the run is finished, and an ending until then.
    """
    fresh, found = False, {}
    for name, dtype in makes.items():
        whole, part = folder / f"{name}.tif", folder / f"{name}.tif.part"
        args = blocks.shape, dtype, blocks.side
        try:
            found[name] = BlockTiff(whole if whole.exists() else part, *args)
        except OutputError:
            fresh = True
            whole.unlink(missing_ok=True)
            found[name] = BlockTiff(part, *args, create=True)
    return found, fresh


def forget(out: Path, program: Program) -> None:
    """Remove what an earlier run has left."""
    for name in planes_of(program):
        for ending in (".tif", ".tif.part"):
            (out / f"{name}{ending}").unlink(missing_ok=True)
    for folder in (TABLE, SCRATCH):
        shutil.rmtree(out / folder, ignore_errors=True)


def check_room(out: Path, program: Program, shape: Shape) -> None:
    """Refuse a disk that has no room for mask and map, before any work; what is there already counts as room."""
    pixels = shape[0] * shape[1]
    needed = pixels * sum(
        dtype().itemsize for work in program.passes for dtype in work.makes.values()
    )
    for name in planes_of(program):
        for ending in (".tif", ".tif.part"):
            path = out / f"{name}{ending}"
            needed -= 512 * path.stat().st_blocks if path.exists() else 0
    free = shutil.disk_usage(out).free
    if needed > free:
        raise OutputError(
            f"{out}: expected room for {-(-needed // 10**6)} MB of mask, map and what is needed meanwhile, received "
            f"{free // 10**6} MB; make room, or choose another place"
        )
