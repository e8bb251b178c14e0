"""Calls of the texture model here and in another checkout, in turns: at least 200 ratios a row, with their interval.

    python -m benchmarks.verdict_before OTHER_CHECKOUT [--rounds 200]

Each checkout has a process and a kernel cache of its own, trains on the same crops and inspects the same image; they take
turns call by call, by the processor time of one thread. Beside each row the other checkout against a second process of
itself: what the machine alone makes of two equal things. Below 1 means that this checkout is faster. The exit status
is 1 where an interval does not lie below 1.03.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.verdict_cost import MOST, ROUNDS, median_interval
from fastdefect.perf.machine import describe

HERE = Path(__file__).parents[1]
SIDES = (256, 512, 1024)
# Names that both checkouts have. Each line read is a request [colour, side]; the answer, milliseconds of one call.
WORK = r"""
import json, sys, time
import numpy as np
import fastdefect

random = np.random.default_rng(5)
y, x = np.indices((1024, 1024))
weave = 120 + 18 * np.sin(x * 0.9) * np.sin(y * 0.8)
cloth = (weave[..., None] + random.normal(0, 9, (1024, 1024, 3))).clip(0, 255).astype(np.uint8)
good = [np.ascontiguousarray(cloth[i : i + 128, j : j + 128]) for i in range(0, 1024, 128) for j in range(0, 512, 128)]
plans = {}
for line in sys.stdin:
    colour, side = key = tuple(json.loads(line))
    if key not in plans:
        model = fastdefect.TextureModel(colour=colour).fit(good, threads=1)
        plans[key] = model.plan((side, side), threads=1), np.ascontiguousarray(cloth[:side, :side])
        for _ in range(20):
            plans[key][0](plans[key][1], copy=False)
    plan, image = plans[key]
    plan(image, copy=False)  # the caches hold what they hold on a running line, and not another process's image
    start = time.thread_time()
    plan(image, copy=False)
    print(json.dumps(1e3 * (time.thread_time() - start)), flush=True)
"""


class Side:
    """A process that works for one checkout."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process: Any = process

    def __call__(self, colour: bool, side: int) -> float:
        """Milliseconds of one call."""
        self._process.stdin.write(json.dumps([colour, side]) + "\n")
        self._process.stdin.flush()
        return float(json.loads(self._process.stdout.readline()))


@contextmanager
def working(checkout: Path, cache: Path) -> Iterator[Side]:
    """A process of a checkout, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=cache,
        env={**os.environ, "PYTHONPATH": str(checkout), "NUMBA_CACHE_DIR": str(cache)},
    )
    with process:
        yield Side(process)


def main() -> None:
    """Print a row for each model and size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(f"{describe(1)['processor']}, one thread; times as long here as in {options.other}")
    within = True
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        places = {"here": HERE, "before": options.other.resolve(), "again": options.other.resolve()}
        sides: dict[str, Side] = {}
        for name, checkout in places.items():
            cache = Path(folder, "here" if checkout == HERE else "before")
            cache.mkdir(exist_ok=True)
            sides[name] = stack.enter_context(working(checkout, cache))
        for colour in (False, True):
            for side in SIDES:
                within &= _row(sides, colour, side, options.rounds)
    raise SystemExit(0 if within else 1)


def _row(sides: dict[str, Side], colour: bool, side: int, rounds: int) -> bool:
    for work in sides.values():
        work(colour, side)  # trains, compiles, warms up
    ratios: dict[str, list[float]] = {"here": [], "again": []}
    for number in range(rounds):
        # none follows itself: the second of two calls of one process finds the caches full of its own
        order = ["here", "before", "again"] if number % 2 else ["here", "again", "before"]
        took = {name: sides[name](colour, side) for name in order}
        for name, found in ratios.items():
            found.append(took[name] / took["before"])
    (low, high), (same_low, same_high) = map(median_interval, ratios.values())
    print(
        f"  {'full' if colour else 'grey':5}{side:>5} x {side:<5}{median(ratios['here']):8.4f} ({low:.4f} - {high:.4f})"
        f"    equal processes {median(ratios['again']):.4f} ({same_low:.4f} - {same_high:.4f})    {rounds} ratios"
        f"{'' if high < MOST else '  TOO MUCH'}",
        flush=True,
    )
    return high < MOST


if __name__ == "__main__":
    main()
