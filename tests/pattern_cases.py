"""Constants and images that the pattern tests share."""

import numpy as np

from fastdefect.operations.pattern import FittedPattern, PatternStructure
from fastdefect.reference.pattern import features, window_sums


def fitted(
    img: np.ndarray, *, colour: bool = True, coarse: bool = True, seed: int = 0, kinds: int = 3
) -> FittedPattern:
    """Plausible constants for an image: around the sums that it has."""
    random = np.random.default_rng(seed)
    structure = PatternStructure(colour=colour, coarse=coarse, channels=3 if img.ndim == 3 else 1)
    sums = window_sums(img, structure)
    parts, count = sums.shape[:2]
    floors = random.integers(1, 2000, (parts, count), np.int32)
    found = np.array([features(*pair, structure.logged) for pair in zip(sums, floors, strict=True)])
    spread = found.reshape(parts, count, -1).std(2) + 0.05
    factors = np.tril(random.normal(0, 1, (parts, kinds, count, count))) / spread[:, None, None]
    return FittedPattern(
        colour=colour,
        coarse=coarse,
        channels=structure.channels,
        floors=floors,
        centre=found.mean((2, 3)).astype(np.float32),
        factors=factors.astype(np.float32),
        shifts=random.normal(0, 1, (parts, kinds, count)).astype(np.float32),
        offsets=random.uniform(1, 3, parts).astype(np.float32),
        gains=random.uniform(0.2, 1, parts).astype(np.float32),
    )
