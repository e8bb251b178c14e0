"""The texture model without good images: stains on cloth, one visible defect on colour fabrics.

    python -m benchmarks.texture_zero_shot [--data FOLDER]

The boxes of the fabrics' defects were drawn by eye, in pixels of the 256×256 images, as half-open ranges.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.photographs import PLACE, photographs
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.metrics import aupro, average_precision
from fastdefect.io import read_image

# name: what is seen, (x0, x1), (y0, y1)
VISIBLE = {
    "type10cam2": ("damaged patch", (190, 256), (40, 150)),
    "type2cam2": ("white dot", (34, 48), (86, 104)),
    "type4cam2": ("hole at the lower edge", (145, 185), (236, 256)),
    "type6cam2": ("hooked thread", (62, 92), (38, 64)),
    "type8cam1": ("loose slanted thread", (205, 250), (0, 210)),
}


def main() -> None:
    """Print one line per image, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=PLACE)
    data = parser.parse_args().data
    for colour in (True, False):
        model = TextureModel.zero_shot(colour=colour)
        print(f"\nzero-shot, {'full' if colour else 'grey'} model")
        maps, masks, precisions = [], [], []
        for path in sorted((photographs("cloth_stains", data) / "images").iterdir()):
            found = model(read_image(path))
            mask = read_image(path.parents[1] / "masks" / f"{path.stem}.png")[:, :, 0] > 127
            maps.append(found.score_map)
            masks.append(mask)
            if mask.any():
                precisions.append(average_precision(mask.ravel(), found.score_map.ravel()))
                y, x = np.unravel_index(int(found.score_map.argmax()), mask.shape)
                print(
                    f"  {path.name}: score {found.score:6.2f}, AP {precisions[-1]:.3f}, peak on the stain: {mask[y, x]}"
                )
        print(
            f"cloth stains: mean AP per image {np.mean(precisions):.4f}, AUPRO {aupro(maps, masks):.4f}"
        )
        hits = 0
        for path in sorted(photographs("colour_fabric", data).glob("*.png")):
            found = model(read_image(path))
            y, x = (
                int(i)
                for i in np.unravel_index(int(found.score_map.argmax()), found.score_map.shape)
            )
            what, (x0, x1), (y0, y1) = VISIBLE[path.stem]
            hit = x0 <= x < x1 and y0 <= y < y1
            hits += hit
            print(
                f"  {path.name}: peak at x {x}, y {y}; {what} in x {x0}–{x1}, y {y0}–{y1}: {'on it' if hit else 'OFF'}"
            )
        print(f"colour fabrics: peak on the visible defect in {hits} of {len(VISIBLE)}")


if __name__ == "__main__":
    main()
