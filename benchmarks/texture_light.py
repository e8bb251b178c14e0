"""Changes of light for the texture model's benchmarks: one random brightness and one linear shading per image."""

from __future__ import annotations

import numpy as np


def relight(
    img: np.ndarray, random: np.random.Generator, brightness: tuple[float, float], shading: float
) -> np.ndarray:
    """Multiply by a brightness drawn from a range and by a ramp in a random direction.

    ``shading`` is the most by which the ramp's ends differ, as a share of the middle; the share is drawn from
    0 ... ``shading`` unless brightness is fixed (both ends equal): then it is ``shading`` itself.
    """
    low, high = brightness
    factor = random.uniform(low, high)
    slope = shading if low == high else random.uniform(0.0, shading)
    angle = random.uniform(0.0, 2 * np.pi)
    height, width = img.shape[:2]
    y, x = np.mgrid[:height, :width]
    ramp = (x - (width - 1) / 2) * np.cos(angle) + (y - (height - 1) / 2) * np.sin(angle)
    light = factor * (1.0 + slope * ramp / (ramp.max() - ramp.min()))
    lit = img * (light[..., None] if img.ndim == 3 else light)
    return np.clip(np.rint(lit), 0, 255).astype(np.uint8)
