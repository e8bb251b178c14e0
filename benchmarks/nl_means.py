"""Measure NL-means against OpenCV and write ``benchmarks/nl_means.json`` and NL_MEANS.md.

python -m benchmarks.nl_means                    everything, several minutes
python -m benchmarks.nl_means --only article     one part; the others keep their figures if the kernels are the same
python -m benchmarks.nl_means --render           only write NL_MEANS.md again

Each processor path has a part of its own: scripts/told avx2 python -m benchmarks.nl_means measures another than this one's.

Each pair of contenders is compared byte for byte before it is timed; both take turns in one process, OpenCV on as many
threads as we.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import nl_means_parts, nl_means_text, sources
from benchmarks.nl_means_sets import SETS
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.bench.compare import picture
from fastdefect.kernels._numba import PATHS, cpu_path
from fastdefect.perf.timing import compare
from fastdefect.tiling.workers import Workers

HERE = Path(__file__).parent
RESULTS, TEXT = HERE / "nl_means.json", HERE / "NL_MEANS.md"
CLOTH = HERE.parents[1] / "shared" / "data" / "cloth_stains" / "images"
ARTICLE = (10.0, 7, 22)
ROUNDS = 5
Row = dict[str, Any]


def duel(
    name: str,
    src: np.ndarray,
    chosen: tuple[float, int, int],
    threads: int = 1,
    seconds: float = 1.5,
    **plan: Any,
) -> Row:
    """Compare with OpenCV byte for byte, then time both in turns."""
    cv2.setNumThreads(threads)
    out = np.empty_like(src)
    step = nl_means(src.shape, *chosen, Workers(threads), **plan)
    step(src, out)
    if not np.array_equal(out, cv2.fastNlMeansDenoising(src, None, *chosen)):
        raise SystemExit(f"{name}: other bytes than OpenCV; nothing was timed")
    both = {
        "ours": lambda: step(src, out),
        "opencv": lambda: cv2.fastNlMeansDenoising(src, None, *chosen),
    }
    result = compare(both, seconds, min_rounds=ROUNDS)
    ours, theirs, ratio = (
        result.seconds("ours"), result.seconds("opencv"), result.times_as_fast("ours", "opencv"),
    )  # fmt: skip
    path = step.path
    return {
        "name": name, "shape": list(src.shape), "parameters": list(chosen), "threads": threads,
        "ms": [1000 * value for value in (ours.median, ours.low, ours.high)],
        "opencv_ms": [1000 * value for value in (theirs.median, theirs.low, theirs.high)],
        "ratio": [ratio.median, ratio.low, ratio.high], "rounds": result.rounds,
        "cpu": path.cpu, "kernel": path.kernel, "weights": path.weights, "sums": path.sums,
        "plain_share": path.plain_share, "scratch_bytes": path.scratch_bytes,
    }  # fmt: skip


def article() -> list[Row]:
    rows = []
    for side in (256, 512, 1024):
        for kind in ("blurred", "noise"):
            rows.append(duel(kind, picture(kind, (side, side), 1), ARTICLE))
    for path in sorted(CLOTH.glob("*.jpg"))[:3]:
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        rows.append(duel(f"real cloth {path.stem}", grey, ARTICLE))
        rows.append(duel(f"real cloth {path.stem}, blurred", cv2.blur(grey, (16, 16)), ARTICLE))
    return rows


def large() -> list[Row]:
    return [duel(kind, picture(kind, (2048, 2048), 1), ARTICLE) for kind in ("blurred",)]


def sets() -> list[Row]:
    pictures = {kind: picture(kind, (512, 512), 1) for kind in ("blurred", "noise")}
    return [duel(kind, src, chosen, seconds=1) for chosen in SETS for kind, src in pictures.items()]


def threads() -> list[Row]:
    """One and two threads in turns; the ratio is one thread's time over two threads'."""
    rows = []
    for side in (1024, 2048):
        src = picture("blurred", (side, side), 1)
        out = np.empty_like(src)
        steps = {count: nl_means(src.shape, *ARTICLE, Workers(count)) for count in (1, 2)}
        result = compare({str(count): partial(step, src, out) for count, step in steps.items()}, 3)
        ratio = result.times_as_fast("2", "1")
        rows.append(
            {
                "shape": list(src.shape),
                "ms": [1000 * result.seconds(str(count)).median for count in (1, 2)],
                "ratio": [ratio.median, ratio.low, ratio.high],
            }
        )
    return rows


def peer() -> list[Row]:
    from fastdefect.bench.peers import _non_local_means

    src = picture("blurred", (512, 512), 1)
    out = np.empty_like(src)
    step = nl_means(src.shape, *ARTICLE, Workers(1))
    result = compare({"ours": lambda: step(src, out), "peer": lambda: _non_local_means(src)}, 3)
    return [
        {
            "name": "skimage.restoration.denoise_nl_means(fast_mode=True)",
            "shape": list(src.shape),
            "ms": 1000 * result.seconds("ours").median,
            "peer_ms": 1000 * result.seconds("peer").median,
            "ratio": result.times_as_fast("ours", "peer").median,
        }
    ]


def variants() -> list[Row]:
    """What each choice gives on its own: kernels that can still be run, on the same image."""
    rows = []
    for name, options, spoil in nl_means_parts.variants(PATHS, cpu_path()):
        with spoil():
            for kind in ("blurred", "noise"):
                row = duel(kind, picture(kind, (512, 512), 1), ARTICLE, seconds=1, **options)
                rows.append({**row, "variant": name})
    return rows


PARTS: dict[str, Callable[[], Any]] = {
    "article": article, "large": large, "sets": sets, "threads": threads, "peer": peer,
    "variants": variants, "time": nl_means_parts.time_per_part, "start": nl_means_parts.starts,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--render", action="store_true")
    chosen = parser.parse_args()
    record = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    if not chosen.render:
        machine = sources.machine(sources.NL_MEANS)
        here = record.setdefault(cpu_path(), {"machine": machine})
        if here["machine"].get("sources") != machine["sources"]:
            here.clear()  # figures of other kernels
        here["machine"] = machine
        for name in chosen.only or PARTS:
            here[name] = PARTS[name]()
            RESULTS.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    TEXT.write_text(nl_means_text.render(record), "utf-8")


if __name__ == "__main__":
    main()
