"""How steady a warmed-up plan is: its tail beside that of pure arithmetic, and what its calls leave behind.

python -m benchmarks.latency                              2,000 calls at 512 x 512 on one thread, 5 minutes
python -m benchmarks.latency --calls 200 --size 128x128   a quick look
python -m benchmarks.latency --detector texture           the texture model; texture-grey for its fast form
python -m benchmarks.latency --detector pattern           the pattern model; joined for both
python -m benchmarks.latency --no-timing                  only what does not depend on a quiet machine

Exit status 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns
from typing import Any

os.environ.setdefault("NUMBA_NRT_STATS", "1")  # before Numba is imported: it counts from its start

import numpy as np

from bench_images import roll
from fastdefect import Engine, PatternModel, TextureModel
from fastdefect.detectors import Joined
from fastdefect.kernels._numba import CompileEvent, compile_events, runtime_balance
from fastdefect.kernels.roofline import multiply_add, scale_add
from fastdefect.perf.images import make
from fastdefect.perf.latency import Latency
from fastdefect.perf.memory import growth

MOST_TAIL = 1.1


def main() -> None:
    options = _options()
    height, width = (int(side) for side in options.size.split("x"))
    plan = DETECTORS[options.detector]((height, width), options.threads)
    plan.warmup()
    image = make("cloth", (height, width), 3, seed=7)
    if options.detector != "article":  # a frame of the material that the model knows
        image = roll(3).window(0, 4096, height, width)

    def call() -> object:
        return plan(image, copy=False)

    call()
    print(
        f"{options.detector}, {height} x {width}, threads: {options.threads}, calls: {options.calls}"
    )
    claims = _left_behind(call, options.calls)
    if not options.no_timing:
        claims |= _tail(call, options.calls)
    for claim, holds in claims.items():
        print(f"{'holds' if holds else 'FAILS'}: {claim}")
    sys.exit(0 if all(claims.values()) else 1)


def _trained(shape: tuple[int, int], threads: int, *, model: Callable[[], Any]) -> Any:
    """A model fitted to cloth without a defect."""
    cloth = roll(3).window(0, 0, 512, 512)
    crops = [
        np.ascontiguousarray(cloth[y : y + 128, x : x + 128])
        for y in range(0, 512, 128)
        for x in range(0, 512, 128)
    ]
    return model().fit(crops).plan(shape, threads=threads)


def _joined() -> Any:
    return Joined(TextureModel(), PatternModel())


DETECTORS: dict[str, Callable[[tuple[int, int], int], Any]] = {
    "article": lambda shape, threads: Engine(shape, threads=threads),
    "texture": partial(_trained, model=TextureModel),
    "texture-grey": partial(_trained, model=partial(TextureModel, colour=False)),
    "pattern": partial(_trained, model=PatternModel),
    "joined": partial(_trained, model=_joined),
}


def _left_behind(call: Callable[[], object], calls: int) -> dict[str, bool]:
    """What grows, starts or is compiled during the calls."""
    prepared: list[CompileEvent] = []
    with compile_events(prepared.append):
        before = runtime_balance()
        found = growth(call, calls)
        after = runtime_balance()
    assert before is not None
    assert after is not None
    print(f"traced bytes that {calls} calls added, by tracemalloc's domain: {dict(found.traced)}")
    print(f"most bytes that Python and NumPy held at once beyond that: {found.largest}")
    print(f"resident memory grew by {found.resident / 1024:.0f} KiB")
    print(
        f"Numba's runtime: {after[1] - before[1]} allocations, {after[0] - before[0]} blocks left"
    )
    return {
        # an object of the interpreter's own may be caught in another place than before
        "tracemalloc sees less than one byte per call in every domain": all(
            size < max(calls, 512) for size in found.traced.values()
        ),
        "no call holds an array: at most 16 KiB of small objects at once": found.largest < 16384,
        "resident memory is flat (256 KiB)": found.resident < 256 * 1024,
        "Numba's runtime allocates nothing": after == before,
        "no thread was started": found.threads == 0,
        "no kernel was compiled or loaded": not prepared,
    }


def _tail(call: Callable[[], object], calls: int) -> dict[str, bool]:
    """The tail of images beside the tail of arithmetic of the same length, taking turns.

    On a rented machine a stranger's thread runs on the other half of the core for some tenths of a second at a time.
    What keeps the core fuller then loses more: on a Zen 5 the tail of chains of four multiply-adds was 1.17, that of
    single ones 1.41, that of images 1.43. Hence the control is of single ones; chains are printed beside.
    """
    wanted = Latency.of([_milliseconds(call) for _ in range(30)]).p50
    turns = {
        "image": call,
        "arithmetic": _of_length(scale_add, wanted),
        "arithmetic in chains of four": _of_length(multiply_add, wanted),
    }
    times: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(calls):
        for name in list(turns)[:: 1 if number % 2 else -1]:
            times[name].append(_milliseconds(turns[name]))
    found = {name: Latency.of(milliseconds) for name, milliseconds in times.items()}
    for name, latency in found.items():
        print(
            f"{name}: p50 {latency.p50:.3f} ms, p90 {latency.p90:.3f}, p99 {latency.p99:.3f}, p99.9 {latency.p999:.3f}, "
            f"longest {latency.most:.3f}; p99 / p50 {latency.tail:.3f}"
        )
    ratio = found["image"].tail / found["arithmetic"].tail
    return {
        f"p99 / p50 is {ratio:.3f} times that of arithmetic (at most {MOST_TAIL})": ratio
        <= MOST_TAIL
    }


def _of_length(kernel: Callable[..., object], wanted: float) -> Callable[[], object]:
    """The kernel on 4 KiB, so many passes that it takes the wanted milliseconds."""
    values, factor, summand = np.ones(2048, np.int16), np.int16(5), np.int16(7)
    passes = 1000
    kernel(values, factor, summand, 1)
    # again at full length: a busy machine interrupts long calls and spares short ones
    for _ in range(3):
        run = partial(kernel, values, factor, summand, passes)
        passes = max(
            1, round(passes * wanted / Latency.of([_milliseconds(run) for _ in range(20)]).p50)
        )
    return partial(kernel, values, factor, summand, passes)


def _milliseconds(function: Callable[[], object]) -> float:
    start = perf_counter_ns()
    function()
    return (perf_counter_ns() - start) / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.latency", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--detector", choices=DETECTORS, default="article")
    parser.add_argument("--size", metavar="HxW", default="512x512")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-timing", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
