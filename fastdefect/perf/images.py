"""Seeded images for parity and timing: what a kernel may get wrong, and something like cloth."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fastdefect.typing import ByteImage

Generator = np.random.Generator
Generate = Callable[[tuple[int, ...], Generator], ByteImage]


def make(kind: str, shape: tuple[int, int], channels: int = 1, seed: int = 0) -> ByteImage:
    """Make one image.

    Parameters
    ----------
    kind : str
        A key of `KINDS`.
    shape : (int, int)
        (H, W) in pixels.
    channels : int
        1 gives (H, W), more give (H, W, channels).
    seed : int
        Same seed, same bytes.

    Returns
    -------
    ndarray of uint8
        C-contiguous.
    """
    full = shape if channels == 1 else (*shape, channels)
    return np.ascontiguousarray(KINDS[kind](full, np.random.default_rng(seed)))


def _noise(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    return rng.integers(0, 256, shape, np.uint8)


def _steps(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    return rng.integers(0, 2, shape, np.uint8) * np.uint8(255)


def _near(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    """Two neighbouring grey levels: Otsu's narrowest split, and the shortcut of nearly flat tiles."""
    return rng.integers(137, 139, shape, np.uint8)


def _specks(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    """Bright with a few dark pixels: the mask of a real defect."""
    return np.where(rng.random(shape) < 0.02, 0, 255).astype(np.uint8)


def _checkerboard(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    """Checkers of one pixel; colour channels alternate too."""
    odd: ByteImage = (np.indices(shape).sum(axis=0) % 2).astype(np.uint8)
    return odd * np.uint8(255)


def _ramp(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    """Wraps at 256, so each row also holds the steepest edge; channels run at different rates."""
    rates = np.array([3, 1, 85][: len(shape)])
    return (np.tensordot(rates, np.indices(shape), 1) % 256).astype(np.uint8)


def _cloth(shape: tuple[int, ...], rng: Generator) -> ByteImage:
    """Plain weave of 7-pixel yarns under uneven light with a dark stain and sensor noise."""
    height, width = shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    weave = np.sin(y * np.float32(2 * np.pi / 7)) * np.sin(x * np.float32(2 * np.pi / 7))
    light = 150 + 25 * (x / width + y / height)
    stain = (y - height / 3) ** 2 + (x - width / 2) ** 2 < (min(height, width) / 12) ** 2
    grey = light + 18 * weave - 70 * stain
    if len(shape) == 3:
        grey = grey[:, :, None] * np.array([0.82, 0.9, 1.0], np.float32)[: shape[2]]
    grey = grey + 5 * rng.standard_normal(shape, np.float32)
    image: ByteImage = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return image


def _flat(level: int) -> Generate:
    def generate(shape: tuple[int, ...], rng: Generator) -> ByteImage:
        return np.full(shape, level, np.uint8)

    return generate


KINDS: Mapping[str, Generate] = {
    "noise": _noise,
    "cloth": _cloth,
    "steps": _steps,
    "near": _near,
    "specks": _specks,
    "checkerboard": _checkerboard,
    "ramp": _ramp,
    "black": _flat(0),
    "grey": _flat(137),
    "white": _flat(255),
}
