"""Data sets that trained networks are judged on: what is learned from, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from bench_images import Fabric, roll
from benchmarks.pattern_rolls import CONTRASTS, KINDS, good_crops, spoiled
from benchmarks.photographs import PLACE, photographs
from fastdefect.evaluation.dataset import Sample, good_paths, group_of, labelled_samples
from fastdefect.io import write_image

FIRST_ROLL = 9701  # no setting was chosen on these
_PARTS = "train/good", "test/good", "test/defect", "ground_truth/defect"
# Defective crops of a roll: taught ones, from a seed of their own, and judged ones.
_TAUGHT, _JUDGED, _TAUGHT_SEED = 24, 36, 10**6


def papers(place: Path = PLACE) -> list[Path]:
    """Kinds of real paper: good and defective crops of some sheets, half of which are learned from."""
    return sorted(path for path in photographs("paper", place).iterdir() if path.is_dir())


def rolls(target: Path) -> Iterator[Path]:
    """Data sets of three rolls with a weft of another colour, in the MVTec-AD layout."""
    seeds = (
        seed for seed in range(FIRST_ROLL, FIRST_ROLL + 100) if roll(seed).weft_colour is not None
    )
    for seed in islice(seeds, 3):
        material, folder = roll(seed), target / f"{seed}"
        for part in _PARTS:
            (folder / part).mkdir(parents=True)
        for part, shift, name in (("train", 0, ""), ("test", 10**6, "t")):
            crops, stretches = good_crops(material, seed + shift)
            for number, (crop, stretch) in enumerate(zip(crops, stretches, strict=True)):
                write_image(folder / f"{part}/good/{name}{stretch}_{number}.png", crop)
        groups = sorted({group_of(path) for path in good_paths(folder)})
        for number in range(_TAUGHT):
            name = f"{groups[number % len(groups)]}_d{number}"
            _write_defect(folder, name, material, 100 * seed + _TAUGHT_SEED + number, number)
        for number in range(_JUDGED):
            _write_defect(folder, f"t_{number}", material, 100 * seed + number, number)
        yield folder


def _write_defect(folder: Path, name: str, material: Fabric, seed: int, number: int) -> None:
    kind = KINDS[number % len(KINDS)]
    contrast = CONTRASTS[number // len(KINDS) % len(CONTRASTS)]
    image, mask = spoiled(material, kind, seed, contrast)
    write_image(folder / f"test/defect/{name}.png", image)
    write_image(folder / f"ground_truth/defect/{name}.png", mask.astype(np.uint8) * 255)


def split(folder: Path) -> tuple[list[Sample], list[Sample]]:
    """Defective samples of sheets that are learned from, and all samples of the others."""
    sheets = {group_of(path) for path in good_paths(folder)}
    taught, judged = [], []
    for sample in labelled_samples(folder):
        is_taught = sample.is_defective and group_of(sample.path) in sheets
        (taught if is_taught else judged).append(sample)
    return taught, judged
