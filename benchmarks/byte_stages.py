"""The byte stages by size of window and image against OpenCV's quickest calls of the same job, with the wanted ratios.

    python -m benchmarks.byte_stages [--threads N] [--size HxW] [--seconds S] [--row WORD]

Parity first, both sides in turns, medians and quartiles of the ratios within each round; one thread by its processor time.
Where an image of 4 megapixels is not 1.5 times as fast, the time is printed as a multiple of `numpy.copyto` of the same
image: memory ends what a kernel can do.
"""

from __future__ import annotations

import argparse
import time

import cv2
import numpy as np

from fastdefect.bench.cases import Case, stage
from fastdefect.bench.compare import opencv_threads, picture
from fastdefect.bench.parity import require_equal
from fastdefect.kernels._numba import cpu_path
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Benchmark, Setting
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import Quartiles, compare
from fastdefect.typing import Shape

SIZES = ("256x256", "512x512", "1024x1024", "2048x2048")
WINDOWS = ((3, 3), (5, 5), (7, 7), (9, 9), (15, 15), (31, 31), (63, 63), (1, 9), (9, 1))
BLURS = (3, 5, 16, 31, 63)
# What a stage should reach on one thread from 512 x 512 on, the others 1.5; at 256 x 256 it is 1.3 at most.
WANTED = {"bgr_to_hsv": 1.4, "otsu_threshold": 1.25, "binarize": 1.0}
MOST_COPIES = 2.2


def _cases() -> list[tuple[str, Case]]:
    """Operation and case of each row."""

    def case(operation: str, row: str, setting: Setting | None = None, **options: str) -> Case:
        return stage(OPERATIONS[operation], Benchmark(row, setting=setting, **options))

    found = [
        (name, case(name, f"{name} {w}x{h}", Setting(((w, h),))))
        for name in ("dilate", "erode")
        for w, h in WINDOWS
    ]
    found += [
        ("box_blur", case("box_blur", f"box_blur {side}x{side}", Setting(((side, side),))))
        for side in BLURS
    ]
    found += [
        ("value_blur", case("value_blur", "value_blur 16x16", baseline="value_blur_by_maximum")),
        ("defect_mask", case("defect_mask", "defect_mask 5x5", picture="blurred", baseline="defect_mask_by_opencv")),
    ]  # fmt: skip
    for name in ("bgr_to_hsv", "otsu_threshold", "binarize"):
        (benchmark, *_) = OPERATIONS[name].benchmarks
        found.append((name, stage(OPERATIONS[name], benchmark)))
    return found


def _wanted(operation: str, shape: Shape, threads: int) -> float:
    if threads > 1:
        return 1.0
    if shape[0] * shape[1] < 2**18:
        return 0.0 if operation == "binarize" else min(1.3, WANTED.get(operation, 1.5))
    return WANTED.get(operation, 1.5)


def _measure(
    case: Case, shape: Shape, threads: int, seconds: float
) -> tuple[Quartiles, float, float]:
    """Ratio, and the seconds that we and OpenCV take."""
    image = picture(case.picture, shape, case.channels)
    with opencv_threads(threads):
        pair = case.prepare(shape, threads)
        what = f"{case.name} {shape}"
        require_equal(what, pair.baseline(image), pair.view(pair.subject(image)))
        result = compare(
            {"ours": lambda: pair.subject(image), "theirs": lambda: pair.baseline(image)},
            seconds,
            clock=time.thread_time if threads == 1 else time.perf_counter,
        )
    ours, theirs = (result.seconds(name).median for name in ("ours", "theirs"))
    return result.times_as_fast("ours", "theirs"), ours, theirs


def _copies(case: Case, shape: Shape, seconds: float) -> float:
    """The time as a multiple of copying the input."""
    image = picture(case.picture, shape, case.channels)
    target = np.empty_like(image)
    copied = compare({"copy": lambda: np.copyto(target, image)}, 0.2, clock=time.thread_time)
    return seconds / copied.seconds("copy").median


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", action="append", help=f"repeatable; default {' '.join(SIZES)}")
    parser.add_argument("--seconds", type=float, default=1.0, help="budget per row")
    parser.add_argument("--row", default="", help="only rows with this word")
    options = parser.parse_args()
    machine = describe(options.threads)
    print(
        f"{machine['processor']}, {cpu_path()}, OpenCV {cv2.__version__}, commit {machine['commit']}"
    )
    print(f"{options.threads} thread(s); times as fast as OpenCV: median (quartiles), microseconds")
    short = 0
    for size in options.size or SIZES:
        height, width = (int(side) for side in size.split("x"))
        for operation, case in _cases():
            if options.row not in case.name:
                continue
            shape = height, width
            ratio, ours, theirs = _measure(case, shape, options.threads, options.seconds)
            wanted, note = _wanted(operation, shape, options.threads), ""
            if ratio.median < wanted:
                copies = _copies(case, shape, ours)
                missed = height * width < 2**22 or copies > MOST_COPIES
                note = f"  wanted {wanted}; {copies:.2f} copies" + (" SHORT" if missed else "")
                short += missed
            print(
                f"{size:>9} {case.name:<18} {ratio.median:5.2f} ({ratio.low:.2f} - {ratio.high:.2f})"
                f"  {1e6 * theirs:8.1f} -> {1e6 * ours:8.1f}{note}",
                flush=True,
            )
    print(f"{short} rows short of what is wanted")


if __name__ == "__main__":
    main()
