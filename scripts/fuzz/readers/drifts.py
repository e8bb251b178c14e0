"""Drift tests: what is read is what the file says, is written again as the same, and takes frames."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from documents import changed, same
from mutation import mutated
from reader import Reader, Seed, WrongError

from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.detectors.calibrating.drift import Drift
from fastdefect.detectors.model_file import digest

_SIDE = 24


def make(folder: Path) -> Reader:
    """The reader of drift tests."""
    random = np.random.default_rng(6)
    images = list(random.integers(90, 160, (8, _SIDE, _SIDE, 3), np.uint8))
    greys = [image[:, :, 0].copy() for image in images]
    scores = random.random(8) + 1
    made = {
        "colour.json": Drift.learn(images, scores),
        "groups.json": Drift.learn(images, scores, [i % 4 for i in range(8)], model="0" * 64),
        "grey.json": Drift.learn(greys, scores),
    }
    alarmed = made["grey.json"]
    dark = ArticleDetector().with_threshold(10**6)
    for image in [greys[0] // 2] * 45:
        alarmed.take(image, dark(image))
    if alarmed.words is None:
        raise WrongError("no alarm in the dark")
    seeds = {}
    for name, drift in made.items():
        drift.save(folder / name)
        seeds[name] = Seed((folder / name).read_bytes())
    document = json.loads(seeds["colour.json"].data)
    seeds["edited.json"] = Seed(json.dumps(document | {"digest": None}).encode())
    seeds["other.json"] = Seed(b'{"format": "another", "version": 1}', good=False)
    seeds["list.json"] = Seed(b"[1]", good=False)
    sources = ("detectors/calibrating/drift_file.py", "detectors/model_file.py", "io/guarded.py")
    return Reader(seeds, _read, _check, sources, _mutate)


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    if chance.random() < 0.8:
        try:
            document = changed(json.loads(data), chance)
            if isinstance(document, dict):
                document["digest"] = digest(document) if chance.random() < 0.7 else None
                return json.dumps(document).encode("utf-8", "replace")
        except (ValueError, RecursionError):
            pass  # no document any more
    return mutated(data, other, chance)


def _read(_which: str, path: Path) -> tuple[Drift, dict[str, Any]]:
    found = Drift.load(path)
    found.save(path.with_name("again.json"))
    return found, json.loads(path.with_name("again.json").read_bytes())


def _check(_which: str, data: bytes, found: tuple[Drift, dict[str, Any]]) -> None:
    drift, again = found
    document = json.loads(data)
    for name in ("model", "channels", "domain", "bounds", "state"):
        if not same(document[name], again[name]):
            raise WrongError(f"{name}: {str(document[name])[:80]} became {str(again[name])[:80]}")
    shape, channels = drift.domain.shape, drift.domain.channels
    if shape[0] * shape[1] > 10**6:
        return  # no frame of that size is made
    image = np.full((*shape, 3)[: 2 + (channels == 3)], 90, np.uint8)
    drift.take(image, ArticleDetector().with_threshold(10**9)(image))
    if drift.words is not None and len(drift.words) > 500:
        raise WrongError("too many words")
