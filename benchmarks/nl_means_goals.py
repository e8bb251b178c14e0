"""NL-means on many parameter sets and real images, against OpenCV and against an earlier checkout, in one process.

    python -m benchmarks.nl_means_goals                          images and sets named below, against OpenCV
    python -m benchmarks.nl_means_goals --before CHECKOUT        also against the kernel of another checkout
    python -m benchmarks.nl_means_goals --sets 100 --seed 11     also sets drawn at random: the least and the median
    python -m benchmarks.nl_means_goals --huge-pages refused     with small pages of memory alone, as some systems give

One thread; processor time of the thread; all take turns, and each ratio is the median of those of single rounds, with its
quartiles. Bytes are compared with OpenCV's before anything is timed. Real images are read from ../shared/data where it is.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import cv2
import numpy as np

from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.bench.compare import picture
from fastdefect.perf.machine import describe
from fastdefect.tiling.workers import Workers

DATA = Path(__file__).parents[2] / "shared" / "data"
ARTICLE = (10.0, 7, 22)
OTHERS = ((3.0, 7, 21), (5.0, 7, 21), (20.0, 7, 21))
WINDOWS = (
    (10.0, 3, 11), (10.0, 5, 15), (10.0, 7, 15), (10.0, 7, 35), (10.0, 9, 21), (33.3, 7, 21),
)  # fmt: skip
Planner = Callable[..., Any]
_PR_SET_THP_DISABLE = 41


def images() -> dict[str, np.ndarray]:
    """Pictures by name; real ones as they are and blurred."""
    found = {
        f"{kind} {side}": picture(kind, (side, side), 1)
        for side in (512, 1024)
        for kind in ("blurred", "noise")
    }
    for folder, pattern in (
        ("cloth_stains", "images/*.jpg"),
        ("paper", "*/train/good/*.png"),
        ("colour_fabric", "*.png"),
    ):
        for path in sorted((DATA / folder).glob(pattern))[:2]:
            grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            found[f"{folder} {path.stem}"] = grey
            found[f"{folder} {path.stem}, blurred"] = cv2.blur(grey, (16, 16))
    return found  # fmt: skip


def planner_of(checkout: Path) -> Planner:
    """The planner of another checkout, its package imported under another name."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(checkout / "fastdefect", folder / "fastdefect_before")
    for path in (folder / "fastdefect_before").rglob("*.py"):
        path.write_text(
            re.sub(r"\bfastdefect\b", "fastdefect_before", path.read_text("utf-8")), "utf-8"
        )
    sys.path.insert(0, str(folder))
    plan = import_module("fastdefect_before.backends.numba_nl_means").nl_means
    workers = import_module("fastdefect_before.tiling.workers").Workers(1)
    return lambda shape, *chosen: plan(shape, *chosen, workers)  # fmt: skip


def duel(
    name: str, src: np.ndarray, chosen: tuple[float, int, int], before: Planner | None, rounds: int
) -> float:
    """Print one row; returns how many times as fast as OpenCV."""
    out, old = np.empty_like(src), np.empty_like(src)
    step = nl_means(src.shape, *chosen, Workers(1))
    calls = [lambda: step(src, out), lambda: cv2.fastNlMeansDenoising(src, None, *chosen)]
    if before is not None:
        earlier = before(src.shape, *chosen)
        calls.append(lambda: earlier(src, old))
        earlier(src, old)
    step(src, out)
    if not np.array_equal(out, cv2.fastNlMeansDenoising(src, None, *chosen)):
        raise SystemExit(f"{name}, {chosen}: other bytes than OpenCV; nothing was timed")
    times: list[list[float]] = []
    for _ in range(rounds):
        row = []
        for call in calls:
            start = time.thread_time()
            call()
            row.append(time.thread_time() - start)
        times.append(row)
    own = [1000 * row[0] for row in times]
    words = [f"{median(own):8.1f} ms ({min(own):.1f} - {max(own):.1f})"]
    for column, label in enumerate(("OpenCV", "before")[: len(calls) - 1], 1):
        ratios = [row[column] / row[0] for row in times]
        low, middle, high = quantiles(ratios, n=4, method="inclusive")
        words.append(f"{label} {middle:5.2f} ({low:.2f} - {high:.2f})")
    print(
        f"{'{:g}, {}, {}'.format(*chosen):12} {name:38} {'  '.join(words)}  {step.path}", flush=True
    )
    return median(row[1] / row[0] for row in times)  # fmt: skip


def allow_huge_pages(allowed: bool) -> None:
    """Let Linux give this process huge pages, as it does anyway, or only small ones; raises where it cannot be told."""
    failed = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_THP_DISABLE, int(not allowed), 0, 0, 0)
    if failed:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_THP_DISABLE)")


def huge_pages() -> int:
    """KiB of this process in huge pages."""
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))


def drawn(count: int, seed: int) -> list[tuple[float, int, int]]:
    """Parameter sets at random: h 0.5 ... 60, template 3 ... 15, search 5 ... 41."""
    dice = random.Random(seed)
    return [
        (
            round(dice.uniform(0.5, 60), dice.choice((0, 1, 2))) or 0.5,
            dice.randint(3, 15),
            dice.randint(5, 41),
        )
        for _ in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--before", type=Path, help="checkout to compare with, in this process")
    parser.add_argument("--sets", type=int, default=0, help="parameter sets to draw")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("images", "others", "windows", "none"), action="append")
    parser.add_argument("--huge-pages", choices=("allowed", "refused"))
    chosen = parser.parse_args()
    if chosen.huge_pages:
        allow_huge_pages(chosen.huge_pages == "allowed")
    cv2.setNumThreads(1)
    machine = describe(1)
    print(f"{machine['processor']} ({machine['family']}), commit {machine['commit']}; one thread")
    before = planner_of(chosen.before) if chosen.before else None
    parts = chosen.only or ["images", "others", "windows"]
    pictures = images()
    square = {name: src for name, src in pictures.items() if name.endswith("512")}
    if "images" in parts:
        for name, src in pictures.items():
            duel(name, src, ARTICLE, before, chosen.rounds)
    for part, rows in (("others", OTHERS), ("windows", WINDOWS)):
        for row in rows if part in parts else ():
            for name, src in square.items():
                duel(name, src, row, before, chosen.rounds)
    if chosen.sets:
        ratios = [
            duel("blurred 256", picture("blurred", (256, 256), 1), row, None, 3)
            for row in drawn(chosen.sets, chosen.seed)
        ]
        print(
            f"{chosen.sets} sets, seed {chosen.seed}: least {min(ratios):.2f}, median {median(ratios):.2f} times OpenCV"
        )
    if chosen.huge_pages:
        print(f"huge pages {chosen.huge_pages}: {huge_pages()} KiB in them at the end")


if __name__ == "__main__":
    main()
