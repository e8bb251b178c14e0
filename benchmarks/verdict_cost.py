"""What the third verdict costs: plans of one texture model with and without the domain of its good images, in turns.

    python -m benchmarks.verdict_cost [--rounds 200] [--size HxW]

One thread by its processor time, at least 200 ratios a row. Beside each row a plan of the same kind against another one:
what the machine alone makes of two equal things. The interval is that of the median, from the order of the ratios.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
import warnings
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from bench_images import roll
from fastdefect.bench.parity import require_equal
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import MAX_ROUNDS, Comparison, compare
from fastdefect.typing import ByteImage

SIZES = ("256x256", "512x512", "1024x1024")
ROUNDS = 200
MOST = 1.03


def median_interval(values: list[float]) -> tuple[float, float]:
    """The 95 % interval of a median: the order statistics that lie 1.96 standard deviations of a fair coin apart."""
    ordered, count = sorted(values), len(values)
    reach = 0.98 * math.sqrt(count)
    low = max(0, math.floor(count / 2 - reach))
    high = min(count - 1, math.ceil(count / 2 + reach))
    return ordered[low], ordered[high]


def without_domain(model: TextureModel) -> TextureModel:
    """The same model read from a file whose domain and digest were taken out by hand."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save(path)
        content = json.loads(path.read_text())
        path.write_text(json.dumps(content | {"domain": None, "digest": None}))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it says what such a model lacks, which is what is measured
            return TextureModel.load(path)


def main() -> None:
    """Print a row for each model and size; the exit status is 1 where an interval does not lie below 1.03."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS} to {MAX_ROUNDS}")
    parser.add_argument(
        "--size", action="append", help=f"repeatable; default {' '.join(SIZES)}", metavar="HxW"
    )
    options = parser.parse_args()
    print(f"{describe(1)['processor']}, one thread; times as long with the domain as without")
    tile = roll(3).window(0, 0, 1024, 1024)
    crops = [
        tile[y : y + 128, x : x + 128] for y in range(0, 1024, 128) for x in range(0, 1024, 128)
    ]
    within = True
    for colour in (False, True):
        model = TextureModel(colour=colour).fit(crops)
        bare = without_domain(model)
        for size in options.size or SIZES:
            within &= _row(model, bare, tile, size, options.rounds)
    raise SystemExit(0 if within else 1)


def _row(model: TextureModel, bare: TextureModel, tile: ByteImage, size: str, rounds: int) -> bool:
    """Print one row; whether its interval lies below `MOST`."""
    height, width = map(int, size.split("x"))
    shape = (height, width)
    image = np.ascontiguousarray(tile[:height, :width])
    plans = {"with": model, "without": bare, "without again": bare}
    calls = {name: model.plan(shape, threads=1) for name, model in plans.items()}
    require_equal("score map", calls["without"](image).score_map, calls["with"](image).score_map)
    timed = compare(
        {name: partial(plan, image, copy=False) for name, plan in calls.items()},
        seconds=0.0,
        min_rounds=rounds,
        clock=time.thread_time,
    )
    (middle, low, high), same = (_ratios(timed, name) for name in ("with", "without again"))
    print(
        f"  {'full' if model.params.colour else 'grey':5}{size:>10}{middle:8.4f} ({low:.4f} - {high:.4f})"
        f"    equal plans {same[0]:.4f} ({same[1]:.4f} - {same[2]:.4f})    {timed.rounds} ratios"
        f"{'' if high < MOST else '  TOO MUCH'}"
    )
    return high < MOST


def _ratios(timed: Comparison, name: str) -> tuple[float, float, float]:
    pairs = zip(timed.samples[name], timed.samples["without"], strict=True)
    ratios = [one / other for one, other in pairs]
    return (median(ratios), *median_interval(ratios))


if __name__ == "__main__":
    main()
