"""Every detector on one material: ranking, maps, alarms and recall at calibrated thresholds, speed, size.

    python -m benchmarks.detectors_table paper|rolls [--json FILE]

Detectors that learn from good images alone are trained on ``train/good``, with the sheet or stretch of each image as its
group. Each is then calibrated by `fastdefect.calibrate` on these images, at 1 % and at 5 %, and judged on ``test``, which is
of other sheets: defective images of the same sheets are what networks learn from, and left out here for all. Networks of
FASTDEFECT_MODELS have the thresholds of their training.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import fastdefect
from benchmarks.learned_sets import papers, rolls, split
from fastdefect.calibration.domain import DOMAIN_SHARE
from fastdefect.detectors.joined.model import Joined
from fastdefect.detectors.registry import network_kinds
from fastdefect.evaluation.dataset import good_paths, group_of
from fastdefect.evaluation.metrics import clopper_pearson
from fastdefect.evaluation.run import evaluate
from fastdefect.io import read_image, with_channels

RATES = (0.01, 0.05)
RANKS = ("image_auroc", "pixel_auroc", "pixel_ap", "aupro")
CALLS = 7
Make = Callable[[Path], Any]


def _trained(make: Callable[[], Any]) -> Make:
    return lambda folder: make().fit(*_good(folder), threads=1)


def _good(folder: Path) -> tuple[list[Path], list[str]]:
    """Good images and their groups."""
    paths = good_paths(folder)
    return paths, [group_of(path) for path in paths]


def detectors() -> dict[str, Make]:
    """What makes each detector for a material."""
    texture, pattern = fastdefect.TextureModel, fastdefect.PatternModel
    found: dict[str, Make] = {
        "article": lambda folder: fastdefect.ArticleDetector(),
        "zero-shot": lambda folder: texture.zero_shot(),
        "texture": _trained(texture),
        "pattern": _trained(pattern),
        "texture+pattern": _trained(lambda: Joined(texture(), pattern())),
    }
    place = os.environ.get("FASTDEFECT_MODELS")
    for models in sorted(Path(place).iterdir()) if place else []:
        found[models.name] = lambda folder, models=models: fastdefect.load_detector(  # type: ignore[misc]
            models / f"{folder.name}.onnx"
        )
    return found


def judged(name: str, make: Make, folder: Path) -> dict[str, Any]:
    """One detector on one data set."""
    (paths, groups), (_, samples) = _good(folder), split(folder)
    detector = make(folder)
    strict, loose = (_calibrated(detector, paths, groups, rate) for rate in RATES)
    found = evaluate(strict, samples, threads=1)
    good = [
        with_channels(read_image(sample.path), loose.channels)
        for sample in samples
        if not sample.is_defective
    ]
    return {
        "detector": name,
        "kind": folder.name,
        **{rank: getattr(found, rank) for rank in RANKS},
        "alarms 0.01": found.false_positives,
        "alarms 0.05": (
            sum(loose(image, threads=1).verdict != "good" for image in good),
            len(good),
        ),
        "recall 0.01": found.recall,
        "ms": milliseconds(strict, paths[0]),
        "bytes": size(strict),
    }


def _calibrated(detector: Any, paths: list[Path], groups: list[str], rate: float) -> Any:
    """The detector with a threshold by `fastdefect.calibrate`; one that is trained for the rate has that of its training.

    What networks scored in their training is not in their files, its distribution is.
    """
    if detector.kind in network_kinds():
        return detector.with_threshold(detector.calibration.tail.level((1 - DOMAIN_SHARE) * rate))
    if getattr(
        detector, "false_alarms", getattr(getattr(detector, "params", None), "false_alarms", None)
    ) == rate and (getattr(detector, "left_out", None) is not None):
        return detector  # the same, which tests hold
    return fastdefect.calibrate(detector, paths, groups, false_alarms=rate, threads=1).detector


def milliseconds(detector: Any, path: Path) -> float:
    """Processor time of one thread for a megapixel, which other processes do not change."""
    image = with_channels(read_image(path), detector.channels)
    plan = detector.plan(image.shape[:2], threads=1)
    plan.warmup()
    times = []
    for _ in range(CALLS):
        begin = time.thread_time()
        plan(image)
        times.append(time.thread_time() - begin)
    return 1e3 * float(np.median(times)) / (image.shape[0] * image.shape[1] / 1e6)


def size(detector: Any) -> int | None:
    """Bytes of its model file."""
    if not hasattr(detector, "save"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        detector.save(Path(folder, "model"))
        return Path(folder, "model").stat().st_size


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means of the rankings and sums of the counts of one detector's rows."""
    found: dict[str, Any] = {
        name: float(np.mean([row[name] for row in rows])) for name in (*RANKS, "ms")
    }
    for name in ("alarms 0.01", "alarms 0.05", "recall 0.01"):
        found[name] = [sum(row[name][i] for row in rows) for i in (0, 1)]
    sizes = [row["bytes"] for row in rows if row["bytes"] is not None]
    return found | {
        "bytes": float(np.mean(sizes)) if sizes else None,
        "detector": rows[0]["detector"],
    }


def line(label: str, row: dict[str, Any]) -> str:
    """A row of the table."""
    ranks = "".join(f"{row[rank]:8.3f}" for rank in RANKS)
    alarms = "".join(f"{'{}/{}'.format(*row[f'alarms {rate:g}']):>9}" for rate in RATES)
    low, high = clopper_pearson(*row["recall 0.01"])
    recall = f"{'{}/{}'.format(*row['recall 0.01']):>9} ({low:.2f}-{high:.2f})"
    kilobytes = "–" if row["bytes"] is None else f"{row['bytes'] / 1e3:.0f}"
    return f"{label:28}{ranks}{alarms}{recall}{row['ms']:8.1f}{kilobytes:>6}"


_HEADINGS = (
    ("image", "AUROC", 8), ("pixel", "AUROC", 8), ("pixel", "AP", 8), ("", "AUPRO", 8), ("alarms", "at 1 %", 9),
    ("alarms", "at 5 %", 9), ("recall at 1 %", "(95 %)", 21), ("ms per", "Mpx", 8), ("size", "kB", 6),
)  # fmt: skip
HEADER = "\n".join(
    " " * 28 + "".join(f"{heading[row]:>{heading[2]}}" for heading in _HEADINGS) for row in (0, 1)
)


def main() -> None:
    """Print a row for each detector and data set, and one over all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("material", choices=("paper", "rolls"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore", fastdefect.OddImagesWarning)  # each training says the same
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as aside:
        folders = papers() if options.material == "paper" else list(rolls(Path(aside)))
        print(HEADER, flush=True)
        for name, make in detectors().items():
            own = [judged(name, make, folder) for folder in folders]
            for row in own:
                print(line(f"{name} {row['kind']}", row), flush=True)
            rows += own
    print()
    for name in dict.fromkeys(row["detector"] for row in rows):
        print(line(f"{name}, all", summary([row for row in rows if row["detector"] == name])))
    print(
        "\nms: processor time of one thread. alarms: good images of other sheets not called good, thresholds by calibrate."
    )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
