"""A small generated material, good and defective, and networks trained on it, which several tests share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from fastdefect.detectors import detector_class
from fastdefect.detectors.learned import model as learned

KINDS = ("lenet", "autoencoder", "gan", "resnet", "fcn")
SIDE = 64
GROUPS = [index // 2 for index in range(12)]


def require_training() -> None:
    """Skip where a package that trains networks is missing."""
    for package in ("torch", "onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(package, reason=f"{package} is not installed")


def good(seed: int) -> np.ndarray:
    """Grey noise of one material."""
    return np.random.default_rng(seed).normal(140, 8, (SIDE, SIDE)).clip(0, 255).astype(np.uint8)


def bad(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The same with a dark spot of 7 by 7 pixels, and where it is."""
    image, mask = good(1000 + seed), np.zeros((SIDE, SIDE), np.bool_)
    y, x = np.random.default_rng(seed).integers(8, SIDE - 16, 2)
    mask[y : y + 7, x : x + 7] = True
    image[mask] = image[mask] * 0.55
    return image, mask


def taught(kind: str) -> dict[str, Any]:
    """What a kind learns from besides good images."""
    if not detector_class(kind).layout.needs_defects:
        return {}
    pairs = [bad(seed) for seed in range(8)]
    groups = [seed // 2 for seed in range(8)]
    return {
        "defects": [image for image, _ in pairs],
        "masks": [mask for _, mask in pairs],
        "defect_groups": groups,
    }


def train(kind: str, steps: int, **more: Any) -> Any:
    """A detector of a kind, trained for so many steps on one thread."""
    settings = {name: more.pop(name) for name in ("seed", "seconds") if name in more}
    make: Any = detector_class(kind)
    images = [good(seed) for seed in range(12)]
    return make(steps=steps, **settings).fit(images, GROUPS, threads=1, **taught(kind), **more)


@lru_cache(maxsize=5)
def trained(kind: str) -> tuple[Any, Any]:
    """A detector that was trained long enough to tell good from bad, and its network as PyTorch has it."""
    networks = []
    export = learned.exported

    def kept(network: Any, *more: Any) -> bytes:
        networks.append(network)
        return export(network, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learned, "exported", kept)
        detector = train(kind, 30)
    return detector, networks[0]
