"""Speed and memory of the texture model at 4 megapixels on one core and on all, and of `fit` on 100 megapixels.

    python -m benchmarks.texture_speed [--fit]

Every stage of a detection counts: map, score, mask. A defective image is timed as well as a good one; finding the
regions of the mask happens when they are first asked for and is printed apart. Medians of 15 calls, and the fastest,
which says more on a machine that others use.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

import numpy as np

from bench_images import Defect, Scene, roll
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.tiling.workers import available_threads

SIDE = 2048


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fit", action="store_true", help="also time fit on 100 images of 1 Mpx")
    options = parser.parse_args()
    material = roll(3)
    tile = material.window(0, 0, 1024, 1024)
    good = np.tile(tile, (2, 2, 1))
    bad = good.copy()
    defect = Defect("stain", 500, 500, 60, 60)
    bad[:1024, :1024] = Scene((1024, 1024), material, (defect,)).image()
    crops = [
        tile[y : y + 128, x : x + 128] for y in range(0, 1024, 128) for x in range(0, 1024, 128)
    ]
    print(
        f"{'model':6}{'threads':>8}{'image':>7}{'ms':>8}{'Mpx/s':>8}{'fastest':>9}{'B/px':>7}   stages in ms"
    )
    for colour in (False, True):
        model = TextureModel(colour=colour).fit(crops)
        for threads in sorted({1, available_threads()}):
            for name, img in (("good", good), ("bad", bad)):
                share = 2.0 if name == "good" else 0.5
                judge = model.with_threshold(share * model(img).score)
                plan = judge.plan((SIDE, SIDE), threads=threads)
                plan.warmup()
                runs = [plan(img, copy=False) for _ in range(15)]
                ms = statistics.median(r.speed["total"] for r in runs)
                stages = {
                    k: round(statistics.median(r.speed[k] for r in runs), 2) for k in runs[0].speed
                }
                best = min(r.speed["total"] for r in runs)
                per_pixel = plan.nbytes / SIDE**2
                print(
                    f"{'full' if colour else 'grey':6}{threads:8}{name:>7}{ms:8.1f}"
                    f"{SIDE**2 / ms / 1e3:8.1f}{SIDE**2 / best / 1e3:9.1f}{per_pixel:7.2f}   {stages}"
                )
            found = []
            for _ in range(6):
                detection = plan(bad, copy=False)
                start = time.perf_counter()
                count = len(detection.defects or ())
                found.append(1e3 * (time.perf_counter() - start))
            print(
                f"      regions of the bad image: {count} found in {statistics.median(found):.1f} ms"
            )
    if options.fit:
        steps = [0]
        images = [np.ascontiguousarray(np.roll(tile, (17 * i, 31 * i), (0, 1))) for i in range(100)]
        begin = time.perf_counter()
        TextureModel().fit(images, progress=lambda done, _: steps.__setitem__(0, done))
        print(
            f"fit, 100 images of 1 Mpx, {os.cpu_count()} cores: {time.perf_counter() - begin:.1f} s, "
            f"{steps[0]} steps of progress"
        )


if __name__ == "__main__":
    main()
