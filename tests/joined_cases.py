"""Joined detectors that several tests share, and images that one part sees better than the other."""

import sys
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from texture_cases import cloth

from fastdefect import TextureModel, write_image
from fastdefect.detectors import Joined, registry

GROUPS = [i // 4 for i in range(24)]
PLUGIN = Path(__file__).parent / "detectors" / "plugin"


@lru_cache(maxsize=1)
def two_textures() -> Joined:
    """The grey texture model joined with the full one."""
    parts = TextureModel(colour=False, window=63), TextureModel(window=63)
    return Joined(*parts).fit([cloth(seed) for seed in range(24)], GROUPS)


@lru_cache(maxsize=1)
def texture_and_spots() -> Joined:
    """The texture model joined with the detector of another package, which tells no scores of its training."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        paths = [Path(folder, f"{seed}.png") for seed in range(24)]
        for seed, path in enumerate(paths):
            write_image(path, cloth(seed))
        announce(patch)
        made = sys.modules["spots"].SpotDetector()
        return Joined(TextureModel(window=63), made).fit(paths, GROUPS)


def announce(patch: pytest.MonkeyPatch) -> None:
    """Install the small package, as far as this process can see."""
    patch.syspath_prepend(str(PLUGIN))
    patch.setitem(registry._BUILT_IN, "spots", "spots:SpotDetector")
    assert "spots" in registry.trainable_kinds()


def coloured(seed: int) -> np.ndarray:
    """A spot of another colour and the same brightness, which the grey model cannot see."""
    image = cloth(seed).astype(np.int64)
    image[30:50, 30:50] += [0, -18, 36]
    return image.astype(np.uint8)


def speck(seed: int) -> np.ndarray:
    """One dark pixel, darker than any good one."""
    image = cloth(seed)
    image[50, 50] = 20
    return image
