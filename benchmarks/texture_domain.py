"""Frames that are no picture of the material: how many a model passes, and what its domain costs good images.

    python -m benchmarks.texture_domain [--data FOLDER]

FOLDER holds ``paper``, kinds in the MVTec-AD layout, and ``textures``, pictures without defects, of which 96×96 tiles are
cut: every second one trains a model, the others are judged. All models are made for 1 % false alarms. About two minutes on
one core.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.photographs import PLACE, photographs
from fastdefect.detectors.result import Detection
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples
from fastdefect.evaluation.metrics import clopper_pearson
from fastdefect.io import read_image

RATE = 0.01
SIDE = 96
DIM = 0.6
VERDICTS = ("good", "defective", "unusable")
Frame = Callable[[np.ndarray], np.ndarray]


def jpeg(quality: int) -> Frame:
    """What a JPEG file of that quality gives back."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return lambda img: cv2.imdecode(cv2.imencode(".jpg", img, flags)[1], cv2.IMREAD_COLOR)


def times(factor: float) -> Frame:
    """More or less light."""
    return lambda img: np.clip(np.rint(img * factor), 0, 255).astype(np.uint8)


FRAMES: dict[str, Frame] = {
    "black": np.zeros_like,
    "white": lambda img: np.full_like(img, 255),
    "flat": lambda img: np.full_like(img, round(float(img.mean()))),
    "defocused, sigma 3": lambda img: cv2.GaussianBlur(img, (0, 0), 3),
    "defocused, sigma 8": lambda img: cv2.GaussianBlur(img, (0, 0), 8),
    "moved 25 px, rows": lambda img: cv2.blur(img, (25, 1)),
    "moved 25 px, columns": lambda img: cv2.blur(img, (1, 25)),
    "overexposed x3": times(3.0),
}
FILES: dict[str, Frame] = {f"JPEG quality {quality}": jpeg(quality) for quality in (95, 75, 30)}


class Kind:
    """One kind of paper: its model, and its images."""

    def __init__(self, folder: Path, colour: bool) -> None:
        paths = good_paths(folder)
        self.name = folder.name
        self.model = TextureModel(false_alarms=RATE, colour=colour)
        self.model.fit([read_image(path) for path in paths], [group_of(path) for path in paths])
        samples = labelled_samples(folder)
        self.good = [read_image(s.path) for s in samples if not s.is_defective]
        defective = [s for s in samples if s.is_defective]
        self.defective = [
            (img := read_image(s.path), s.read_mask(img.shape[:2])) for s in defective
        ]

    def judge(self, images: list[np.ndarray], frame: Frame = lambda img: img) -> list[Detection]:
        """Results of images that are changed before."""
        plan = self.model.plan(images[0].shape[:2], threads=1)
        return [plan(frame(img)) for img in images]


def counts(found: list[Detection]) -> str:
    """Images of each verdict."""
    number = Counter(each.verdict for each in found)
    return "".join(f"{number[verdict]:11}" for verdict in VERDICTS)


def papers(folder: Path, colour: bool) -> None:
    """Print what the models of all kinds say."""
    kinds = [Kind(path, colour) for path in sorted(folder.iterdir()) if path.is_dir()]
    print(
        f"\npaper, {'full' if colour else 'grey'} model{'':16}"
        + "".join(f"{v:>11}" for v in VERDICTS)
    )
    for name, light in (("good crops", 1.0), ("good crops, 60 % light", DIM)):
        found = [each for kind in kinds for each in kind.judge(kind.good, times(light))]
        print(f"{name:34}{counts(found)}")
    pairs = [
        (each, mask)
        for kind in kinds
        for each, (_, mask) in zip(kind.judge([img for img, _ in kind.defective]), kind.defective, strict=True)
    ]  # fmt: skip
    on_mask = sum(
        each.verdict == "defective" and bool((each.mask & mask).any()) for each, mask in pairs
    )
    print(
        f"{'defective crops':34}{counts([each for each, _ in pairs])}   region on the mask: {on_mask}"
    )
    for name, frame in FRAMES.items():
        print(f"{name:34}{counts([e for kind in kinds for e in kind.judge(kind.good, frame)])}")
    others = [
        e for kind in kinds for other in kinds if other is not kind for e in kind.judge(other.good)
    ]
    print(f"{'another of these papers':34}{counts(others)}")
    for name, frame in FILES.items():
        found = [each for kind in kinds for each in kind.judge(kind.good, frame)]
        bad = [each for each in found if each.verdict != "good"]
        named = sum(any("compression" in note for note in each.notes) for each in bad)
        print(f"{name:34}{counts(found)}   named as compression: {named} of {len(bad)}")


def textures(folder: Path, colour: bool) -> None:
    """Print how many tiles of textures without defects are not good."""
    total, sums = 0, Counter[str]()
    for path in sorted(folder.glob("*.png")):
        img = read_image(path)
        places = [
            (y, x)
            for y in range(0, img.shape[0] - SIDE + 1, SIDE)
            for x in range(0, img.shape[1] - SIDE + 1, SIDE)
        ]
        tiles = [np.ascontiguousarray(img[y : y + SIDE, x : x + SIDE]) for y, x in places]
        if len(tiles[::2]) < 4:  # too few to train on
            continue
        plan = (
            TextureModel(false_alarms=RATE, colour=colour)
            .fit(tiles[::2])
            .plan((SIDE, SIDE), threads=1)
        )
        total += len(tiles[1::2])
        for name, light in (("as is", 1.0), ("60 % light", DIM)):
            sums[name] += sum(plan(times(light)(tile)).verdict != "good" for tile in tiles[1::2])
    model = "full" if colour else "grey"
    for name, hits in sums.items():
        low, high = clopper_pearson(hits, total)
        print(
            f"textures, {model} model, {name}: {hits} of {total} tiles not good (95 %: {low:.1%} ... {high:.1%})"
        )


def cost(folder: Path) -> None:
    """Print the share of a call that the domain takes."""
    path = next(path for path in sorted(folder.iterdir()) if path.is_dir())
    print(f"\n{'cost of the domain':34}{'model':>8}{'us':>8}{'share':>8}")
    for colour in (True, False):
        kind = Kind(path, colour)
        for side in (128, 512, 2048):
            img = np.tile(kind.good[0], (side // 128, side // 128, 1))
            plan = kind.model.plan((side, side), threads=1)
            plan.warmup()
            speeds = [plan(img, copy=False).speed for _ in range(15)]
            domain, whole = (statistics.median(s[n] for s in speeds) for n in ("domain", "total"))
            print(
                f"{f'{side}x{side}':34}{'full' if colour else 'grey':>8}{1e3 * domain:8.1f}{domain / whole:8.2%}"
            )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=PLACE)
    data = parser.parse_args().data
    for colour in (True, False):
        papers(photographs("paper", data), colour)
        textures(photographs("textures", data), colour)
    cost(photographs("paper", data))


if __name__ == "__main__":
    main()
