"""Speed and memory of the pattern model at 4 megapixels on one core and on all, and of its training.

    python -m benchmarks.pattern_speed

Every stage of a detection counts: map, score, domain, mask. Medians of 15 calls; on one thread also of its processor time,
which says more on a machine that others use. The training has 60 images of 256×256.
"""

from __future__ import annotations

import statistics
import time
from functools import partial

import numpy as np

from bench_images import roll
from fastdefect.detectors.pattern.model import PatternModel
from fastdefect.tiling.workers import available_threads

SIDE, CROP = 2048, 256
MODELS = {
    "default": PatternModel,
    "fine part": partial(PatternModel, coarse=False),
    "grey": partial(PatternModel, colour=False),
    "grey, fine part": partial(PatternModel, colour=False, coarse=False),
}


def main() -> None:
    """Print the table."""
    material = roll(202)
    image = np.tile(material.window(0, 0, SIDE // 2, SIDE // 2), (2, 2, 1))
    places = np.random.default_rng(0).integers(0, 10**7, (60, 2))
    good = [material.window(int(y), int(x), CROP, CROP) for y, x in places]
    print(
        f"{'model':18}{'threads':>8}{'ms':>8}{'Mpx/s':>8}{'of processor time':>19}{'B/px':>7}   stages in ms"
    )
    trainings = {}
    for name, make in MODELS.items():
        start = time.process_time()
        model = make().fit(good)
        trainings[name] = time.process_time() - start
        for threads in sorted({1, available_threads()}):
            plan = model.with_threshold(1e9).plan((SIDE, SIDE), threads=threads)
            plan.warmup()
            runs, spent = [], []
            for _ in range(15):
                start = time.thread_time()
                runs.append(plan(image, copy=False))
                spent.append(time.thread_time() - start)
            ms = statistics.median(r.speed["total"] for r in runs)
            stages = {
                k: round(statistics.median(r.speed[k] for r in runs), 2) for k in runs[0].speed
            }
            # on several threads the caller's own time says nothing
            own = f"{SIDE**2 / statistics.median(spent) / 1e6:.1f}" if threads == 1 else ""
            print(
                f"{name:18}{threads:8}{ms:8.1f}{SIDE**2 / ms / 1e3:8.1f}{own:>19}"
                f"{plan.nbytes / SIDE**2:7.2f}   {stages}"
            )
    for name, seconds in trainings.items():
        print(f"fit, 60 images of {CROP} x {CROP}, {name}: {seconds:.1f} s of processor time")


if __name__ == "__main__":
    main()
