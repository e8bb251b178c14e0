"""What a call costs besides its work: every public function on small images against OpenCV, as a user calls both.

    python -m benchmarks.call_overhead             measure, print, write call_overhead.json and CALLS.md
    python -m benchmarks.call_overhead --render    only write CALLS.md again

Nothing is made beforehand and nothing is passed that a user would leave out; NL-means and the detector, which alone take
several threads at these sizes, get one. The results are compared first. Processor time of the thread, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from time import thread_time
from typing import Any

import cv2
import numpy as np

import fastdefect
from benchmarks import render
from fastdefect import ops
from fastdefect.bench.compare import opencv_threads, picture
from fastdefect.bench.parity import require_equal
from fastdefect.bench.record import Record, Row, Run
from fastdefect.cli.bench.table import quartiles
from fastdefect.io import write_text
from fastdefect.kernels._numba import cpu_path
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import Comparison, Quartiles, compare
from fastdefect.tiling.workers import available_threads
from fastdefect.typing import ByteImage

HERE = Path(__file__).parent
RESULTS, TEXT = HERE / "call_overhead.json", HERE / "CALLS.md"
SIDES = (16, 64, 256)
ONES = np.ones((5, 5), np.uint8)
# What a call of OpenCV is for a user who wants the same: allocations of results included.
OPENCV: Mapping[str, Callable[[ByteImage], Any]] = {
    "value_channel": lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[:, :, 2],
    "bgr_to_hsv": lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV),
    "box_blur": lambda grey: cv2.blur(grey, (5, 5)),
    "nl_means": lambda grey: cv2.fastNlMeansDenoising(grey, None, 10, 7, 21),
    "otsu_threshold": lambda grey: int(cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[0]),
    "binarize": lambda grey: cv2.threshold(grey, 127, 255, cv2.THRESH_BINARY)[1],
    "erode": lambda grey: cv2.erode(grey, ONES),
    "dilate": lambda grey: cv2.dilate(grey, ONES),
}
ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "box_blur": (5,), "nl_means": (10, 7, 21), "binarize": (127,), "erode": (5,), "dilate": (5,),
}  # fmt: skip
COLOUR = ("value_channel", "bgr_to_hsv")
# The detector's stages without NL-means, whose milliseconds would hide the microseconds that are asked for.
QUICK = fastdefect.ArticleParams(template_window=1, search_window=1)
Span = dict[str, float]


def row(name: str, side: int, seconds: float) -> Row:
    """One public function against OpenCV on one image."""
    image = picture("cloth", (side, side), 3 if name in COLOUR else 1)
    given, function, opencv = ARGUMENTS.get(name, ()), getattr(ops, name), OPENCV[name]
    options = {"threads": 1} if name == "nl_means" else {}
    require_equal(f"{name}, {side} x {side}", opencv(image), function(image, *given, **options))
    found = compare(
        {"ours": lambda: function(image, *given, **options), "theirs": lambda: opencv(image)},
        seconds,
        clock=thread_time,
    )
    return Row(
        name=name,
        height=side,
        width=side,
        threads=1,
        subject="fastdefect." + name,
        baseline="OpenCV",
        subject_ms=found.seconds("ours").scaled(1000),
        baseline_ms=found.seconds("theirs").scaled(1000),
        ratio=found.times_as_fast("ours", "theirs"),
        rounds=found.rounds,
    )


def detector(side: int, seconds: float) -> dict[str, Any]:
    """What `fastdefect.detect` costs over a call of its engine, in microseconds and in dilations of OpenCV."""
    image, grey = (picture("cloth", (side, side), channels) for channels in (3, 1))
    engine = fastdefect.Engine((side, side), QUICK, threads=1)
    require_equal(
        f"detect, {side} x {side}",
        engine(image).mask,
        fastdefect.detect(image, QUICK, threads=1).mask,
    )
    found = compare(
        {
            "detect": lambda: fastdefect.detect(image, QUICK, threads=1),
            "engine": lambda: engine(image),
            "dilate": lambda: cv2.dilate(grey, ONES),
        },
        seconds,
        clock=thread_time,
    )
    over, calls = _over(found)
    return {"side": side, "over_us": asdict(over), "dilations": asdict(calls)}


def _over(found: Comparison) -> tuple[Quartiles, Quartiles]:
    """The difference within each round, and its share of OpenCV's dilation there."""
    names = ("detect", "engine", "dilate")
    rounds = list(zip(*(found.samples[name] for name in names), strict=True))
    over = [1e6 * (detect - engine) for detect, engine, _ in rounds]
    return Quartiles.of(over), Quartiles.of(
        [(detect - engine) / dilate for detect, engine, dilate in rounds]
    )


def page(run: Run, detections: list[dict[str, Any]]) -> str:
    """Return CALLS.md."""
    parts = [
        "# What a call costs",
        f"Generated by `python -m benchmarks.call_overhead`; do not edit. {__doc__.splitlines()[0]}",
        "Processor time of one thread in milliseconds, medians with their quartiles; both sides make the array of their"
        " result in each call. Equal bytes were checked first.",
        render.machine(run),
    ]
    for side in SIDES:
        rows = [row for row in run.rows if row.height == side]
        parts.append(f"## {side} × {side}\n\n" + render.table(rows))
    lines = [
        "| size | `detect` over its engine, µs | in calls of `cv2.dilate` 5 × 5 of that size |",
        "| --- | --- | --- |",
    ]
    for each in detections:
        over, calls = Quartiles(**each["over_us"]), Quartiles(**each["dilations"])
        lines.append(
            f"| {each['side']} × {each['side']} | {quartiles(over)} | {quartiles(calls)} |"
        )
    parts.append(
        "## `fastdefect.detect` over a call of its engine\n\nSearch and template windows of 1 pixel, so that"
        " NL-means' time does not hide the difference; grey levels, masks and results are made alike by both.\n\n"
        + "\n".join(lines)
    )
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="budget per row, default 1")
    parser.add_argument("--render", action="store_true")
    options = parser.parse_args()
    if options.render:
        document = json.loads(RESULTS.read_text("utf-8"))
        run = Record.from_file(RESULTS).runs[0]
        write_text(TEXT, page(run, document["detect"]))
        return
    machine = describe(available_threads())
    load = os.getloadavg()[0]
    with opencv_threads(1):
        rows = [row(name, side, options.seconds) for side in SIDES for name in OPENCV]
        detections = [detector(side, options.seconds) for side in SIDES]
    machine["load"] = [round(load, 2), round(os.getloadavg()[0], 2)]
    command = shlex.join(["python", "-m", "benchmarks.call_overhead", *sys.argv[1:]])
    run = Run(cpu_path(), machine, command, rows)
    document = {**json.loads(Record([run]).to_json()), "detect": detections}
    write_text(RESULTS, json.dumps(document, indent=1) + "\n")
    text = page(run, detections)
    write_text(TEXT, text)
    print(text)


if __name__ == "__main__":
    main()
