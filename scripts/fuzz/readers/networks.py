"""Networks: what loads is what the file says, fits its digest, is saved again as the same, and inspects."""

from __future__ import annotations

import hashlib
import json
import tomllib
import zlib
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from documents import changed, same
from mutation import mutated
from onnx_cases import TOML, darkness, model, outside, tensor
from reader import Reader, Seed, WrongError

import fastdefect
from fastdefect.detectors.learned.kinds import LenetDetector
from fastdefect.detectors.onnx import file, protobuf
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.registry import load_detector
from fastdefect.errors import FastDefectError

_SIDE = 32
_SOURCES = ("detectors/onnx/file.py", "detectors/onnx/protobuf.py", "detectors/onnx/recipe.py")
_NETWORK = darkness()
_TERMS = TOML.format(
    threshold=200.0, more='score = "pred_score"\nmean = [1, 2, 3]\nstd = [1.0, 2.0, 3.0]'
)


def make(folder: Path) -> Reader:
    """The reader of networks: files of this package, and pairs of another program's network and its terms."""
    images = list(
        np.random.default_rng(4).normal(128, 9, (12, _SIDE, _SIDE, 3)).clip(0, 255).astype(np.uint8)
    )
    foreign = fastdefect.OnnxDetector(_NETWORK, Recipe(map="anomaly_map"), 200.0)
    grey = fastdefect.OnnxDetector(
        darkness(weights=(1.0,)), Recipe(map="anomaly_map", colour="grey", halo=2, size=None), 9.5
    )
    sized = Recipe(
        map="anomaly_map", score="pred_score", colour="rgb", size=(24, 40), scale=2, std=(1, 2, 3)
    )
    made: dict[str, Any] = {
        "calibrated.onnx": fastdefect.calibrate(foreign, images).detector,
        "grey.onnx": grey.with_threshold(3.0, mask_threshold=4.0),
        "sized.onnx": fastdefect.OnnxDetector(darkness((24, 40)), sized, 100.0),
    }
    seeds = {}
    for name, detector in made.items():
        detector.save(folder / name)
        seeds[name] = Seed((folder / name).read_bytes())
    content = file.read(folder / "calibrated.onnx", file.FORMAT)
    file.write(folder / "lenet.onnx", LenetDetector.format, _as_trained(content))
    seeds["lenet.onnx"] = Seed((folder / "lenet.onnx").read_bytes())
    seeds["foreign.onnx"] = Seed(_NETWORK)
    seeds["terms.toml"] = Seed(_TERMS.encode())
    weights = tensor("weights", np.zeros(3))
    seeds["elsewhere.onnx"] = Seed(model(weights, outside("more", 4)), good=False)
    seeds["no-graph.onnx"] = Seed(b"\x08\x08", good=False)
    seeds["text.onnx"] = Seed(b"an image?", good=False)
    return Reader(seeds, _read, _check, _SOURCES, _mutate, calls=(_save_hostile, _another_kind))


def _as_trained(content: file.Content) -> file.Content:
    """As a training leaves it."""
    return content._replace(settings={"false_alarms": 0.01, "steps": 100, "learned_from": [8, 4]})


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    """Damage of bytes; or another document of one of our files, or other terms, with a digest made anew or the old one."""
    if chance.random() < 0.4:
        return mutated(data, other, chance)
    try:
        network, entries = protobuf.split_metadata(data)
        document = changed(json.loads(entries["fastdefect.model"]), chance)
        text = json.dumps(document).encode("utf-8", "replace")
        digest = _digest(network, text) if chance.random() < 0.8 else entries["fastdefect.digest"]
        return protobuf.with_metadata(
            network, {"fastdefect.model": text, "fastdefect.digest": digest}
        )
    except (ValueError, KeyError, RecursionError):  # none of ours, or no more
        lines = data.split(b"\n")
        chance.shuffle(lines)
        return (
            b"\n".join(lines[chance.randrange(2) :])
            if chance.random() < 0.3
            else mutated(data, other, chance)
        )


