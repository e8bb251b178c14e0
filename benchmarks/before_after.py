"""Two checkouts against each other, each in processes of its own, in turns: medians of processor time and of ratios.

    python -m benchmarks.before_after OTHER_CHECKOUT [--rounds 5]
    python -m benchmarks.before_after OTHER_CHECKOUT --cold    a first `fastdefect detect`, nothing compiled yet

Both run under this Python, on one thread, with a kernel cache of their own that a first round fills. Above 1 means that this
checkout is faster. Results are not compared here: the tests of both hold their bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from fastdefect.io import write_image

# Names that both checkouts have: what a user calls.
WORK = r"""
import json, time
import numpy as np
import fastdefect


def cloth(side, seed):
    random = np.random.default_rng(seed)
    y, x = np.indices((side, side))
    weave = 120 + 18 * np.sin(x * 0.9) * np.sin(y * 0.8)
    image = weave[..., None] + random.normal(0, 9, (side, side, 3))
    image[side // 3 : side // 3 + 20, side // 2 : side // 2 + 60] -= 60
    return image.clip(0, 255).astype(np.uint8)


def milliseconds(call, count):
    call()
    times = []
    for _ in range(count):
        start = time.thread_time()
        call()
        times.append(1e3 * (time.thread_time() - start))
    return sorted(times)[count // 2]


found = {}
for side, count in ((64, 100), (512, 7), (1024, 5)):
    image = cloth(side, 3)
    grey = np.ascontiguousarray(image[:, :, 0])
    engine = fastdefect.Engine((side, side), threads=1)
    engine.warmup(stages=True)
    calls = {
        "engine, copy=False": lambda: engine(image, copy=False),
        "detect": lambda: fastdefect.detect(image, threads=1),
        "detect and defects": lambda: fastdefect.detect(image, threads=1).defects.to_dict(),
        "fab_defect_detect": lambda: fastdefect.fab_defect_detect(image, threads=1),
    }
    quick = {
        "dilate": lambda: fastdefect.dilate(grey, 5, threads=1),
        "box_blur": lambda: fastdefect.box_blur(grey, 16, threads=1),
        "bgr_to_hsv": lambda: fastdefect.bgr_to_hsv(image, threads=1),
        "otsu_threshold": lambda: fastdefect.otsu_threshold(grey, threads=1),
    }
    for name, call in calls.items():
        found[f"{name}, {side}"] = milliseconds(call, count)
    for name, call in quick.items():
        found[f"{name}, {side}"] = milliseconds(call, 60)
good, image = [cloth(128, seed) for seed in range(12)], cloth(1024, 3)
for colour in (False, True):
    plan = fastdefect.TextureModel(colour=colour).fit(good, threads=1).plan((1024, 1024), threads=1)
    plan.warmup()
    name = "texture, full" if colour else "texture, grey"
    found[f"{name}, copy=False, 1024"] = milliseconds(lambda: plan(image, copy=False), 7)
    found[f"{name}, 1024"] = milliseconds(lambda: plan(image), 7)
print(json.dumps(found))
"""


def main() -> None:
    """Print a line for each call."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cold", action="store_true", help="only the start without compiled kernels"
    )
    options = parser.parse_args()
    here = Path(__file__).parents[1]
    rows: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as caches:
        work = _cold if options.cold else _run
        for number in range(options.rounds + 1):
            if options.cold and not number:
                continue  # the round that fills the caches
            order = (options.other, here) if number % 2 else (here, options.other)
            took = {place: work(place, Path(caches)) for place in order}
            for name, before in took[options.other].items() if number else ():
                rows.setdefault(name, []).append((before, took[here][name]))
    for name, pairs in rows.items():
        before, after = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratios = sorted(before / after for before, after in pairs)
        print(
            f"{name:32}{before:10.4f} ms{after:10.4f} ms  times as fast {statistics.median(ratios):.3f} "
            f"({ratios[0]:.3f} - {ratios[-1]:.3f})"
        )


def _cold(place: Path, folder: Path) -> dict[str, float]:
    """Processor milliseconds of all threads of ``fastdefect detect`` with an empty kernel cache."""
    image = folder / "cloth.png"
    if not image.exists():
        random = np.random.default_rng(3)
        cloth = random.normal(120, 12, (256, 256, 3))
        cloth[80:100, 120:180] -= 60
        write_image(image, cloth.clip(0, 255).astype(np.uint8))
    with tempfile.TemporaryDirectory() as empty:
        environment = os.environ | {"PYTHONPATH": str(place), "NUMBA_CACHE_DIR": f"{empty}/cache"}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "fastdefect", "detect", str(image)]
        subprocess.run(command, env=environment, cwd=empty, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"fastdefect detect, cold": 1e3 * spent}


def _run(place: Path, caches: Path) -> dict[str, float]:
    cache = caches / str(abs(hash(place)))
    environment = os.environ | {"PYTHONPATH": str(place), "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", WORK],
        env=environment,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{place}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
