"""The committed images: write them with their manifest, and check them against it."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench_images.catalogue import SCENES, render

#: Where the images and `manifest.json` lie.
FOLDER = Path(__file__).resolve().parent


def describe(name: str, image: np.ndarray, mask: np.ndarray) -> dict[str, Any]:
    """An image's entry in the manifest.

    Returns
    -------
    dict
        name, file and mask (names of files), shape, seed, weave, pattern (or None), the sha256 of the pixels of
        both in C order (not of the files, which depend on the encoder), and the defects with
        their exact boxes (y0, x0, y1, x1), ends exclusive.
    """
    scene = SCENES[name]
    return {
        "name": name,
        "file": f"{name}.png",
        "mask": f"{name}_mask.png",
        "shape": list(image.shape),
        "seed": scene.fabric.seed,
        "weave": scene.fabric.weave,
        "pattern": scene.fabric.pattern,
        "sha256": digest(image),
        "mask_sha256": digest(mask),
        "defects": [
            {"kind": defect.kind, "contrast": defect.contrast, "box": list(box)}
            for defect, box in zip(scene.defects, scene.boxes(), strict=True)
        ],
    }


def digest(pixels: np.ndarray) -> str:
    """The sha256 of an array's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def load(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The entries of the manifest.

    Raises
    ------
    OSError, ValueError
        If there is none, or it is not JSON.
    """
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return entries


def write(folder: Path = FOLDER) -> list[str]:
    """Make every image and mask and the manifest; each file is written beside and renamed.

    Returns
    -------
    list of str
        The names of the images.
    """
    entries = []
    for name in SCENES:
        image, mask = render(name)
        entry = describe(name, image, mask)
        _replace(folder / entry["file"], _png(image))
        _replace(folder / entry["mask"], _png(mask))
        entries.append(entry)
    _replace(folder / "manifest.json", (json.dumps(entries, indent=1) + "\n").encode("utf-8"))
    return [entry["name"] for entry in entries]


def check(folder: Path = FOLDER) -> list[str]:
    """Compare the generator, the manifest and the files.

    Returns
    -------
    list of str
        One sentence for each difference; empty if all agree.
    """
    entries = {entry["name"]: entry for entry in load(folder)}
    faults = [f"{name}: in the manifest, not in the catalogue" for name in entries.keys() - SCENES]
    for name in SCENES:
        image, mask = render(name)
        made = describe(name, image, mask)
        if name not in entries:
            faults.append(f"{name}: not in the manifest")
            continue
        keys = [key for key in made if made[key] != entries[name].get(key)]
        if keys:
            faults.append(
                f"{name}: the manifest differs from what is generated in {', '.join(keys)}"
            )
        for file, flag, pixels in (
            (made["file"], cv2.IMREAD_COLOR, image),
            (made["mask"], cv2.IMREAD_GRAYSCALE, mask),
        ):
            stored = cv2.imread(str(folder / file), flag) if (folder / file).is_file() else None
            if stored is None:
                faults.append(f"{file}: missing or not an image")
            elif stored.shape != pixels.shape or not np.array_equal(stored, pixels):
                faults.append(f"{file}: the pixels differ from what is generated")
    return faults


def _png(pixels: np.ndarray) -> bytes:
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if not done:
        raise OSError("OpenCV could not encode a PNG")
    return encoded.tobytes()


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
