"""Areas: pixels of polygons are those whose centres an even-odd count finds inside, pixels of masks those not black."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from documents import HOSTILE, changed
from mutation import mutated
from PIL import Image
from reader import Reader, Seed, WrongError

from fastdefect.io import read_mask
from fastdefect.roi.area import inspected_area, is_area
from readers.image_files import encoded

_SHAPE = 48, 64
_POLYGONS: list[Any] = [
    [[1, 2], [50, 3.5], [30, 40]],
    [[5, 5], [9, 5], [9, 9]],
    [[0, 0], [64, 0], [64, 48], [0, 48]],
    [[10, 10], [50, 40], [50, 10], [10, 40]],
    [[3.25, 7.75], [3.25, 30], [60.5, 30]],
]


def make(folder: Path) -> Reader:
    """The reader of areas."""
    rng = np.random.default_rng(1)
    labels = np.zeros(_SHAPE, np.uint8)
    labels[5:20, 7:40] = 1
    colours = np.zeros((*_SHAPE, 3), np.uint8)
    colours[3:30, 3:30] = (0, 0, 200)
    palette = Image.fromarray(labels, "P")
    palette.putpalette([0, 0, 0, 200, 0, 0])
    palette.save(folder / "palette.png")
    seeds = {
        "list.json": Seed(json.dumps(_POLYGONS[:1]).encode()),
        "polygons.json": Seed(json.dumps({"polygons": _POLYGONS[:2]}).encode()),
        "crossing.json": Seed(json.dumps(_POLYGONS[3:]).encode()),
        "everything.json": Seed(json.dumps(_POLYGONS[2:3]).encode()),
        "nothing.json": Seed(b'{"polygons": []}', good=False),
        "other.json": Seed(b'{"polygon": [], "shapes": []}', good=False),
        "outside.json": Seed(b"[[[0, 0], [65, 0], [9, 9]]]", good=False),
        "two-corners.json": Seed(b"[[[0, 0], [6, 0]]]", good=False),
        "number.json": Seed(b"7", good=False),
        "labels.png": Seed(encoded(".png", labels)),
        "white.png": Seed(encoded(".png", labels * 255)),
        "colours.png": Seed(encoded(".png", colours)),
        "palette.png": Seed((folder / "palette.png").read_bytes()),
        "noise.tif": Seed(encoded(".tif", rng.integers(0, 2, _SHAPE, np.uint8))),
        "bits.pbm": Seed(encoded(".pbm", labels * 255)),
        "full.png": Seed(encoded(".png", labels | 255)),
        "empty.png": Seed(encoded(".png", labels * 0), good=False),
        "of-another-size.png": Seed(encoded(".png", labels[:20]), good=False),
    }
    sources = ("roi/area.py", "io/masks.py", "io/guarded.py")
    return Reader(seeds, _read, _check, sources, _mutate, calls=(_arguments, _masks))


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    if chance.random() < 0.7:
        try:
            return json.dumps(changed(json.loads(data), chance)).encode("utf-8", "replace")
        except (ValueError, RecursionError, TypeError):
            pass  # a mask, or no document any more
    return mutated(data, other, chance)


def _read(_which: str, path: Path) -> Any:
    return inspected_area(_SHAPE, roi=path)


def _check(which: str, data: bytes, inside: Any) -> None:
    found = np.ones(_SHAPE, np.bool_) if inside is None else inside
    sure = np.ones(_SHAPE, np.bool_)
    if which.endswith(".json"):
        value = json.loads(data)
        expected = np.zeros(_SHAPE, np.bool_)
        for polygon in value["polygons"] if isinstance(value, dict) else value:
            chosen, near = _even_odd(np.array(polygon, np.float64))
            expected |= chosen
            sure &= ~near
    else:
        expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).any(axis=2)
    if found.shape != expected.shape or ((found != expected) & sure).any():
        raise WrongError(f"{int((found != expected).sum())} pixels are others than {which} says")


def _even_odd(corners: Any) -> tuple[Any, Any]:
    """Pixels whose centre lies inside a polygon, and those whose centre an edge touches."""
    y, x = np.mgrid[: _SHAPE[0], : _SHAPE[1]] + 0.5
    inside = np.zeros(_SHAPE, np.bool_)
    near = np.zeros(_SHAPE, np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crossing = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            between = (np.minimum(y0, y1) <= y) & (y < np.maximum(y0, y1))
            inside ^= between & (x < crossing)
            near |= (np.abs(crossing - x) < 1e-6) | (np.abs(y - y0) < 1e-9) & (
                np.abs(x - x0) < 1e-9
            )
    return inside, near


def _arguments(_folder: Path, chance: Random) -> None:
    """Values in place of names of files, whatever they are."""
    value: Any = changed(_POLYGONS, chance) if chance.random() < 0.6 else chance.choice(HOSTILE)
    if chance.random() < 0.3 and isinstance(value, list):
        value = [np.array(each, object) for each in value]
    if chance.random() < 0.2:
        value = tuple(value) if isinstance(value, list) else value
    is_area(value)
    first = chance.random() < 0.5
    inspected_area(_SHAPE, value if first else None, None if first else value)


def _masks(folder: Path, chance: Random) -> None:
    """Arrays of every type, some of them masks; and masks read for a shape."""
    shape = chance.choice([_SHAPE, _SHAPE, (48, 63), (48, 64, 3), (0, 0), (64,), (4, 2)])
    mask = np.frombuffer(chance.randbytes(int(np.prod(shape))), np.uint8).reshape(shape) & 1
    value: Any = mask.astype(chance.choice([np.bool_, np.bool_, np.uint8, np.float64, np.int64]))
    is_area(value)
    if chance.random() < 0.3:
        (folder / "mask.png").write_bytes(encoded(".png", np.eye(9, dtype=np.uint8)))
        read_mask(folder / "mask.png", chance.choice([(9, 9), (9, 8), None]))
    inspected_area(_SHAPE, value, chance.choice([None, ~value if value.dtype == bool else None]))
