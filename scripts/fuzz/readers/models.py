"""Models: what loads is what the file says, fits its digest, is saved again as the same, and inspects."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from documents import changed, same
from mutation import mutated
from reader import Reader, Seed, WrongError

import fastdefect
from fastdefect.detectors.model_file import write_model
from fastdefect.detectors.registry import load_detector
from fastdefect.errors import FastDefectError

_SIDE = 64
_NAMES_OF_2 = {"background_clip_sigma": "clip", "side_onset": "knee", "side_weight": "weight"}
_SOURCES = (
    "detectors/model_file.py",
    "detectors/joined/file.py",
    "detectors/pattern/file.py",
    "detectors/texture/file.py",
    "detectors/training/document.py",
    "detectors/training/entries.py",
    "io/guarded.py",
)


def make(folder: Path) -> Reader:
    """The reader of models."""
    rng = np.random.default_rng(3)
    images = list(rng.normal(128, 9, (12, _SIDE, _SIDE, 3)).clip(0, 255).astype(np.uint8))
    greys = [np.ascontiguousarray(image[:, :, 0]) for image in images]
    small = {"window": 31, "scales": (1, 3, 5, 9)}
    zero = fastdefect.TextureModel.zero_shot(colour=False, **small)
    models = {
        "colour.json": fastdefect.TextureModel(**small).fit(images),
        "grey.json": fastdefect.TextureModel(colour=False, **small).fit(greys),
        "profile.json": fastdefect.TextureModel(colour=False, column_profile=True, **small).fit(greys),
        "zero-shot.json": zero,
        "frozen.json": zero.freeze(greys[0]),
        "lowered.json": zero.with_threshold(3.0),
        "pattern.json": fastdefect.PatternModel().fit(images),
        "pattern-grey.json": fastdefect.PatternModel(colour=False, coarse=False).fit(greys),
        "joined.json": fastdefect.detectors.Joined(
            fastdefect.TextureModel(colour=False, **small), fastdefect.PatternModel(coarse=False)
        ).fit(images),
    }  # fmt: skip
    seeds = {}
    for name, model in models.items():
        model.save(folder / name)
        seeds[name] = Seed((folder / name).read_bytes())
    document = json.loads(seeds["colour.json"].data)
    seeds |= {name: Seed(_text(each)) for name, each in _older(document).items()}
    seeds["edited.json"] = Seed(_text(document | {"digest": None}))
    seeds["no-domain.json"] = Seed(_text(document | {"digest": None, "domain": None}))
    seeds["no-digest.json"] = Seed(
        _text({k: v for k, v in document.items() if k != "digest"}), good=False
    )
    seeds["other.json"] = Seed(b'{"format": "another program\'s", "version": 4}', good=False)
    seeds["list.json"] = Seed(b"[1, 2]", good=False)
    return Reader(seeds, _read, _check, _SOURCES, _mutate, calls=(_save_hostile, _another_class))


def _older(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same model as earlier versions wrote it."""
    third = {k: v for k, v in document.items() if k not in ("digest", "domain")} | {"version": 3}
    second = copy.deepcopy(third) | {"version": 2}
    second["params"] = {_NAMES_OF_2.get(k, k): v for k, v in second["params"].items()}
    return {"version-3.json": third, "version-2.json": second}


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    """Damage of bytes; or other entries, with a digest of their own, with null as a person writes, or with the old one."""
    if chance.random() < 0.3:
        return mutated(data, other, chance)
    try:
        document = changed(json.loads(data), chance)
        kind = chance.random()
        if isinstance(document, dict) and kind < 0.8 and document.get("version") not in (2, 3):
            _sign(document, None if kind < 0.3 else _digest)
        return _text(document)
    except (ValueError, RecursionError):  # a changed file from before, no document any more
        return mutated(data, other, chance)


