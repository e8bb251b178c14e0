"""Where the time of NL-means goes: its parts alone, variants of it, and what the processor could do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numba
import numpy as np

from fastdefect.backends import numba_nl_means
from fastdefect.bench.compare import picture
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.nl_means import methods as nl_means_methods
from fastdefect.kernels.nl_means.layout import fill, finish
from fastdefect.kernels.nl_means.tile import gather_block, places_of, weigh_block
from fastdefect.kernels.simd.vector import add, address, load_eight_pairs, store_rows
from fastdefect.perf.timing import compare
from fastdefect.tiling.workers import Workers

Row = dict[str, Any]
REPEATS = 40


@numba.njit(nogil=True)
def weigh_often(recipe, numbers, scratch, tables, repeats):
    """The weights of one dy for one block, again and again, moving down the tile."""
    both = address(tables[0]), address(tables[1])
    places = places_of(scratch)
    count = 2 * numbers.s + 1
    for turn in range(repeats):
        top = (turn % 16) * 8
        weigh_block(recipe, numbers, places, both, top, 5, -numbers.s, count, turn % 2 * 8)


@numba.njit(nogil=True)
def gather_often(recipe, numbers, scratch, repeats):
    """The sums of one dy for one block, again and again, moving down the tile."""
    places = places_of(scratch)
    for turn in range(repeats):
        for row in range(0, 8, 2):
            top = (turn % 16) * 8 + row
            gather_block(recipe.gather, numbers, places, top, 5, -numbers.s, numbers.s + 1, 16)


@numba.njit(nogil=True)
def layout_often(spec, numbers, scratch, src, rows, columns, out):
    """Into the layout and out of it."""
    fill(spec, numbers, scratch, src, rows, columns)
    finish(spec, numbers, scratch, out)


@numba.njit(nogil=True)
def operations(spec, memory, repeats):
    """Eight independent additions per turn: the rate of the simplest vector operation."""
    place = address(memory)
    size = memory.size // 4
    a = load_eight_pairs(spec, place, size)
    b = load_eight_pairs(spec, place, size)
    for _ in range(repeats):
        a = add(a, b)
        b = add(b, a)
    store_rows(place, size, a)


def _caught(shape: tuple[int, int]) -> tuple[Any, ...]:
    """The arguments with which a plan calls its kernels on one tile."""
    seen: dict[str, tuple[Any, ...]] = {}

    def watched(kernel: Any, images: tuple[int, ...] = ()) -> Any:
        bound = Bound(kernel, images)

        def call(*args: Any) -> Any:
            seen[kernel.__name__] = args
            return bound(*args)

        return call

    src = picture("blurred", shape, 1)
    with patch.object(numba_nl_means, "Bound", watched):
        plan = numba_nl_means.nl_means(shape, 10.0, 7, 22, Workers(1))
        plan(src, np.empty_like(src))
    return *seen["sum_tile"][:5], *seen["fill"][3:], seen["finish"][3]


def time_per_part() -> Row:
    """Nanoseconds per pixel and visited offset of the kernel's parts, and the rate of plain vector operations."""
    shape = (256, 256)
    recipe, numbers, scratch, plain_tables, other_tables, src, rows, columns, out = _caught(shape)
    plain = recipe.plain
    memory = np.zeros(8 * plain.lanes, np.int16)
    tables = plain_tables, other_tables
    never = numbers._replace(limit=-1, most=0)
    calls = {
        "weigh, plain sums": lambda: weigh_often(recipe, numbers, scratch, tables, REPEATS),
        "weigh, saturating sums": lambda: weigh_often(recipe, never, scratch, tables, REPEATS),
        "gather": lambda: gather_often(recipe, numbers, scratch, REPEATS),
        "layout, there and back": lambda: layout_often(
            recipe.gather, numbers, scratch, src, rows, columns, out
        ),
        "operations": lambda: operations(plain, memory, 100_000),
    }
    result = compare(calls, 4)
    offsets = (2 * numbers.s + 1) * numbers.k * 8 * plain.lanes * REPEATS  # pixels times shifts
    nanoseconds = {name: result.seconds(name).median * 1e9 for name in calls}
    t = numbers.t
    counted = {
        "squared differences": (3 * (4 + t) + 15) / 8, "column sums": 24 / 8, "sums along the row": 2.0,
        "weights": 10.0 if plain.weights == "registers" else 13.0, "products": 7.0, "pairing": 2.0,
    }  # fmt: skip
    return {
        "per_offset": {name: nanoseconds[name] / offsets for name in list(calls)[:3]},
        "layout_per_pixel": nanoseconds["layout, there and back"] / (shape[0] * shape[1]),
        "operations_per_ns": 1_600_000 / nanoseconds["operations"],
        "counted": counted,
        "lanes": plain.lanes,
        "visited": numbers.s + numbers.s * (2 * numbers.s + 1),
        "useful_lanes": shape[1] / (numbers.k * plain.lanes),
        "useful_rows": 1
        / (1 + sum(-(-dy // 8) * 8 for dy in range(numbers.s + 1)) / (numbers.s + 1) / shape[0]),
    }


@contextmanager
def _only_memory() -> Iterator[None]:
    nl_means_methods.methods_for.cache_clear()
    with (
        patch.object(nl_means_methods, "split_table", lambda table, t, part_bits: None),
        patch.object(nl_means_methods, "byte_table", lambda table, t: None),
    ):
        yield
    nl_means_methods.methods_for.cache_clear()


@contextmanager
def _no_vectors() -> Iterator[None]:
    def none(*args: Any) -> Any:
        return replace(nl_means_methods.methods_for(*args), plain=None)

    with patch.object(numba_nl_means, "methods_for", none):
        yield


def variants(paths: tuple[str, ...], best: str) -> list[tuple[str, dict[str, Any], Any]]:
    """Name, plan options and a context for each variant."""
    found: list[tuple[str, dict[str, Any], Any]] = [("plain loops", {}, _no_vectors)]
    found += [
        (f"{path}, table in memory", {"cpu": path}, _only_memory)
        for path in reversed(paths[paths.index(best) :])
    ]
    found += [
        (f"{best}, tiles of {tile[0]} × {tile[1]}", {"tile": tile}, nullcontext)
        for tile in ((256, 128), (256, 512), (64, 256))
    ]
    found.append(("as shipped", {}, nullcontext))
    return found


def starts() -> Row:
    """Seconds of a first plan and call, with an empty and with a filled disk cache, less the imports."""
    script = (
        "import time, numpy as np\n"
        "from fastdefect.backends.numba_nl_means import nl_means\n"
        "from fastdefect.tiling.workers import Workers\n"
        "src = np.zeros((64, 64), np.uint8)\n"
        "start = time.perf_counter()\n"
        "nl_means(src.shape, 10.0, 7, 22, Workers(1))(src, src.copy())\n"
        "print(time.perf_counter() - start)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        seconds = [
            float(
                subprocess.run(
                    [sys.executable, "-c", script], env={**os.environ, "NUMBA_CACHE_DIR": folder},
                    capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1],
                ).stdout
            )
            for _ in range(2)
        ]  # fmt: skip
    return {"compiling": seconds[0], "cached": seconds[1]}
