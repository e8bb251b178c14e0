"""A roll of cloth to try things on: good images to learn from, and a shift with defects in it, all drawn by a seed.

    python -m examples.cloth_folder cloth

Run it in the repository's folder. Makes the folders of MVTec AD: ``train/good`` (4 crops of each of 6 places of the roll,
the place first in the name), ``test/good``, and for each kind of defect ``test/KIND`` with its masks in
``ground_truth/KIND``; and ``shift``, what a camera delivers: good images, some with a defect, and one with the light off.
The same bytes on every machine.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np

import fastdefect
from bench_images import Scene, flaw, roll

KINDS = ("hole", "stain", "blob")
APART = 4000  # pixels from place to place, so that light, unevenness and yarns are others


def good(folder: Path, seed: int, side: int, places: range, crops: int) -> None:
    """Write crops of good cloth, named PLACE_CROP.png."""
    folder.mkdir(parents=True)
    for place in places:
        for crop in range(crops):
            image = roll(seed).window(APART * place, side * crop, side, side)
            fastdefect.write_image(folder / f"{place:02d}_{crop}.png", image)


def defective(data: Path, seed: int, side: int, count: int) -> None:
    """Write images with one defect each, and their masks."""
    for kind in KINDS:
        images, masks = data / "test" / kind, data / "ground_truth" / kind
        images.mkdir(parents=True)
        masks.mkdir(parents=True)
        for number in range(count):
            defect = flaw(kind, seed + number, (side, side))
            scene = Scene((side, side), roll(seed), (defect,))
            fastdefect.write_image(images / f"{number}.png", scene.image())
            fastdefect.write_image(masks / f"{number}_mask.png", scene.mask())


def shift(data: Path, side: int) -> None:
    """Lay good and defective images of the test in a row, with one that shows nothing at its end."""
    folder = data / "shift"
    folder.mkdir()
    chosen = [*sorted((data / "test" / "good").glob("*.png"))[:3]]
    chosen[1:1] = [data / "test" / kind / "0.png" for kind in KINDS]
    for number, path in enumerate(chosen, start=1):
        shutil.copyfile(path, folder / f"frame{number}.png")
    dark = np.zeros((side, side, 3), np.uint8)
    fastdefect.write_image(folder / f"frame{len(chosen) + 1}.png", dark)


def main() -> None:
    """Run as the command line says."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("folder", type=Path, help="to make; it must not exist yet")
    options.add_argument("--seed", type=int, default=9, help="another seed is another cloth")
    options.add_argument("--side", type=int, default=256, help="pixels")
    options.add_argument("--places", type=int, default=6, help="of the roll, to train on")
    options.add_argument("--count", type=int, default=4, help="images of each place and kind")
    chosen = options.parse_args()
    data, seed, side, count = chosen.folder, chosen.seed, chosen.side, chosen.count
    good(data / "train" / "good", seed, side, range(chosen.places), count)
    good(data / "test" / "good", seed, side, range(chosen.places, 2 * chosen.places), 2)
    defective(data, seed, side, count)
    shift(data, side)
    for folder in sorted({path.parent for path in data.rglob("*.png")}):
        print(f"{folder}: {len(list(folder.glob('*.png')))} images")


if __name__ == "__main__":
    main()
