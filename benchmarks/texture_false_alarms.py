"""False alarms at a nominal rate on generated cloth of unseen rolls, as is and under poor light.

    python -m benchmarks.texture_false_alarms [--materials 20] [--json FILE]

A material is one seed of `bench_images.roll`; a roll of it has other yarns and threads, another dye lot (each
channel within 3 %). Each model learns from 40 rolls with 20 crops each and is asked about 50 unseen rolls with 20
crops each; 20 materials make 20,000 crops. About ten minutes on one core, most of it spent on generating.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench_images import Fabric, roll
from benchmarks.texture_light import relight
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.metrics import clopper_pearson

SIDE = 128
FAR = 10**7


def lot(material: Fabric, seed: int) -> Fabric:
    """Another roll of a material."""
    random = np.random.default_rng(seed)
    blue, green, red = (float(level * random.uniform(0.97, 1.03)) for level in material.colour)
    return replace(material, seed=seed, colour=(blue, green, red))


def crops(fabric: Fabric, count: int, seed: int) -> list[np.ndarray]:
    """Crops from random places of a roll."""
    places = np.random.default_rng(seed).integers(0, FAR, (count, 2))
    return [fabric.window(int(y), int(x), SIDE, SIDE) for y, x in places]


def main() -> None:
    """Print one line per material and method, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--materials", type=int, default=20)
    parser.add_argument("--first", type=int, default=100, help="seed of the first material")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    sums = {colour: np.zeros(3, np.int64) for colour in (False, True)}
    for seed in range(options.first, options.first + options.materials):
        material = roll(seed)
        train = [c for j in range(40) for c in crops(lot(material, 10**6 * seed + j), 20, j)]
        groups = [j for j in range(40) for _ in range(20)]
        test = [c for j in range(50) for c in crops(lot(material, 10**6 * seed + 10**5 + j), 20, j)]
        dark = [relight(c, random, (0.6, 0.6), 0.25) for c in test]
        for colour in (False, True):
            model = TextureModel(false_alarms=0.01, colour=colour).fit(train, groups)
            plan = model.plan((SIDE, SIDE), threads=1)
            alarms = [sum(plan(c).is_defective for c in images) for images in (test, dark)]
            sums[colour] += np.array([*alarms, len(test)])
            low, high = model.threshold_interval or (0.0, 0.0)
            print(
                f"material {seed} {material.weave:15} {'full' if colour else 'grey'}: threshold {model.threshold:.3f} "
                f"({low:.3f} ... {high:.3f}), false alarms {alarms[0] / len(test):.2%}, "
                f"at 60 % light with 25 % shading {alarms[1] / len(test):.2%}",
                flush=True,
            )
    found = {}
    for colour, (plain, poor, count) in sums.items():
        name = "full" if colour else "grey"
        found[name] = {"crops": int(count), "plain": int(plain), "dark": int(poor)}
        for light, hits in (("as is", plain), ("60 % light, 25 % shading", poor)):
            low, high = clopper_pearson(int(hits), int(count))
            print(
                f"{name}, {light}: {hits} of {count} = {hits / count:.2%} (95 %: {low:.2%} ... {high:.2%})"
            )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
