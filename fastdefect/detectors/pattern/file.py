"""The pattern model's file: what is in it, and which types and ranges are believed.

`fastdefect.detectors.model_file` reads and writes the document itself.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.model_file import bad_model, read_model, write_model
from fastdefect.detectors.pattern.params import PatternParams
from fastdefect.detectors.training.document import (
    calibration_of,
    domain_of,
    packed_fields,
    settings_of,
)
from fastdefect.detectors.training.entries import integer, mapping, number, numbers
from fastdefect.errors import FastDefectError, ModelFileError
from fastdefect.operations.pattern import FittedPattern, PatternStructure

FORMAT = "fastdefect pattern model"
VERSION = 2
# Sums over a window end at 49 · 24,480, also those of the floors; one over a deviation is at most 1 over the rounding.
_SUM, _FACTOR, _SHIFT = 2**22, 1e6, 1e9


class Content(NamedTuple):
    """What a model file holds.

    Attributes
    ----------
    params : PatternParams
    constants : FittedPattern
    calibration : Calibration
    domain : Domain
    channels : int
    threshold : float
    mask_threshold : float or None
    """

    params: PatternParams
    constants: FittedPattern
    calibration: Calibration
    domain: Domain
    channels: int
    threshold: float
    mask_threshold: float | None


def write(path: str | os.PathLike[str], content: Content) -> None:
    """Write a trained model, unless `read` would refuse it."""
    k = content.constants
    arrays = ("floors", "centre", "factors", "shifts", "offsets", "gains")
    packed = {
        "params": asdict(content.params),
        "channels": content.channels,
        "threshold": content.threshold,
        "mask_threshold": content.mask_threshold,
        "calibration": asdict(content.calibration),
        "domain": packed_fields(content.domain),
        "constants": {name: getattr(k, name).ravel().tolist() for name in arrays},
    }
    write_model(path, FORMAT, VERSION, packed, lambda document: unpack(path, document))


def read(path: str | os.PathLike[str]) -> Content:
    """Read a model, all of it checked."""
    return unpack(path, read_model(path, FORMAT, VERSION))


def unpack(path: Any, content: dict[str, Any]) -> Content:
    """Checked content of a document."""
    try:
        params = PatternParams(**settings_of(content, PatternParams))
        channels = integer(content, "channels", 1, 3)
        if channels == 2:
            raise ModelFileError("channels is neither 1 nor 3")
        mask = content["mask_threshold"]
        return Content(
            params=params,
            constants=_constants(mapping(content, "constants"), params, channels),
            calibration=calibration_of(mapping(content, "calibration")),
            domain=domain_of(mapping(content, "domain"), channels),
            channels=channels,
            threshold=number(content, "threshold", 0, 1e305),
            mask_threshold=None if mask is None else number(content, "mask_threshold", 0, 1e305),
        )
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


def _constants(content: dict[str, Any], params: PatternParams, channels: int) -> FittedPattern:
    structure = PatternStructure.of(params, channels)
    parts, kinds, features = len(structure.windows), params.kinds, structure.features

    def floats(name: str, shape: tuple[int, ...], least: float, most: float) -> Any:
        count = int(np.prod(shape))
        return numbers(content, name, count, least, most, np.float32).reshape(shape)

    return FittedPattern(
        colour=params.colour,
        coarse=params.coarse,
        channels=channels,
        floors=numbers(content, "floors", parts * features, 0, _SUM, np.int32).reshape(
            parts, features
        ),
        centre=floats("centre", (parts, features), -2 * _SUM, 2 * _SUM),
        factors=floats("factors", (parts, kinds, features, features), -_FACTOR, _FACTOR),
        shifts=floats("shifts", (parts, kinds, features), -_SHIFT, _SHIFT),
        offsets=floats("offsets", (parts,), 0, _SHIFT),
        gains=floats("gains", (parts,), 1e-9, 1e3),
    )
