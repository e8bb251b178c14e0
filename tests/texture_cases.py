"""Constants and images that the texture tests share."""

from dataclasses import replace

import numpy as np

from fastdefect.detectors.texture.fit import open_constants
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.operations.texture import FittedTexture, ResidualSums


def constants(seed: int = 0, **settings: object) -> FittedTexture:
    """Plausible constants with random weights."""
    random = np.random.default_rng(seed)
    params = TextureParams(**settings)
    sums = ResidualSums(1, np.array([300.0**2, 120.0**2, 150.0**2]), 900)

    def weights(count: int, low: float, high: float) -> np.ndarray:
        return np.exp(random.uniform(np.log(low), np.log(high), count)).astype(np.float32)

    return replace(
        open_constants(sums, params, None),
        grey_weights=weights(4, 1e-5, 1e-3),
        chroma_weights=weights(4, 1e-5, 1e-3),
        line_weight=weights(1, 1e-5, 1e-3)[0],
        bar_weights=weights(2, 1e-4, 1e-2),
        energy_gains=weights(2, 0.8, 1.2),
        energy_weights=weights(2, 0.5, 4.0),
    )


def image(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Texture with noise, a hot corner, a saturated and a black patch: every branch of the map."""
    random = np.random.default_rng(seed)
    height, width = shape[:2]
    base = (
        120 + 40 * np.sin(np.arange(width) / 3.0)[None, :] + np.linspace(-30, 30, height)[:, None]
    )
    img = base[..., None] + random.normal(0, 12, (height, width, 3)) + np.array([-10, 0, 15])
    img[: height // 5, : width // 5] += 200
    img[height // 2 : height // 2 + 6, width // 2 : width // 2 + 5] = 0
    img = np.clip(img, 0, 255).astype(np.uint8)
    return img if len(shape) == 3 else np.ascontiguousarray(img[:, :, 1])


SHAPE = (96, 112, 3)


def cloth(seed: int, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Even texture without a defect."""
    random = np.random.default_rng(seed)
    noise = random.normal(0, 9, shape) + random.normal(0, 6, shape[:2])[..., None]
    return np.clip(140 + noise + np.array([-15, 0, 20]), 0, 255).astype(np.uint8)


def spoiled(img: np.ndarray) -> np.ndarray:
    out = img.copy()
    out[40:52, 60:70] //= 2
    return out
