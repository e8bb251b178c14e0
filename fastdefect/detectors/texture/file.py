"""The texture model's file: what is in it, and which types and ranges are believed.

`fastdefect.detectors.model_file` reads and writes the document itself.
"""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from fastdefect.calibration.threshold import Calibration, Tail
from fastdefect.detectors.model_file import bad_model, read_model, write_model
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.errors import FastDefectError, ModelFileError
from fastdefect.operations.texture import FittedTexture

FORMAT = "fastdefect texture model"
VERSION = 3
MOST_COLUMNS = 2**18
# Version 2 is that of fastdefect 0.1.0: the same numbers, three of them under other names.
_NAMES_OF_2 = {"clip": "background_clip_sigma", "knee": "side_onset", "weight": "side_weight"}

Rest = tuple[int | None, float, float | None]
Content = tuple[TextureParams, FittedTexture | None, Calibration | None, Rest]


def write(
    path: str | os.PathLike[str],
    params: TextureParams,
    channels: int | None,
    threshold: float,
    mask_threshold: float | None,
    calibration: Calibration | None,
    constants: FittedTexture | None,
) -> None:
    """Write a trained or zero-shot model."""
    content = {
        "params": {f: getattr(params, f) for f in params.__dataclass_fields__},
        "channels": channels,
        "threshold": threshold,
        "mask_threshold": mask_threshold,
        "calibration": None if calibration is None else asdict(calibration),
        "constants": None if constants is None else pack_constants(constants),
    }
    write_model(path, FORMAT, VERSION, content)


def read(path: str | os.PathLike[str]) -> Content:
    """Read params, constants, calibration, and (channels, threshold, mask threshold), all checked."""
    content = read_model(path)
    if content["format"] != FORMAT:
        raise bad_model(path, "another kind of file")
    version = content.get("version")
    if version not in (2, VERSION):
        raise bad_model(path, f"version {str(version)[:20]}, this fastdefect reads 2 and {VERSION}")
    if version == 2 and isinstance(content.get("params"), dict):
        settings = content["params"].items()
        content["params"] = {_NAMES_OF_2.get(name, name): value for name, value in settings}
        warnings.warn(
            f"{path}: a model file of fastdefect 0.1.0 (version 2), read with its own numbers; it lacks the "
            f"parameter names of version {VERSION}: save the model again to bring the file up",
            UserWarning,
            stacklevel=3,
        )
    return unpack(path, content)


def pack_constants(constants: FittedTexture) -> dict[str, Any]:
    """Constants as plain numbers; float32 survives the way through decimal digits unchanged."""
    packed: dict[str, Any] = {}
    for field in fields(constants):
        value = getattr(constants, field.name)
        packed[field.name] = value.tolist() if hasattr(value, "tolist") else value
    return packed


def unpack(path: Any, content: dict[str, Any]) -> Content:
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
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


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