def _sign(document: dict[str, Any], made: Callable[[dict[str, Any]], str] | None) -> None:
    """Other digests, of the parts of joined models first."""
    parts = document.get("parts")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict) and "digest" in part:
            part["digest"] = made and made(part)
    document["digest"] = made and made(document)


def _text(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "replace")


def _digest(document: dict[str, Any]) -> str:
    """As model files have it, written down a second time."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _read(_which: str, path: Path) -> tuple[Any, dict[str, Any]]:
    """Load and save again; that a disk takes nothing is an error of the package too."""
    detector: Any = load_detector(path)
    again = path.with_name("again.json")
    try:
        detector.save(again)
    except fastdefect.ArgumentValueError as error:
        raise WrongError(f"loaded and cannot be saved: {error}") from error
    return detector, json.loads(again.read_bytes())


def _check(_which: str, data: bytes, found: tuple[Any, dict[str, Any]]) -> None:
    detector, again = found
    document = json.loads(data)
    claimed = document.get("digest")
    if claimed is not None and claimed != _digest(document):
        raise WrongError("loaded though its digest is another's")
    if again["digest"] != _digest(again):
        raise WrongError("saved with a wrong digest")
    _check_entries(document, again)
    _inspects(detector, zlib.crc32(data))


def _check_entries(document: dict[str, Any], again: dict[str, Any]) -> None:
    """Every entry is saved again as it was read, whatever the kind of the model."""
    settings = document.get("params", {})
    older = document["format"] == fastdefect.TextureModel.format and document["version"] in (2, 3)
    names = (
        {old: new for new, old in _NAMES_OF_2.items()} if older and document["version"] == 2 else {}
    )
    kept = document | {"params": {names.get(name, name): value for name, value in settings.items()}}
    for name in again:
        if name in ("digest", "version") or (name == "domain" and older):
            continue
        if name == "parts":
            for one, other in zip(kept[name], again[name], strict=True):
                _check_entries(one, other)
        elif not same(kept[name], again[name]):
            raise WrongError(f"{name}: {str(kept[name])[:80]} became {str(again[name])[:80]}")


def _inspects(detector: Any, number: int) -> None:
    """A result with a score, or an error of the package; a score that is no number is no pass."""
    noise = np.random.default_rng(number).integers(90, 160, (_SIDE, _SIDE, 3), np.uint8)
    image = noise if detector.channels == 3 else np.ascontiguousarray(noise[:, :, 0])
    try:
        result = detector(image)
    except FastDefectError:
        return
    if not math.isfinite(result.score) and not result.is_defective:
        raise WrongError(f"a score of {result.score} passes")


def _another_class(folder: Path, chance: Random) -> None:
    """A file that names another kind of model than the one asked for."""
    (folder / "kind.json").write_text(
        json.dumps({"format": chance.choice(["another's", "", "texture"])})
    )
    fastdefect.TextureModel.load(folder / "kind.json")
    raise WrongError("a model of another kind was loaded")


def _save_hostile(folder: Path, chance: Random) -> None:
    """Thresholds that load would refuse, places that take no file; what is saved loads."""
    zero = fastdefect.TextureModel.zero_shot()
    place: Any = folder / chance.choice(
        ["saved.json", "none/saved.json", "taken", "a\0.json", "x" * 300]
    )
    (folder / "taken").mkdir()
    thresholds = [1.0, 0.0, 1e305, 1e306, 1e308, 5e-324]
    model = zero.with_threshold(
        chance.choice(thresholds), mask_threshold=chance.choice([None, *thresholds])
    )
    if chance.random() < 0.2:
        # as a detector of another package may
        content = {
            "text": "x" * chance.choice([10, 5_000_000]),
            "share": chance.choice([0.5, math.inf]),
        }
        write_model(place, "another's", 1, content, lambda document: None)
        return
    model.save(place)
    if fastdefect.load_detector(place).threshold != model.threshold:
        raise WrongError("another threshold is read back")
