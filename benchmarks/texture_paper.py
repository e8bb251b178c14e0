"""Accuracy on real paper, as is, relit, and inverted, beside a trivial comparator.

    python -m benchmarks.texture_paper [--data FOLDER] [--json FILE]

FOLDER holds kinds in the MVTec-AD layout. Every kind is trained on its own ``train/good`` with one fixed set of
parameters; the comparator is the darkness of a 5×5 mean. About two minutes on one core.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.photographs import PLACE, photographs
from benchmarks.texture_light import relight
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples
from fastdefect.evaluation.run import evaluate
from fastdefect.evaluation.summary import Evaluation, Judged, summarise
from fastdefect.io import read_image

Prepare = Callable[[np.ndarray], np.ndarray]


def darkness(folder: Path, prepare: Prepare) -> Evaluation:
    """The comparator's figures; it learns nothing, so it has no verdicts."""
    judged, maps, masks = [], [], []
    for sample in labelled_samples(folder):
        img = prepare(read_image(sample.path))
        grey = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY).astype(np.float32)
        score = 255 - cv2.blur(grey, (5, 5))
        top = float(np.sort(score, axis=None)[-20:].mean())
        judged.append(Judged(str(sample.path), sample.kind, top, "good", 0.0))
        maps.append(score)
        masks.append(sample.read_mask(img.shape[:2]))
    return summarise(judged, maps, masks, 255.0)


def light(name: str) -> Prepare:
    """What is done to every test image; the inverted ones are also trained on inverted."""
    if name == "relit":
        random = np.random.default_rng(0)
        return lambda img: relight(img, random, (0.6, 1.3), 0.25)
    return (lambda img: 255 - img) if name == "inverted" else (lambda img: img)


def judge(folder: Path, name: str, method: str) -> Evaluation:
    """One kind of paper, one light, one method."""
    if method == "darkness":
        return darkness(folder, light(name))
    paths = good_paths(folder)
    prepare = light(name) if name == "inverted" else light("as is")
    model = TextureModel(colour=method == "full")
    model.fit([prepare(read_image(path)) for path in paths], [group_of(path) for path in paths])
    return evaluate(model, labelled_samples(folder), prepare=light(name))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=PLACE)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    kinds = sorted(path for path in photographs("paper", options.data).iterdir() if path.is_dir())
    rows: list[dict[str, Any]] = []
    for name in ("as is", "relit", "inverted"):
        print(
            f"\n{name}\n{'':22}{'image AUROC':>12}{'pixel AUROC':>12}{'pixel AP':>10}"
            f"{'AUPRO':>8}{'best F1':>9}   alarms   recall"
        )
        for method in ("darkness", "grey", "full"):
            found = [(kind.name, judge(kind, name, method)) for kind in kinds]
            for kind, e in [*found, ("mean", None)]:
                five = ("image_auroc", "pixel_auroc", "pixel_ap", "aupro", "best_f1")
                values = [
                    np.mean([getattr(f, v) for _, f in found]) if e is None else getattr(e, v)
                    for v in five
                ]
                alarms = (
                    [sum(f.false_positives[i] for _, f in found) for i in (0, 1)]
                    if e is None
                    else e.false_positives
                )
                recall = (
                    [sum(f.recall[i] for _, f in found) for i in (0, 1)] if e is None else e.recall
                )
                verdicts = (
                    ""
                    if method == "darkness"
                    else f"  {alarms[0]:3d}/{alarms[1]:<4d} {recall[0]:4d}/{recall[1]}"
                )
                print(
                    f"{method + ' ' + kind:22}"
                    + "{:12.4f}{:12.4f}{:10.3f}{:8.3f}{:9.3f}".format(*values)
                    + verdicts
                )
                row = {"light": name, "method": method, "kind": kind}
                figures = dict(zip(five, map(float, values), strict=True))
                counts = {"false_alarms": list(alarms), "recall": list(recall)}
                rows.append({**row, **figures, **counts})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
