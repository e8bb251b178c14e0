"""The texture model's file: what is in it, and which types and ranges are believed.

`fastdefect.detectors.model_file` reads and writes the document itself.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.model_file import bad_model, read_model, write_model
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.training.document import (
    calibration_of,
    domain_of,
    packed_fields,
    settings_of,
)
from fastdefect.detectors.training.entries import integer, mapping, number, numbers
from fastdefect.errors import FastDefectError, ModelFileError
from fastdefect.operations.texture import FittedTexture

FORMAT = "fastdefect texture model"
VERSION = 4
# Version 2 is that of fastdefect 0.1.0: the same numbers, three of them under other names.
_LACKS = {
    2: "a model file of fastdefect 0.1.0 (version 2), read with its own numbers; it lacks a digest, so that damage to "
    "its numbers goes unseen, the domain of its good images, so that black or blurred frames pass as good, and the "
    "parameter names of today: save the model again for digest and names, train again for the domain",
    3: "a model file of version 3; it lacks a digest, so that damage to its numbers goes unseen, and the domain of its "
    "good images, so that black or blurred frames pass as good: save the model again for the digest, train again for "
    "the domain",
}
_NAMES_OF_2 = {"clip": "background_clip_sigma", "knee": "side_onset", "weight": "side_weight"}


class Content(NamedTuple):
    """What a model file holds.

    Attributes
    ----------
    params : TextureParams
    constants : FittedTexture or None
    calibration : Calibration or None
    domain : Domain or None
    channels : int or None
    threshold : float
    mask_threshold : float or None
    """

    params: TextureParams
    constants: FittedTexture | None
    calibration: Calibration | None
    domain: Domain | None
    channels: int | None
    threshold: float
    mask_threshold: float | None


def write(path: str | os.PathLike[str], content: Content) -> None:
    """Write a trained or zero-shot model, unless `read` would refuse it."""
    params, calibration = content.params, content.calibration
    packed = {
        "params": {f: getattr(params, f) for f in params.__dataclass_fields__},
        "channels": content.channels,
        "threshold": content.threshold,
        "mask_threshold": content.mask_threshold,
        "calibration": None if calibration is None else asdict(calibration),
        "domain": None if content.domain is None else packed_fields(content.domain),
        "constants": None if content.constants is None else packed_fields(content.constants),
    }
    write_model(path, FORMAT, VERSION, packed, lambda document: unpack(path, document))


def read(path: str | os.PathLike[str]) -> Content:
    """Read a model, all of it checked."""
    content = read_model(path)
    if content["format"] != FORMAT:
        raise bad_model(path, "another kind of file")
    version = content.get("version")
    if version not in (*_LACKS, VERSION) or isinstance(version, bool):
        raise bad_model(
            path, f"version {str(version)[:20]}, this fastdefect reads 2, 3 and {VERSION}"
        )
    if version == VERSION and "digest" not in content:
        raise bad_model(path, "a file without its digest")
    if version in _LACKS:
        warnings.warn(f"{path}: {_LACKS[version]}", UserWarning, stacklevel=3)
        content["domain"] = None
    if version == 2 and isinstance(content.get("params"), dict):
        settings = content["params"].items()
        content["params"] = {_NAMES_OF_2.get(name, name): value for name, value in settings}
    found = unpack(path, content)
    if version == VERSION and found.domain is None and found.calibration is not None:
        warnings.warn(
            f"{path}: a trained model with no domain of its good images, so that black or blurred frames pass as "
            "good: train again",
            UserWarning,
            stacklevel=3,
        )
    return found


def unpack(path: Any, content: dict[str, Any]) -> Content:
    """Checked content of a document."""
    try:
        settings = settings_of(content, TextureParams)
        params = TextureParams(**{**settings, "scales": tuple(settings["scales"])})
        learned, found, known = content["constants"], content["calibration"], content["domain"]
        channels = None if content["channels"] is None else integer(content, "channels", 1, 3)
        mask = content["mask_threshold"]
        return Content(
            params=params,
            constants=None
            if learned is None
            else _constants(mapping(content, "constants"), params),
            calibration=None if found is None else calibration_of(mapping(content, "calibration")),
            domain=None if known is None else domain_of(mapping(content, "domain"), channels),
            channels=channels,
            threshold=number(content, "threshold", 0, 1e305),
            mask_threshold=None if mask is None else number(content, "mask_threshold", 0, 1e305),
        )
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


def _constants(content: dict[str, Any], params: TextureParams) -> FittedTexture:
    same = {"colour": params.colour, "geometric": params.geometric, "window": params.window}
    if (
        any(content[name] != value for name, value in same.items())
        or tuple(content["scales"]) != params.scales
    ):
        raise ModelFileError("params and constants disagree")
    profile = content["profile"]
    if profile is not None:
        profile = numbers(content, "profile", None, 0, 22713, np.int16)
    return FittedTexture(
        colour=params.colour,
        geometric=params.geometric,
        window=params.window,
        scales=params.scales,
        clips=numbers(content, "clips", 3, 1, 5000, np.int32),
        grey_weights=numbers(content, "grey_weights", 4, 0, 1e6, np.float32),
        chroma_weights=numbers(content, "chroma_weights", 4, 0, 1e6, np.float32),
        line_clip=integer(content, "line_clip", 1, 2700),
        line_weight=np.float32(number(content, "line_weight", 0, 1e6)),
        bar_clip=integer(content, "bar_clip", 1, 1350),
        bar_weights=numbers(content, "bar_weights", 2, 0, 1e6, np.float32),
        energy_clip=integer(content, "energy_clip", 1, 32767),
        energy_neutral=integer(content, "energy_neutral", 1, 32767),
        energy_floor=np.float32(number(content, "energy_floor", 1e-3, 1e6)),
        energy_gains=numbers(content, "energy_gains", 2, 0, 1e6, np.float32),
        energy_weights=numbers(content, "energy_weights", 2, 0, 1e6, np.float32),
        side_gain=np.float32(number(content, "side_gain", 0, 100)),
        side_offset=np.float32(number(content, "side_offset", 0, 100)),
        bar_gains=numbers(content, "bar_gains", 2, 0, 100, np.float32),
        bar_offsets=numbers(content, "bar_offsets", 2, 0, 100, np.float32),
        profile=profile,
    )
