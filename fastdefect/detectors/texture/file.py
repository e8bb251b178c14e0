"""The texture model's file: one JSON document with a version, read without trusting it.

All that the model learned is a few hundred numbers, so a text that a person can read and compare does. Nothing in
it is executed, and its size and every type, length and range are checked before an array is made.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.calibration.threshold import Calibration, Tail
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.errors import ArgumentTypeError, FastDefectError, ModelFileError, OutputError
from fastdefect.operations.texture import FittedTexture

FORMAT = "fastdefect texture model"
VERSION = 3
# What version 2 called three settings.
_RENAMED = {"knee": "side_onset", "weight": "side_weight", "clip": "background_clip_sigma"}
# A profile of a row of 262,144 pixels takes 1.8 MB; everything else 2 kB.
MOST_BYTES = 4 * 2**20
MOST_COLUMNS = 2**18


def write_model(path: str | os.PathLike[str], content: dict[str, Any]) -> None:
    """Write beside, then rename: a reader finds the old file or the new one, whole."""
    if not isinstance(path, (str, os.PathLike)):
        raise ArgumentTypeError(
            f"path: expected a file name, received {type(path).__name__}; pass a str or Path"
        )
    target = Path(path)
    text = json.dumps({"format": FORMAT, "version": VERSION, **content}, indent=1, allow_nan=False)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_text(text + "\n", encoding="utf-8")
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(
            f"path: expected a place to write the model, received {target} ({error.strerror}); "
            "choose an existing, writable folder"
        ) from error


def read_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the document and check format and version."""
    target = Path(path)
    try:
        with target.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ModelFileError(
            f"path: expected a model file, received {target} ({error.strerror}); "
            "give the file that TextureModel.save wrote"
        ) from error
    if len(data) > MOST_BYTES:
        raise _bad(target, f"more than {MOST_BYTES} bytes")
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad(target, f"no readable document ({type(error).__name__})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _bad(target, "another kind of file")
    if content.get("version") == 2 and isinstance(content.get("params"), dict):
        settings = content["params"]
        content["params"] = {_RENAMED.get(name, name): settings[name] for name in settings}
        content["version"] = VERSION
    if content.get("version") != VERSION:
        raise _bad(
            target, f"version {str(content.get('version'))[:20]}, this fastdefect reads {VERSION}"
        )
    return content


def pack_constants(constants: FittedTexture) -> dict[str, Any]:
    """Constants as plain numbers; float32 survives the way through decimal digits unchanged."""
    packed: dict[str, Any] = {}
    for field in fields(constants):
        value = getattr(constants, field.name)
        packed[field.name] = value.tolist() if hasattr(value, "tolist") else value
    return packed


Rest = tuple[int | None, float, float | None]


def unpack(
    path: Any, content: dict[str, Any]
) -> tuple[TextureParams, FittedTexture | None, Calibration | None, Rest]:
    """Checked params, constants, calibration, and (channels, threshold, mask threshold) of a document."""
    try:
        settings = _mapping(content, "params")
        params = TextureParams(**{**settings, "scales": tuple(settings["scales"])})
        found, learned = content["calibration"], content["constants"]
        constants = None if learned is None else _constants(_mapping(content, "constants"), params)
        calibration = None if found is None else _calibration(_mapping(content, "calibration"))
        channels = None if content["channels"] is None else integer(content, "channels", 1, 3)
        mask = (
            None
            if content["mask_threshold"] is None
            else number(content, "mask_threshold", 0, 1e305)
        )
        return (
            params,
            constants,
            calibration,
            (channels, number(content, "threshold", 0, 1e305), mask),
        )
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise _bad(path, f"a wrong entry ({str(error)[:200]})") from error


def pack_calibration(calibration: Calibration | None) -> dict[str, Any] | None:
    """Calibration as plain numbers."""
    return None if calibration is None else asdict(calibration)


def number(content: dict[str, Any], name: str, least: float, most: float) -> float:
    """A finite number of a range."""
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise ModelFileError(f"{name} is not a number from {least:g} to {most:g}")
    return float(value)


def integer(content: dict[str, Any], name: str, least: int, most: int) -> int:
    """An integer of a range."""
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelFileError(f"{name} is not an integer from {least} to {most}")
    return value


def _constants(content: dict[str, Any], params: TextureParams) -> FittedTexture:
    same = {"colour": params.colour, "geometric": params.geometric, "window": params.window}
    if (
        any(content[name] != value for name, value in same.items())
        or tuple(content["scales"]) != params.scales
    ):
        raise ModelFileError("params and constants disagree")
    profile = content["profile"]
    if profile is not None:
        profile = _numbers(content, "profile", None, 0, 22713, np.int16)
    return FittedTexture(
        colour=params.colour,
        geometric=params.geometric,
        window=params.window,
        scales=params.scales,
        clips=_numbers(content, "clips", 3, 1, 5000, np.int32),
        grey_weights=_numbers(content, "grey_weights", 4, 0, 1e6, np.float32),
        chroma_weights=_numbers(content, "chroma_weights", 4, 0, 1e6, np.float32),
        line_clip=integer(content, "line_clip", 1, 2700),
        line_weight=np.float32(number(content, "line_weight", 0, 1e6)),
        bar_clip=integer(content, "bar_clip", 1, 1350),
        bar_weights=_numbers(content, "bar_weights", 2, 0, 1e6, np.float32),
        energy_clip=integer(content, "energy_clip", 1, 32767),
        energy_neutral=integer(content, "energy_neutral", 1, 32767),
        energy_floor=np.float32(number(content, "energy_floor", 1e-3, 1e6)),
        energy_gains=_numbers(content, "energy_gains", 2, 0, 1e6, np.float32),
        energy_weights=_numbers(content, "energy_weights", 2, 0, 1e6, np.float32),
        side_gain=np.float32(number(content, "side_gain", 0, 100)),
        side_offset=np.float32(number(content, "side_offset", 0, 100)),
        bar_gains=_numbers(content, "bar_gains", 2, 0, 100, np.float32),
        bar_offsets=_numbers(content, "bar_offsets", 2, 0, 100, np.float32),
        profile=profile,
    )


def _calibration(content: dict[str, Any]) -> Calibration:
    tail = _mapping(content, "tail")
    low, high = _numbers(content, "interval", 2, 0, 1e300, np.float64)
    return Calibration(
        tail=Tail(
            location=number(tail, "location", -100, 1000),
            scale=number(tail, "scale", 0, 1000),
            shape=number(tail, "shape", -0.5, 0.5),
            share=number(tail, "share", 1e-9, 1),
        ),
        images=integer(content, "images", 1, 2**40),
        groups=integer(content, "groups", 1, 2**40),
        false_alarms=number(content, "false_alarms", 0, 1),
        threshold=number(content, "threshold", 0, 1e305),
        interval=(float(low), float(high)),
    )


def _numbers(
    content: dict[str, Any], name: str, count: int | None, least: float, most: float, dtype: Any
) -> Any:
    values = content[name]
    limit = MOST_COLUMNS if count is None else count
    if (
        not isinstance(values, list)
        or len(values) > limit
        or (count is not None and len(values) != count)
    ):
        raise ModelFileError(f"{name} is not a list of {count or 'numbers'}")
    for value in values:
        whole = np.issubdtype(dtype, np.integer)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ModelFileError(f"{name} holds something that is no number")
        if not (least <= value <= most and math.isfinite(value)):
            raise ModelFileError(f"{name} holds a number beyond {least:g} ... {most:g}")
    return np.array(values, dtype)


def _mapping(content: dict[str, Any], name: str) -> dict[str, Any]:
    value = content[name]
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} is missing")
    return value


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _bad(path: Any, received: str) -> ModelFileError:
    return ModelFileError(
        f"path: expected a texture model that this fastdefect wrote, received {path}: {received}; "
        "train again with TextureModel.fit, or load it with the version that saved it"
    )
