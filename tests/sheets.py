"""A small kind of generated cloth in MVTec-AD layout, and the command line run on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from bench_images.rolls import flawed, roll
from fastdefect import io
from fastdefect.cli.main import cli

SIDE = 96
SEED = 21


def run(*arguments: object) -> Result:
    """Call ``fastdefect`` in this process."""
    return CliRunner().invoke(cli, [*map(str, arguments)], catch_exceptions=False)


def good_sheet(folder: Path, number: int, crops: int = 3) -> None:
    """Crops of one sheet of the roll, which lies far from the others."""
    fabric = roll(SEED)
    for crop in range(crops):
        image = fabric.window(4000 * number, SIDE * crop, SIDE, SIDE)
        io.write_image(folder / f"{number:02d}_{crop}.png", image)


def kind(data: Path) -> Path:
    """4 good sheets to train on, one to test, and two flawed images with masks."""
    for folder in ("train/good", "test/good", "test/blob", "ground_truth/blob"):
        (data / folder).mkdir(parents=True)
    for number in range(4):
        good_sheet(data / "train" / "good", number)
    good_sheet(data / "test" / "good", 9)
    scene = flawed("blob", SEED, (SIDE, SIDE))
    image, mask = scene.image(), (scene.mask() > 0).astype(np.uint8) * 255
    for name, step in (("1", 1), ("2", -1)):
        io.write_image(data / "test" / "blob" / f"{name}.png", image[:, ::step].copy())
        truth = data / "ground_truth" / "blob" / f"{name}_mask.png"
        io.write_image(truth, mask[:, ::step].copy())
    return data
