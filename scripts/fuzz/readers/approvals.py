"""Approvals: what is read is what the file says and fits its digest, is written again as the same, and can be compared."""

from __future__ import annotations

import hashlib
import json
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


def make(folder: Path) -> Reader:
    """The reader of approvals."""
    random = np.random.default_rng(5)
    photos = []
    for number, side in enumerate((9, 40)):
        image = random.integers(0, 255, (side, 40, 3), np.uint8)
        photos.append((f"{number}.png", folder / f"{number}.png"))
        photos[-1][1].write_bytes(bytes(cv2.imencode(".png", image)[1]))
    seeds = {}
    for count in (1, 2):
        made = approve(ArticleDetector(), b"model", photos[:count], _MACHINE, threads=1)
        place = file.write(folder / "approval.json", made)
        seeds[f"{count}.json"] = Seed(place.read_bytes())
    document = json.loads(seeds["1.json"].data)
    flat = {**document["images"][0], "map_sha256": None, "cells": [], "unit": 0.0}
    seeds["no-map.json"] = Seed(_text(document | {"images": [flat]}))
    seeds["no-image.json"] = Seed(_text(document | {"images": []}), good=False)
    seeds["no-digest.json"] = Seed(json.dumps(document | {"digest": None}).encode(), good=False)
    seeds["other.json"] = Seed(b'{"format": "another"}', good=False)
    seeds["list.json"] = Seed(b"[1]", good=False)
    sources = ("evaluation/approval/file.py", "evaluation/approval/outcome.py", "io/guarded.py")
    return Reader(seeds, _read, _check, sources, _mutate, calls=(_approve_hostile,))


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


def _approve_hostile(folder: Path, chance: Random) -> None:
    """No image, or places that take no file."""
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
