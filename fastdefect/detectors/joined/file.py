"""The file of joined detectors: the documents of both parts, as each would write it alone, in one.

Each part's document keeps its own format, version and digest, and is read by the detector whose format it is.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.model_file import bad_model, read_model, write_model
from fastdefect.detectors.registry import load_detector
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.detectors.training.document import calibration_of
from fastdefect.detectors.training.entries import mapping, number
from fastdefect.errors import FastDefectError, ModelFileError, OutputError
from fastdefect.io import write_text

FORMAT = "fastdefect joined model"
VERSION = 1


class Content(NamedTuple):
    """What a model file holds.

    Attributes
    ----------
    parts : sequence of ScoreMapDetector
    calibration : Calibration or None
    false_alarms : float
    threshold : float
    mask_threshold : float or None
    """

    parts: Sequence[ScoreMapDetector]
    calibration: Calibration | None
    false_alarms: float
    threshold: float
    mask_threshold: float | None


def write(path: str | os.PathLike[str], content: Content) -> None:
    """Write two trained parts, unless `read` would refuse them."""
    packed = {
        "false_alarms": content.false_alarms,
        "threshold": content.threshold,
        "mask_threshold": content.mask_threshold,
        "calibration": None if content.calibration is None else asdict(content.calibration),
        "parts": [_document(part) for part in content.parts],
    }
    # the parts have been read again already
    write_model(path, FORMAT, VERSION, packed, _own)


def read(path: str | os.PathLike[str]) -> Content:
    """Read two parts, all of them checked."""
    return unpack(path, read_model(path, FORMAT, VERSION))


def unpack(path: Any, content: dict[str, Any]) -> Content:
    """Checked content of a document."""
    try:
        documents = content["parts"]
        if not isinstance(documents, list) or len(documents) != 2:
            raise ModelFileError("parts is not a list of two models")
        parts = [_part(document) for document in documents]
        if len({part.channels for part in parts} - {None}) > 1:
            raise ModelFileError("one part is for grey images, the other for BGR")
        return Content(parts, *_own(content))
    except OutputError:  # the machine's fault, not the file's
        raise
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


def _own(content: dict[str, Any]) -> tuple[Calibration | None, float, float, float | None]:
    """What is of both parts together, checked."""
    found, mask = content["calibration"], content["mask_threshold"]
    return (
        None if found is None else calibration_of(mapping(content, "calibration")),
        number(content, "false_alarms", 1e-6, 0.2),
        number(content, "threshold", 0, 1e305),
        None if mask is None else number(content, "mask_threshold", 0, 1e305),
    )


def _document(part: Any) -> dict[str, Any]:
    """What a part writes, and reads again."""
    with _place() as path:
        part.save(path)
        _loaded(path)
        return read_model(path)


def _part(document: Any) -> ScoreMapDetector:
    """The detector that wrote a document."""
    if not isinstance(document, dict) or document.get("format") == FORMAT:
        raise ModelFileError("a part is no model, or joined itself")
    with _place() as path:
        write_text(path, json.dumps(document))
        return _loaded(path)


def _loaded(path: Path) -> ScoreMapDetector:
    part = load_detector(path)
    if not isinstance(part, ScoreMapDetector) or not part.threshold > 0:
        raise ModelFileError("a part has no map, or a threshold of 0")
    return part


@contextmanager
def _place() -> Iterator[Path]:
    """Where a part's file may stand for a moment: detectors of other packages know files alone."""
    try:
        made = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(
            f"TMPDIR: expected a folder for the files of a joined model's parts, received {error.strerror or error}; "
            "name one that can be written in the environment variable TMPDIR"
        ) from error
    with made as folder:
        yield Path(folder, "part")
