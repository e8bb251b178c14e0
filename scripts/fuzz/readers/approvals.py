"""Approvals: what is read is what the file says and fits its digest, is written again as the same, and can be compared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from documents import changed, same
from mutation import mutated
from reader import Reader, Seed, WrongError

from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.errors import ArgumentValueError
from fastdefect.evaluation.approval import file
from fastdefect.evaluation.approval.outcome import compare
from fastdefect.evaluation.approval.run import approve, find_images

_MACHINE = {"processor": "any", "path": "avx2", "threads": 2, "versions": {"numpy": "2.0"}}


def _photo(number: int) -> bytes:
    """A picture of noise."""
    image = np.random.default_rng(number).integers(0, 255, (9 + 31 * number, 40, 3), np.uint8)
    return bytes(cv2.imencode(".png", image)[1])


def _approved(folder: Path, count: int) -> Any:
    """An approval of the article's detector, of pictures that are put into the folder."""
    photos = [(f"{number}.png", folder / f"{number}.png") for number in range(count)]
    for number, (_, path) in enumerate(photos):
        path.write_bytes(_photo(number))
    return approve(ArticleDetector(), b"model", photos, _MACHINE, threads=1)


def make(folder: Path) -> Reader:
    """The reader of approvals."""
    seeds = {}
    for count in (1, 2):
        place = file.write(folder / "approval.json", _approved(folder, count))
        seeds[f"{count}.json"] = Seed(place.read_bytes())
    document = json.loads(seeds["1.json"].data)
    flat = {**document["images"][0], "map_sha256": None, "cells": [], "unit": 0.0}
    seeds["no-map.json"] = Seed(_text(document | {"images": [flat]}))
    seeds["no-image.json"] = Seed(_text(document | {"images": []}), good=False)
    seeds["no-digest.json"] = Seed(json.dumps(document | {"digest": None}).encode(), good=False)
    seeds["other.json"] = Seed(b'{"format": "another"}', good=False)
    seeds["list.json"] = Seed(b"[1]", good=False)
    sources = ("evaluation/approval/file.py", "evaluation/approval/outcome.py", "io/guarded.py")
    return Reader(seeds, _read, _check, sources, _mutate, calls=(_approve_hostile, _compare_others))


def _text(document: dict[str, Any]) -> bytes:
    """A document with its digest, written down a second time."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return json.dumps(
        {"digest": "sha256:" + hashlib.sha256(text.encode()).hexdigest(), **rest}
    ).encode("utf-8", "replace")


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    if chance.random() < 0.8:
        try:
            document = changed(json.loads(data), chance)
            if isinstance(document, dict):
                return _text(document)
        except (ValueError, RecursionError):
            pass  # no document any more
    return mutated(data, other, chance)


def _read(_which: str, path: Path) -> tuple[Any, dict[str, Any]]:
    found = file.read(path)
    return found, json.loads(file.write(path.with_name("again.json"), found).read_bytes())


def _check(_which: str, data: bytes, found: tuple[Any, dict[str, Any]]) -> None:
    approval, again = found
    document = json.loads(data)
    if document["digest"] != json.loads(_text(document))["digest"]:
        raise WrongError("read though its digest is another's")
    for name in again:
        if name not in ("digest", "machine") and not same(document[name], again[name]):
            raise WrongError(f"{name}: {str(document[name])[:80]} became {str(again[name])[:80]}")
    for outcome in approval.images:
        if compare(outcome, outcome, approval.threshold, approval.tolerance) is not None:
            raise WrongError("an image that differs from itself")
    find_images(Path("nowhere"), approval.images)


def _compare_others(folder: Path, chance: Random) -> None:
    """What differs is said, whatever it is; what lies within the tolerance is not."""
    (one,) = _approved(folder, 1).images
    tolerance = chance.choice([0.0, 1e-3])
    others: list[dict[str, Any]] = [
        {"pixels": "0" * 64}, {"score": one.score + 2 * one.unit + 2}, {"map_sha256": None, "cells": ()},
        {"cells": tuple(value + 2 * one.unit + 2 for value in one.cells), "map_sha256": "0" * 64},
        {"verdict": "good" if one.verdict != "good" else "defective"},
    ]  # fmt: skip
    other = replace(one, **chance.choice(others))
    if compare(one, other, one.score + 100 * one.unit + 100, tolerance) is None:
        raise WrongError(f"no difference between {one} and {other}")
    near = replace(one, score=one.score + 1e-6 * one.unit)
    if tolerance and compare(one, near, one.score, tolerance) is not None:
        raise WrongError("a difference within the tolerance")


def _approve_hostile(folder: Path, chance: Random) -> None:
    """No image, or places that take no file."""
    (folder / "0.png").write_bytes(_photo(0))
    made = approve(ArticleDetector(), b"", [("0.png", folder / "0.png")] * 2, _MACHINE, threads=1)
    if len(made.images) != 1:
        raise WrongError("a repeat counts twice")
    (folder / "taken").mkdir()
    file.write(folder / chance.choice(["saved.json", "none/saved.json", "taken", "x" * 300]), made)
    try:
        approve(ArticleDetector(), b"", [], _MACHINE)
    except ArgumentValueError:
        return
    raise WrongError("approved without an image")
