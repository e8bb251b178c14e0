"""Two detectors joined at one rate of false alarms, beside each alone: verdicts on cloth of two colours and on paper.

    python -m benchmarks.joined [--data FOLDER] [--json FILE]

Thresholds are those of a nominal 1 %, from groups left out: stretches of a roll, sheets of paper. Rolls and crops are those
of `benchmarks.pattern_rolls`; paper, where FOLDER has its kinds in the MVTec-AD layout, is judged on other sheets than it is
learned from. An alarm is a good image that is not good; found is a defective one that is *defective*. Four minutes on one
core.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pattern_rolls import CONTRASTS, GROUPS, KINDS, good_crops, material_of, spoiled
from benchmarks.photographs import PLACE, photographs
from fastdefect.detectors.estimator import Estimator
from fastdefect.detectors.joined.model import Joined
from fastdefect.detectors.pattern.model import PatternModel
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples
from fastdefect.io import read_image

Images = list[np.ndarray]
Set = tuple[Images, list[Any], Images, Images]
MODELS: dict[str, Callable[[], Estimator]] = {
    "texture": TextureModel,
    "pattern": PatternModel,
    "joined": lambda: Joined(TextureModel(), PatternModel()),
}


def cloth(name: str) -> Set:
    """Good crops with their stretches, other good ones, and 72 with a defect."""
    seed, material = material_of(name)
    good, stretches = good_crops(material, seed)
    others, _ = good_crops(material, seed + 10**6)
    bad = [
        spoiled(material, kind, seed * 100 + i, CONTRASTS[i % len(CONTRASTS)])[0]
        for kind in KINDS
        for i in range(12)
    ]
    return good, stretches, others, bad


def paper(folder: Path) -> Set:
    """The same of a kind of paper; groups are sheets."""
    paths = good_paths(folder)
    samples = labelled_samples(folder)
    return (
        [read_image(path) for path in paths],
        [group_of(path) for path in paths],
        [read_image(sample.path) for sample in samples if sample.kind == "good"],
        [read_image(sample.path) for sample in samples if sample.kind != "good"],
    )


def materials(data: Path) -> Iterator[tuple[str, str, Callable[[], Set]]]:
    """Group, name, and how its images are made."""
    for name in GROUPS["two colours"]:
        yield "two colours", name, lambda name=name: cloth(name)
    kinds = sorted(path for path in data.iterdir() if path.is_dir()) if data.is_dir() else []
    for folder in kinds:
        yield "paper", folder.name, lambda folder=folder: paper(folder)


def row_of(model: Estimator, others: Images, bad: Images) -> dict[str, int]:
    """Verdicts of a trained model."""
    verdicts = [[model(image, threads=1).verdict for image in images] for images in (others, bad)]
    return {
        "alarms": sum(verdict != "good" for verdict in verdicts[0]),
        "good": len(others),
        "found": sum(verdict == "defective" for verdict in verdicts[1]),
        "defective": len(bad),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=PLACE)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    print(f"{'material':28}{'model':20}{'alarms':>9}{'found':>9}")
    for group, name, made in materials(photographs("paper", options.data)):
        good, groups, others, bad = made()
        for kind, make in MODELS.items():
            model = make().fit(good, groups, threads=1)
            rows.append(
                {"group": group, "material": name, "model": kind, **row_of(model, others, bad)}
            )
            print(_line(name, rows[-1]), flush=True)
    for group in dict.fromkeys(row["group"] for row in rows):
        for kind in MODELS:
            own = [row for row in rows if (row["group"], row["model"]) == (group, kind)]
            total = {
                key: sum(row[key] for row in own)
                for key in ("alarms", "good", "found", "defective")
            }
            print(_line(f"{group}, {len(own)} together", {"model": kind, **total}))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _line(label: str, row: dict[str, Any]) -> str:
    alarms, found = (f"{row[a]}/{row[b]}" for a, b in (("alarms", "good"), ("found", "defective")))
    return f"{label:28}{row['model']:20}{alarms:>9}{found:>9}"


if __name__ == "__main__":
    main()
