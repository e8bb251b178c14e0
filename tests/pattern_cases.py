"""Constants and images that the pattern tests share."""

import numpy as np

from fastdefect.operations.pattern import FittedPattern, PatternStructure
from fastdefect.reference.pattern import window_sums


def fitted(
    img: np.ndarray, *, colour: bool = True, coarse: bool = True, seed: int = 0, kinds: int = 3
) -> FittedPattern:
    """Plausible constants for an image: around the sums that it has."""
    random = np.random.default_rng(seed)
    structure = PatternStructure(colour=colour, coarse=coarse, channels=3 if img.ndim == 3 else 1)
    sums = window_sums(img, structure)
    parts, count = sums.shape[:2]
    spread = sums.reshape(parts, count, -1).std(2) + 50.0
    factors = np.tril(random.normal(0, 1, (parts, kinds, count, count))) / spread[:, None, None]
    return FittedPattern(
        colour=colour,
        coarse=coarse,
        channels=structure.channels,
        centre=np.rint(sums.mean((2, 3))).astype(np.int32),
        factors=factors.astype(np.float32),
        shifts=random.normal(0, 1, (parts, kinds, count)).astype(np.float32),
        offsets=random.uniform(1, 3, parts).astype(np.float32),
        gains=random.uniform(0.2, 1, parts).astype(np.float32),
    )
