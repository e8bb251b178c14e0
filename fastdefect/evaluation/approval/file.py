"""The file of an approval: written whole, read without trusting it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from fastdefect.detectors.model_file import digest
from fastdefect.detectors.training.entries import integer, number
from fastdefect.errors import ModelFileError
from fastdefect.evaluation.approval.outcome import CELLS, Outcome
from fastdefect.io import checked_path, plain, read_file, write_text

FORMAT, VERSION = "fastdefect approval", 1
MOST_IMAGES = 1000
# 256 cells of 12 digits take 4 kB an image.
MOST_BYTES = 16 * 2**20
_LONGEST = 4096
_VERDICTS = ("good", "defective", "unusable")
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Approval:
    """What was approved: a model, and what it made of stored images.

    Attributes
    ----------
    kind : str
        The detector's.
    model : str
        SHA-256 of its file.
    threshold : float
    tolerance : float
        That of the detector, see `fastdefect.Detector`.
    ms_per_megapixel : float
        Median over the images, after a warm-up.
    machine : dict
        What it ran on: ``processor``, ``path``, ``threads``, ``versions``.
    images : tuple of Outcome
    """

    kind: str
    model: str
    threshold: float
    tolerance: float
    ms_per_megapixel: float
    machine: dict[str, Any]
    images: tuple[Outcome, ...]


def write(path: str | os.PathLike[str], approval: Approval) -> Path:
    """Write an approval beside, then rename.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    document = json.loads(
        json.dumps(plain({"format": FORMAT, "version": VERSION, **asdict(approval)}))
    )
    return write_text(path, json.dumps({"digest": digest(document), **document}, indent=1) + "\n")


def read(path: str | os.PathLike[str]) -> Approval:
    """Read an approval, all of it checked.

    Raises
    ------
    ModelFileError
        For a missing, foreign, damaged or hostile file.
    """
    target = checked_path("path", path)

    def fault(received: str) -> ModelFileError:
        return ModelFileError(
            f"--against: expected a file that `fastdefect fit --approve` wrote, {target}: {received}"
        )

    data = read_file(target, MOST_BYTES, fault)
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise fault(f"received no readable document ({type(error).__name__})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise fault("received another kind of file")
    if content.get("version") != VERSION or isinstance(content["version"], bool):
        raise fault(
            f"received version {str(content.get('version'))[:20]}, this fastdefect reads {VERSION}"
        )
    if content.get("digest") != digest(content):
        raise fault(
            "received content that does not fit its digest: damaged or edited; approve again"
        )
    try:
        return _unpack(content)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise fault(f"received a wrong entry ({str(error)[:200]}); approve again") from error


def _unpack(content: dict[str, Any]) -> Approval:
    images, machine = content["images"], content["machine"]
    if not isinstance(images, list) or not 0 < len(images) <= MOST_IMAGES:
        raise ModelFileError(f"images is not a list of up to {MOST_IMAGES}")
    if not isinstance(machine, dict):
        raise ModelFileError("machine is missing")
    return Approval(
        kind=_text(content, "kind"),
        model=_sha(content, "model"),
        threshold=number(content, "threshold", 0, 1e305),
        tolerance=number(content, "tolerance", 0, 1),
        ms_per_megapixel=number(content, "ms_per_megapixel", 0, 1e12),
        machine=_machine(machine),
        images=tuple(map(_outcome, images)),
    )


def _machine(machine: Mapping[str, Any]) -> dict[str, Any]:
    versions = machine["versions"]
    if not isinstance(versions, dict) or len(versions) > 100:
        raise ModelFileError("versions is missing")
    return {
        "processor": _text(machine, "processor"),
        "path": _text(machine, "path"),
        "threads": integer(dict(machine), "threads", 1, 2**16),
        "versions": {_short(name): _short(version) for name, version in versions.items()},
    }


def _outcome(entry: Any) -> Outcome:
    if not isinstance(entry, dict) or {*entry} != {field.name for field in fields(Outcome)}:
        raise ModelFileError("an image has other entries")
    cells, mapped = entry["cells"], entry["map_sha256"]
    if not isinstance(cells, list) or len(cells) > CELLS**2:
        raise ModelFileError(f"cells is not a list of up to {CELLS**2} numbers")
    if entry["verdict"] not in _VERDICTS:
        raise ModelFileError(f"verdict is none of {', '.join(_VERDICTS)}")
    return Outcome(
        name=_text(entry, "name"),
        sha256=_sha(entry, "sha256"),
        size=integer(entry, "size", 1, 2**40),
        pixels=_sha(entry, "pixels"),
        score=number(entry, "score", -1e305, 1e305),
        verdict=entry["verdict"],
        map_sha256=None if mapped is None else _sha(entry, "map_sha256"),
        unit=number(entry, "unit", -1e305, 1e305),
        cells=tuple(number({"cells": value}, "cells", -1e305, 1e305) for value in cells),
    )


def _text(content: Mapping[str, Any], name: str) -> str:
    return _short(content[name])


def _short(text: Any) -> str:
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ModelFileError(f"something is no text of at most {_LONGEST} characters")
    return text


def _sha(content: Mapping[str, Any], name: str) -> str:
    if not isinstance(content[name], str) or not _SHA.fullmatch(content[name]):
        raise ModelFileError(f"{name} is no SHA-256")
    return str(content[name])


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")
