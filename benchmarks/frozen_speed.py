"""How fast frozen kernels are beside compiled ones: the article's plan in Python and the engine in C, all in turns.

    python -m benchmarks.frozen_speed --frozen LIBRARY [--rounds 200] [--size HxW] [--threads N]

LIBRARY is what `fastdefect freeze` wrote. One thread by its processor time, more by the clock. Beside each row the compiled
plan against another one of the same kind: what the machine alone makes of two equal things. Results are compared before.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.verdict_cost import MOST, ROUNDS, median_interval
from fastdefect.bench.parity import require_equal
from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.frozen import VARIABLE
from fastdefect.kernels._numba import compiling, frozen_kernels
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import MAX_ROUNDS, Comparison, compare
from fastdefect.typing import ByteImage

SIZES = ("512x512", "1024x1024")
# fields of fd_outputs, whose parts are an address and a pitch, and the places of those that are compared
_OUTPUTS = 8
_COMPARED = {"filtered": 3, "mask": 7}


def engine(library: ctypes.CDLL, image: ByteImage, threads: int) -> Callable[..., object]:
    """The engine in C for images like one; called with an array of ``fd_outputs`` it writes stages."""
    height, width = image.shape[:2]
    library.fd_engine_create.restype = ctypes.c_void_p
    library.fd_last_error.restype = ctypes.c_char_p
    handle = ctypes.c_void_p(library.fd_engine_create(width, height, None, threads))
    if not handle.value:
        raise SystemExit(library.fd_last_error().decode())
    verdict = np.zeros(8, np.int32)
    place, pitch = ctypes.c_void_p(image.ctypes.data), ctypes.c_ssize_t(image.strides[0])
    found = ctypes.c_void_p(verdict.ctypes.data)

    def run(outputs: ctypes.c_void_p | None = None) -> None:
        if library.fd_engine_run(handle, place, pitch, 3, outputs, found) != 0:
            raise SystemExit(library.fd_last_error().decode())

    return run


def stages_of(run: Callable[..., object], shape: tuple[int, int]) -> dict[str, ByteImage]:
    """What stages of an engine in C give."""
    found = {name: np.zeros(shape, np.uint8) for name in _COMPARED}
    outputs = np.zeros((_OUTPUTS, 2), np.int64)
    for name, number in _COMPARED.items():
        outputs[number] = found[name].ctypes.data, found[name].strides[0]
    run(ctypes.c_void_p(outputs.ctypes.data))
    return found


def row(library: ctypes.CDLL, size: str, threads: int, rounds: int) -> bool:
    """Print the rows of a size; whether their intervals lie below `MOST`."""
    height, width = map(int, size.split("x"))
    noise = np.random.default_rng(0).normal(140, 12, (height, width, 3))
    image = np.clip(noise, 0, 255).astype(np.uint8)
    plans = {
        name: _plan(image, threads, name != "frozen")
        for name in ("frozen", "compiled", "compiled again")
    }
    in_c = engine(library, image, threads)
    wanted, found = (_stages(plans[name](image)) for name in ("compiled", "frozen"))
    for name, array in stages_of(in_c, (height, width)).items():
        require_equal(f"{name} of the engine in C", wanted[name], array)
        require_equal(f"{name} of frozen kernels", wanted[name], found[name])
    timed = compare(
        {
            **{name: partial(plan, image, copy=False) for name, plan in plans.items()},
            "engine": in_c,
        },
        seconds=0.0,
        min_rounds=rounds,
        clock=time.thread_time if threads == 1 else time.perf_counter,
    )
    same = _ratios(timed, "compiled again")
    within = True
    for name, words in (("frozen", "in Python"), ("engine", "in C")):
        middle, low, high = _ratios(timed, name)
        within &= high < MOST
        against = f"equal plans {same[0]:.4f} ({same[1]:.4f} - {same[2]:.4f})"
        milliseconds = 1e3 * timed.seconds("compiled").median
        print(
            f"  {size:>10}{threads:3} threads  {words:10}{middle:8.4f} ({low:.4f} - {high:.4f})    {against}    "
            f"compiled {milliseconds:.2f} ms    {timed.rounds} ratios{'' if high < MOST else '  TOO MUCH'}"
        )
    return within


def _plan(image: ByteImage, threads: int, compiled: bool) -> Any:
    """A plan that has run once, so that its kernels are bound to what is compiled, or to the library's."""
    with compiling() if compiled else nullcontext():
        plan = ArticleDetector().plan(image.shape[:2], threads=threads)
        plan(image)
    return plan


def _stages(found: Any) -> dict[str, ByteImage]:
    return {"filtered": found.stages["filtered"], "mask": found.mask.astype(np.uint8)}


def _ratios(timed: Comparison, name: str) -> tuple[float, float, float]:
    pairs = zip(timed.samples[name], timed.samples["compiled"], strict=True)
    ratios = [one / other for one, other in pairs]
    return (median(ratios), *median_interval(ratios))


def main() -> None:
    """Print the rows; the exit status is 1 where an interval does not lie below `MOST`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--frozen", required=True, type=Path, help="libfastdefect.so")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS} to {MAX_ROUNDS}")
    parser.add_argument("--size", action="append", metavar="HxW", help="repeatable")
    parser.add_argument("--threads", action="append", type=int, help="repeatable; default 1 and 2")
    options = parser.parse_args()
    path = options.frozen.resolve()
    os.environ[VARIABLE] = str(path)  # read with the first kernel
    if frozen_kernels() is None:
        raise SystemExit(f"{path}: not of these kernels, or not for this processor; freeze anew")
    print(f"{describe(1)['processor']}; times as long with frozen kernels as with compiled ones")
    library = ctypes.CDLL(str(path))
    within = True
    for threads in options.threads or (1, 2):
        for size in options.size or SIZES:
            within &= row(library, size, threads, options.rounds)
    raise SystemExit(0 if within else 1)


if __name__ == "__main__":
    main()
