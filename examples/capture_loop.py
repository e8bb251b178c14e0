"""A camera at a fixed rate: each frame has a deadline, a late one is counted and never waited for.

    python examples/capture_loop.py --rate 25 --seconds 5 --model cloth.model --frames cloth/shift

The camera is a ring of crops of pictures, the shipped ones if no folder is named; put your own call in its place. One plan
serves all frames: its buffers are made once, `warmup` has compiled and run everything before the first frame, and with
``copy=False`` a frame makes no array. Prints frames, verdicts, percentiles of the latency and how many frames came too late.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import fastdefect

PICTURES = Path(__file__).parents[1] / "bench_images"


def camera(side: int, folder: Path = PICTURES) -> Iterator[NDArray[np.uint8]]:
    """Frames of ``side`` x ``side`` pixels, for ever."""
    paths = [path for path in sorted(folder.glob("*.png")) if not path.stem.endswith("_mask")]
    pictures = [fastdefect.read_image(path)[:side, :side] for path in paths[:8]]
    yield from itertools.cycle(
        [np.ascontiguousarray(p) for p in pictures if p.shape[:2] == (side, side)]
    )


def inspect(
    plan: fastdefect.Plan, rate: float, count: int, frames: Iterator[NDArray[np.uint8]]
) -> tuple[Counter[str], list[float], int]:
    """Inspect ``count`` frames at ``rate`` frames a second; verdicts, milliseconds of each frame, frames too late."""
    verdicts: Counter[str] = Counter()
    latency: list[float] = []
    late = 0
    begin = time.perf_counter()
    for number, frame in zip(range(count), frames, strict=False):
        due = begin + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))  # the trigger of the camera
        found = plan(frame, copy=False)
        verdicts[found.verdict] += 1
        done = time.perf_counter()
        latency.append(
            1000 * (done - due)
        )  # from the trigger, so that a frame that waited counts as such
        late += done > due + 1 / rate
    return verdicts, latency, late


def main() -> None:
    """Run the loop as the command line says."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--rate", type=float, default=10.0, help="frames a second")
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument(
        "--side", type=int, default=256, help="height and width of a frame in pixels"
    )
    options.add_argument("--threads", type=int, default=1)
    options.add_argument(
        "--model", type=Path, help="of fastdefect fit; the article's detector without"
    )
    options.add_argument(
        "--frames", type=Path, default=PICTURES, help="folder of PNG files to show"
    )
    chosen = options.parse_args()
    detector = (
        fastdefect.load_detector(chosen.model) if chosen.model else fastdefect.ArticleDetector()
    )
    plan = detector.plan((chosen.side, chosen.side), threads=chosen.threads)
    frames = camera(chosen.side, chosen.frames)
    plan.warmup(like=next(frames))
    count = max(1, round(chosen.rate * chosen.seconds))
    verdicts, latency, late = inspect(plan, chosen.rate, count, frames)
    tail = ", ".join(f"p{p:g} {np.percentile(latency, p):.2f}" for p in (50, 90, 99))
    print(f"{count} frames at {chosen.rate:g} a second: {dict(verdicts)}")
    print(f"milliseconds from trigger to verdict: {tail}, longest {max(latency):.2f}")
    print(f"too late for the next frame: {late}")


if __name__ == "__main__":
    main()
