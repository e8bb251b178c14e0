"""Defects drawn on good images, by which a training that sees none knows when to stop."""

from __future__ import annotations

import numpy as np

from fastdefect.typing import BoolImage, ByteImage

# Share of the light that a defect takes, or adds.
_CONTRAST = 0.25, 0.6
_EACH = 3


def spoiled(image: ByteImage, random: np.random.Generator) -> tuple[ByteImage, BoolImage]:
    """The image with specks, hairs and blotches, and where they are.

    Parameters
    ----------
    image : ndarray of uint8, (H, W) or (H, W, 3)
    random : Generator

    Returns
    -------
    ndarray of uint8, ndarray of bool (H, W)
    """
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    mask = np.zeros((height, width), np.bool_)
    light = np.ones((height, width))
    for index in range(_EACH):
        y, x = random.uniform(0, height), random.uniform(0, width)
        angle = random.uniform(0, np.pi)
        along = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
        across = (rows - y) * np.cos(angle) - (columns - x) * np.sin(angle)
        # a speck, a hair, a blotch: half of its length and width in pixels
        length, breadth = (
            random.uniform(1.5, 4, 2),
            (random.uniform(10, 30), random.uniform(0.6, 1.2)),
            random.uniform(6, 14, 2),
        )[index % 3]
        spot = (along / length) ** 2 + (across / breadth) ** 2 < 1
        change = random.uniform(*_CONTRAST) * (-1 if random.random() < 0.8 else 1)
        light[spot], mask[spot] = 1 + change, True
    lit = image * (light[..., None] if image.ndim == 3 else light)
    return np.rint(lit).clip(0, 255).astype(np.uint8), mask


def precision(scores: np.ndarray, mask: BoolImage) -> float:
    """Average precision of scores, for which higher ones should be those of the mask; 0 where it is empty."""
    order = np.argsort(-scores, axis=None, kind="stable")
    hits = mask.reshape(-1)[order]
    found = np.cumsum(hits)
    total = int(found[-1])
    return float((found / np.arange(1, len(found) + 1))[hits].sum() / total) if total else 0.0