def _digest(network: bytes, text: bytes) -> bytes:
    """As our files have it, written down a second time."""
    return b"sha256:" + hashlib.sha256(network + b"\0" + text).hexdigest().encode()


def _read(which: str, path: Path) -> tuple[Any, Any]:
    """Load and save again; of a pair the other file is a good one."""
    if which == "foreign.onnx":
        path.with_suffix(".toml").write_text(_TERMS, "utf-8")
    if which == "terms.toml":
        path = path.with_suffix(".onnx")
        path.write_bytes(_NETWORK)
    detector: Any = load_detector(path)
    again = path.with_name("again.onnx")
    try:
        detector.save(again)
    except fastdefect.ArgumentValueError as error:
        raise WrongError(f"loaded and cannot be saved: {error}") from error
    return detector, load_detector(again)


def _check(which: str, data: bytes, found: tuple[Any, Any]) -> None:
    detector, again = found
    if type(detector) is not type(again) or any(
        getattr(detector, name) != getattr(again, name)
        for name in ("network", "recipe", "threshold", "settings")
    ):
        raise WrongError("what was saved is read as another")
    if which == "terms.toml":
        document = tomllib.loads(data.decode())
        document["recipe"] = document.pop("network")
    else:
        network, entries = protobuf.split_metadata(data)
        if detector.network != network:
            raise WrongError("another network than the file's")
        text = entries.get("fastdefect.model")
        document = tomllib.loads(_TERMS) if text is None else json.loads(text)
        if text is None:
            document["recipe"] = document.pop("network")
        elif entries.get("fastdefect.digest") != _digest(network, text):
            raise WrongError("loaded though its digest is another's")
    if not same(document["threshold"], detector.threshold):
        raise WrongError(f"threshold: {document['threshold']} became {detector.threshold}")
    packed = detector.recipe.packed()
    for name, value in document["recipe"].items():
        if value is not None and not same(
            value if isinstance(packed[name], list) is isinstance(value, list) else [value],
            packed[name],
        ):
            raise WrongError(f"{name}: {value} became {packed[name]}")
    # changed networks are ONNX Runtime's to judge, and not promised
    if detector.network in (_NETWORK, darkness(weights=(1.0,)), darkness((24, 40))):
        _inspects(detector, zlib.crc32(data))


def _inspects(detector: Any, number: int) -> None:
    """A result, or an error of the package."""
    noise = np.random.default_rng(number).integers(90, 160, (_SIDE, _SIDE, 3), np.uint8)
    image = noise if detector.channels == 3 else np.ascontiguousarray(noise[:, :, 0])
    try:
        result = detector(image, threads=1)
    except FastDefectError:
        return
    if not np.isfinite(result.score) and not result.is_defective:
        raise WrongError(f"a score of {result.score} passes")


def _another_kind(folder: Path, chance: Random) -> None:
    """A file of another kind than the one asked for."""
    fastdefect.OnnxDetector(_NETWORK, Recipe(map="anomaly_map"), 1.0).save(folder / "a.onnx")
    LenetDetector.load(folder / "a.onnx")
    raise WrongError("a network of another kind was loaded")


def _save_hostile(folder: Path, chance: Random) -> None:
    """Thresholds and names that load would refuse; what is saved loads."""
    recipe = Recipe(
        map=chance.choice(["anomaly_map", "", "\udcff"]),
        colour=chance.choice(["bgr", "grey", "red"]),
    )
    detector: Any = fastdefect.OnnxDetector(
        _NETWORK, recipe, chance.choice([1.0, 1e306, float("nan"), -1.0])
    )
    detector.save(folder / "saved.onnx")
    if not same(load_detector(folder / "saved.onnx").threshold, detector.threshold):
        raise WrongError("another threshold is read back")
