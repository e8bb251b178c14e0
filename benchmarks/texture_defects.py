"""What the texture model sees: image AUROC and recall on generated defects of known kind and contrast.

    python -m benchmarks.texture_defects [--materials 10] [--json FILE]

Each material is one roll of `bench_images` of one dye, 256×256 crops; a model learns from 60 good ones and ranks 30 other
good ones against 12 with one defect, per kind and contrast; the tables give means over materials, recall at the threshold
for 1 % false alarms. About six minutes on one core, most of it spent on generating. ``--patterned`` makes the tables for
cloth of two colours, which the model is not for.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import numpy as np

from bench_images import Fabric, Scene, flaw, roll
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.metrics import auroc

KINDS = ("colour spot", "smoothed", "broken yarn", "slub", "hair", "blob")
CONTRASTS = (0.2, 0.4, 0.6, 0.8, 1.0)
SIDE = 256
FAR = 10**7


def is_patterned(fabric: Fabric) -> bool:
    """Whether yarns of two colours make a pattern: stripes, checks, or a weft of another colour."""
    return fabric.stripe_colour is not None or fabric.weft_colour is not None


def spoiled(fabric: Fabric, kind: str, seed: int, contrast: float) -> np.ndarray:
    """A crop with one defect, at a place of its own on the roll."""
    y, x = (int(i) for i in np.random.default_rng(seed).integers(0, FAR, 2))
    defect = flaw(kind, seed, (SIDE, SIDE), contrast)
    moved = replace(defect, y=defect.y + y, x=defect.x + x)
    return Scene((FAR + SIDE, FAR + SIDE), fabric, (moved,)).window(y, x, SIDE, SIDE)


def main() -> None:
    """Print one table per model."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--materials", type=int, default=10)
    parser.add_argument("--first", type=int, default=200, help="seed of the first material")
    parser.add_argument("--patterned", action="store_true", help="cloth of two colours instead")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[tuple[bool, str, float], list[float]] = {}
    recalls: dict[tuple[bool, str, float], list[float]] = {}
    seeds = (s for s in count(options.first) if is_patterned(roll(s)) == options.patterned)
    for seed in islice(seeds, options.materials):
        material = roll(seed)
        places = np.random.default_rng(seed).integers(0, FAR, (90, 2))
        good = [material.window(int(y), int(x), SIDE, SIDE) for y, x in places]
        models = {c: TextureModel(colour=c).fit(good[:60]) for c in (False, True)}
        fine = {c: [m(img, threads=1).score for img in good[60:]] for c, m in models.items()}
        for kind in KINDS:
            for contrast in CONTRASTS:
                images = [spoiled(material, kind, seed * 100 + i, contrast) for i in range(12)]
                for colour, model in models.items():
                    bad = [model(i, threads=1).score for i in images]
                    scores = np.array(fine[colour] + bad)
                    value = auroc(np.arange(len(scores)) >= 30, scores)
                    found.setdefault((colour, kind, contrast), []).append(value)
                    recall = float(np.mean(np.array(bad) > model.threshold))
                    recalls.setdefault((colour, kind, contrast), []).append(recall)
        print(f"material {seed}: {material.weave}", flush=True)
    for colour in (False, True):
        name = "full" if colour else "grey"
        for figure, values in (("image AUROC", found), ("recall", recalls)):
            print(f"\n{name} model, {figure}, mean (worst material)")
            print(f"{'contrast':14}" + "".join(f"{c:>16}" for c in CONTRASTS))
            for kind in KINDS:
                cells = [values[colour, kind, c] for c in CONTRASTS]
                print(f"{kind:14}" + "".join(f"{np.mean(c):9.3f} ({min(c):.2f})" for c in cells))
    if options.json:
        rows = [
            {"full": k[0], "kind": k[1], "contrast": k[2], "auroc": v, "recall": recalls[k]}
            for k, v in found.items()
        ]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
