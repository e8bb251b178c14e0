"""Where the time of NL-means goes: its parts alone, variants of it, and what the processor could do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numba
import numpy as np

from fastdefect.backends import numba_nl_means
from fastdefect.bench.compare import picture
from fastdefect.kernels.nl_means import methods as nl_means_methods
from fastdefect.kernels.nl_means.blocks import gather_block, weigh_block
from fastdefect.kernels.nl_means.layout import fill, finish
from fastdefect.kernels.simd.specialization import lanes_of
from fastdefect.kernels.simd.vector import add_up_to_limit, load_rows, store_rows
from fastdefect.perf.timing import compare
from fastdefect.tiling.workers import Workers

Row = dict[str, Any]
REPEATS = 40


@numba.njit(nogil=True)
def weigh_often(spec, numbers, scratch, tables, bias, repeats):
    """The weights of one dy for one block, again and again, moving down the tile."""
    lanes = lanes_of(spec)
    step = numbers.rows * lanes
    s, t = numbers.s, numbers.t
    for turn in range(repeats):
        here = (s + t) * step + (turn % 16) * 8 * lanes
        there = t * step + ((turn % 16) * 8 + 5) * lanes
        place = (turn * 8) % numbers.ring
        weigh_block(spec, numbers, scratch, tables, np.int16(bias), here, there, place, s + 1, s)


@numba.njit(nogil=True)
def gather_often(spec, numbers, scratch, repeats):
    """The sums of one dy for one block, again and again, moving down the tile."""
    for turn in range(repeats):
        gather_block(spec, numbers, scratch, (turn % 16) * 8, 5, -numbers.s, numbers.s + 1)


@numba.njit(nogil=True)
def layout_often(spec, numbers, scratch, src, rows, columns, out):
    """Into the layout and out of it."""
    fill(spec, numbers, scratch, src, rows, columns)
    finish(spec, numbers, scratch, out)


@numba.njit(nogil=True)
def operations(spec, memory, repeats):
    """Eight independent saturating additions per turn: the rate of the simplest vector operation."""
    a = load_rows(spec, memory, 0)
    b = load_rows(spec, memory, 0)
    for _ in range(repeats):
        a = add_up_to_limit(a, b)
        b = add_up_to_limit(b, a)
    store_rows(memory, 0, a)


def _caught(shape: tuple[int, int]) -> tuple[Any, ...]:
    """The arguments with which a plan calls its kernels on one tile."""
    seen: dict[str, tuple[Any, ...]] = {}

    def watched(name: str) -> Any:
        kernel = getattr(numba_nl_means, name)

        def call(*args: Any) -> None:
            seen[name] = args
            kernel(*args)

        return call

    src = picture("blurred", shape, 1)
    with patch.multiple(
        numba_nl_means, **{name: watched(name) for name in ("fill", "sum_tile", "finish")}
    ):
        plan = numba_nl_means.nl_means(shape, 10.0, 7, 22, Workers(1))
        plan(src, np.empty_like(src))
    return *seen["sum_tile"][:6], *seen["fill"][3:], seen["finish"][3]


def time_per_part() -> Row:
    """Nanoseconds per pixel and visited offset of the kernel's parts, and the rate of plain vector operations."""
    shape = (256, 256)
    plain, other, numbers, scratch, plain_tables, other_tables, src, rows, columns, out = _caught(
        shape
    )
    memory = np.zeros(8 * plain.lanes, np.int16)
    calls = {
        "weigh, plain sums": lambda: weigh_often(
            plain, numbers, scratch, plain_tables, numbers.plain_bias, REPEATS
        ),
        "weigh, saturating sums": lambda: weigh_often(
            other, numbers, scratch, other_tables, numbers.other_bias, REPEATS
        ),
        "gather": lambda: gather_often(plain, numbers, scratch, REPEATS),
        "layout, there and back": lambda: layout_often(
            plain, numbers, scratch, src, rows, columns, out
        ),
        "operations": lambda: operations(plain, memory, 100_000),
    }
    result = compare(calls, 4)
    pixels = plain.lanes // 2
    offsets = (
        2 * (numbers.s + 1) * numbers.k * 8 * pixels * REPEATS
    )  # pixels times shifts of a call
    nanoseconds = {name: result.seconds(name).median * 1e9 for name in calls}
    t = numbers.t
    squares = 2 * (8 + 2 * t) / 8  # a difference and a product per row read
    sums = (
        2 * t + (7 if t == 3 else 8) + 4 + 1.5
    ) / 8  # tails, heads and windows of eight rows: 18 + bias of 1
    counted = {
        "squared differences": squares, "column sums": max(sums, 19 / 8), "sums along the row": 2.0,
        "weights": 10.0, "products": 4.0, "pairing": 1.0,
    }  # fmt: skip
    return {
        "per_offset": {name: nanoseconds[name] / offsets for name in list(calls)[:3]},
        "layout_per_pixel": nanoseconds["layout, there and back"] / (shape[0] * shape[1]),
        "operations_per_ns": 1_600_000 / nanoseconds["operations"],
        "counted": counted,
        "lanes": plain.lanes,
        "visited": (numbers.s + 1) * 2 * (numbers.s + 1),
        "useful_lanes": shape[1] / (numbers.k * pixels),
        "useful_rows": 1
        / (1 + sum(-(-dy // 8) * 8 for dy in range(numbers.s + 1)) / (numbers.s + 1) / shape[0]),
    }


@contextmanager
def _no_registers() -> Iterator[None]:
    nl_means_methods.methods_for.cache_clear()
    with patch.object(nl_means_methods, "split_table", lambda table, t: None):
        yield
    nl_means_methods.methods_for.cache_clear()


@contextmanager
def _no_weights() -> Iterator[None]:
    with (
        _no_registers(),
        patch.object(nl_means_methods, "fit", lambda *args: None),
    ):
        yield


@contextmanager
def _never_plain() -> Iterator[None]:
    good = nl_means_methods.methods_for

    def limited(*args: Any) -> Any:
        from dataclasses import replace

        return replace(good(*args), limit=-1)

    with patch.object(numba_nl_means, "methods_for", limited):
        yield


def variants(paths: tuple[str, ...], best: str) -> list[tuple[str, dict[str, Any], Any]]:
    """Name, plan options and a context for each variant."""
    found: list[tuple[str, dict[str, Any], Any]] = [("plain loops", {}, _no_weights)]
    found += [
        (f"{path}, polynomial", {"cpu": path}, _no_registers)
        for path in reversed(paths[paths.index(best) :])
    ]
    if best == "avx512":
        found.append(("avx512, register tables, saturating sums only", {}, _never_plain))
        for tile in ((256, 128), (256, 512), (64, 256)):
            found.append(
                (
                    f"avx512, register tables, tiles of {tile[0]} × {tile[1]}",
                    {"tile": tile},
                    nullcontext,
                )
            )
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
