"""Whether the advice of ``fastdefect fit`` names the better detector: generated cloth of every kind, and paper.

    python -m benchmarks.advice [--materials 2] [--first 7500] [--paper FOLDER] [--json FILE]

For each material both detectors learn from 30 good crops of 256×256, five from each of six stretches of the roll, and rank
20 others, of other stretches, against 24 with one defect: six kinds, contrast 0.4 to 1. The better one has the higher image
AUROC, and where these are within 0.05, which is what chance makes of so few images, the higher pixel AP. The limit
`MOST_EVEN` was chosen on seeds from 7400 on. FOLDER holds kinds of paper in the MVTec-AD layout; without it they are left
out. About a minute a material on one core.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from bench_images import PATTERNS, Fabric, Scene, flaw, roll
from benchmarks.pattern_rolls import CONTRASTS, FAR, KINDS, SIDE, good_crops, judge
from benchmarks.texture_defects import is_patterned
from fastdefect.detectors.choice.advice import EVEN, VARIED, advise
from fastdefect.detectors.registry import detector_class
from fastdefect.errors import OddImagesWarning
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples
from fastdefect.evaluation.run import evaluate

PAPER = Path(__file__).parents[2] / "shared" / "data" / "paper"
_NEAR = 0.05

Row = dict[str, Any]
Judge = Callable[[Any], dict[str, float]]


def rolls(first: int, materials: int) -> Iterator[tuple[str, Fabric]]:
    """Rolls of one colour, of two as they come, and of each pattern, so many of each."""
    for name, wanted in (("one colour", False), ("two colours", True)):
        seeds = (seed for seed in count(first) if is_patterned(roll(seed)) == wanted)
        for seed in islice(seeds, materials):
            yield f"{name} {seed}, {roll(seed).pattern or roll(seed).weave}", roll(seed)
    for patterned in PATTERNS:
        for seed in range(first, first + materials):
            fabric = roll(seed, patterned)
            yield f"{seed}, {fabric.pattern}", fabric


def judged_roll(fabric: Fabric) -> tuple[list[np.ndarray], list[int], Judge]:
    """Good crops of a roll, their groups, and what judges a trained detector on others."""
    good, stretches = good_crops(fabric, fabric.seed)
    others, _ = good_crops(fabric, fabric.seed + 10**6)
    bad = []
    for number, kind in enumerate(kind for kind in KINDS for _ in CONTRASTS):
        seed = fabric.seed * 100 + number
        y, x = (int(i) for i in np.random.default_rng(seed).integers(0, FAR, 2))
        defect = flaw(kind, seed, (SIDE, SIDE), CONTRASTS[number % len(CONTRASTS)])
        scene = Scene((FAR + SIDE,) * 2, fabric, (replace(defect, y=defect.y + y, x=defect.x + x),))
        bad.append((scene.window(y, x, SIDE, SIDE), scene.mask(y, x, SIDE, SIDE) > 0))
    return good, stretches, lambda model: judge(model, others[:20], bad)


def judged_paper(folder: Path) -> tuple[list[Path], list[str], Judge]:
    """The same of a kind of paper."""

    def figures(model: Any) -> dict[str, float]:
        found = evaluate(model, labelled_samples(folder), threads=1)
        return {"image_auroc": found.image_auroc, "pixel_ap": found.pixel_ap}

    paths = good_paths(folder)
    return paths, [group_of(path) for path in paths], figures


def row_of(name: str, images: list[Any], groups: list[Any], figures: Judge) -> Row:
    """What the advice says of a material, and what the detectors do."""
    advice = advise(images)
    row: Row = {"material": name, "variation": advice.variation, "advised": advice.kind}
    for kind in (EVEN, VARIED):
        make: Any = detector_class(kind)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", OddImagesWarning
            )  # the table is of detectors, not of images
            row[kind] = figures(make(false_alarms=0.01).fit(images, groups, threads=1))
    apart = row[VARIED]["image_auroc"] - row[EVEN]["image_auroc"]
    if abs(apart) <= _NEAR:
        apart = row[VARIED]["pixel_ap"] - row[EVEN]["pixel_ap"]
    row["better"] = VARIED if apart > 0 else EVEN
    return row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--materials", type=int, default=2, help="of each kind")
    parser.add_argument("--first", type=int, default=7500, help="seed of the first material")
    parser.add_argument("--paper", type=Path, default=PAPER)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    papers = (
        sorted(p for p in options.paper.iterdir() if p.is_dir()) if options.paper.is_dir() else []
    )
    cases = [(f"paper {p.name}", lambda p=p: judged_paper(p)) for p in papers]
    cases += [
        (name, lambda fabric=fabric: judged_roll(fabric))
        for name, fabric in rolls(options.first, options.materials)
    ]
    print(
        f"{'material':34}{'varies':>8}  {'advised':9}{'better':9}  image AUROC / pixel AP: {EVEN}, {VARIED}"
    )
    rows = []
    for name, make in cases:
        row = row_of(name, *make())
        rows.append(row)
        both = ", ".join(
            f"{row[k]['image_auroc']:.3f} / {row[k]['pixel_ap']:.3f}" for k in (EVEN, VARIED)
        )
        print(
            f"{name:34}{100 * row['variation']:6.0f} %  {row['advised']:9}{row['better']:9}  {both}",
            flush=True,
        )
    right = sum(row["advised"] == row["better"] for row in rows)
    print(f"the better detector is advised for {right} of {len(rows)} materials")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
