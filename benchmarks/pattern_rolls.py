"""The pattern model beside the texture model on generated cloth of two colours: ranking, maps, verdicts.

    python -m benchmarks.pattern_rolls [--rolls ROLL ...] [--json FILE]

A roll is a seed of `bench_images.roll`, such as 202, or the seed of one with a named pattern, such as print-21. A model
learns from 30 good crops of 256×256, five from each of six stretches that are left out in turn, and judges 30 others, of
other stretches, and 72 with one defect: six kinds, contrast 0.4 to 1. Settings were chosen on 200, 202, 210, 214, 217 and
238; the others were looked at when they were fixed. About half a minute a roll on one core.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench_images import Fabric, Scene, flaw, roll
from fastdefect.detectors.estimator import Estimator
from fastdefect.detectors.pattern.model import PatternModel
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.metrics import auroc, average_precision

KINDS = ("colour spot", "smoothed", "broken yarn", "slub", "hair", "blob")
CONTRASTS = (0.4, 0.6, 0.8, 1.0)
# Settings were chosen on two rolls of the first line; the others were looked at when they were fixed.
GROUPS = {
    "chosen on": ("202", "210"),
    "two colours": ("7303", "7310", "7327", "9103", "9109", "9125"),
    "stripes and checks": ("stripes-31", "checks-32"),
    "printed": ("print-21", "print-22", "print-33"),
    "one colour": ("203",),
}
SIDE, FAR = 256, 10**7
STRETCHES, CROPS = 6, 5
MODELS = {
    "texture": TextureModel,
    "pattern": PatternModel,
    "pattern, fine part": partial(PatternModel, coarse=False),
}


def good_crops(fabric: Fabric, seed: int) -> tuple[list[np.ndarray], list[int]]:
    """Crops of some stretches of a roll, and the stretch of each."""
    random = np.random.default_rng(seed)
    crops, stretches = [], []
    for stretch, (top, left) in enumerate(random.integers(0, FAR, (STRETCHES, 2))):
        for y, x in random.integers(0, 4 * SIDE, (CROPS, 2)):
            crops.append(fabric.window(int(top + y), int(left + x), SIDE, SIDE))
            stretches.append(stretch)
    return crops, stretches


def spoiled(fabric: Fabric, kind: str, seed: int, contrast: float) -> tuple[np.ndarray, np.ndarray]:
    """A crop with one defect, at a place of its own on the roll, and the defect's mask."""
    y, x = (int(i) for i in np.random.default_rng(seed).integers(0, FAR, 2))
    defect = flaw(kind, seed, (SIDE, SIDE), contrast)
    moved = replace(defect, y=defect.y + y, x=defect.x + x)
    scene = Scene((FAR + SIDE, FAR + SIDE), fabric, (moved,))
    return scene.window(y, x, SIDE, SIDE), scene.mask(y, x, SIDE, SIDE) > 0


def judge(model: Estimator, good: list[np.ndarray], bad: list[Any]) -> dict[str, float]:
    """Ranking, map and verdicts of a trained model."""
    plan = model.plan((SIDE, SIDE), threads=1)
    found = [plan(img) for img in good + [img for img, _ in bad]]
    scores = np.array([f.score for f in found])
    masks = [np.zeros((SIDE, SIDE), bool)] * len(good) + [mask for _, mask in bad]
    return {
        "image_auroc": auroc(np.arange(len(scores)) >= len(good), scores),
        "pixel_ap": average_precision(
            np.array(masks).ravel(), np.concatenate([f.score_map.ravel() for f in found])
        ),
        "alarms": sum(f.is_defective or f.is_unusable for f in found[: len(good)]),
        "good": len(good),
        "found": sum(f.is_defective for f in found[len(good) :]),
        "defective": len(bad),
    }


def material_of(name: str) -> tuple[int, Fabric]:
    """Seed and cloth of a roll's name."""
    patterned, _, seed = name.rpartition("-")
    return int(seed), roll(int(seed), patterned or None)


def rows_of(name: str) -> list[dict[str, Any]]:
    """A row for each model on one roll."""
    seed, material = material_of(name)
    good, stretches = good_crops(material, seed)
    others, _ = good_crops(material, seed + 10**6)
    bad = [
        spoiled(material, kind, seed * 100 + i, CONTRASTS[i % len(CONTRASTS)])
        for kind in KINDS
        for i in range(12)
    ]
    rows = []
    for kind, make in MODELS.items():
        model = make(false_alarms=0.01).fit(good, stretches, threads=1)
        rows.append({"roll": name, "model": kind, **judge(model, others, bad)})
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rolls", nargs="+")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    groups = {"chosen by hand": options.rolls} if options.rolls else GROUPS
    rows: list[dict[str, Any]] = []
    print(f"{'roll':28}{'model':20}{'image AUROC':>12}{'pixel AP':>10}{'alarms':>9}{'found':>9}")
    for group, names in groups.items():
        first = len(rows)
        for name in names:
            rows += rows_of(name)
            for row in rows[-len(MODELS) :]:
                print(_line(f"{name} {material_of(name)[1].weave}", row), flush=True)
        for model in MODELS if len(names) > 1 else ():
            own = [row for row in rows[first:] if row["model"] == model]
            mean = {k: float(np.mean([r[k] for r in own])) for k in ("image_auroc", "pixel_ap")}
            total = {k: sum(r[k] for r in own) for k in ("alarms", "good", "found", "defective")}
            print(_line(f"{group}, {len(own)} rolls", {"model": model, **mean, **total}))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _line(label: str, row: dict[str, Any]) -> str:
    alarms, found = (f"{row[a]}/{row[b]}" for a, b in (("alarms", "good"), ("found", "defective")))
    return f"{label:28}{row['model']:20}{row['image_auroc']:12.3f}{row['pixel_ap']:10.3f}{alarms:>9}{found:>9}"


if __name__ == "__main__":
    main()
