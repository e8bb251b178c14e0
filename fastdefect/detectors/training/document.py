"""What every trained model's file holds: numbers that were learned, the calibration, the domain of the good images."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration, Tail
from fastdefect.detectors.training.entries import integer, mapping, number, numbers
from fastdefect.errors import ModelFileError
from fastdefect.kernels.domain import GREY_STATISTICS, STATISTICS


def packed_fields(learned: Any) -> dict[str, Any]:
    """A dataclass of what was learned as plain numbers; float32 survives the way through decimal digits unchanged."""
    packed: dict[str, Any] = {}
    for field in fields(learned):
        value = getattr(learned, field.name)
        packed[field.name] = value.tolist() if hasattr(value, "tolist") else value
    return packed


def settings_of(content: dict[str, Any], params: Any) -> dict[str, Any]:
    """Settings for each field of a dataclass of parameters; a default in place of one would be another model."""
    settings = mapping(content, "params")
    lacks = [each.name for each in fields(params) if each.name not in settings]
    if lacks:
        raise ModelFileError(f"params lack {', '.join(lacks)}")
    return settings


def calibration_of(content: dict[str, Any]) -> Calibration:
    """The calibration that a document has, checked."""
    tail = mapping(content, "tail")
    low, high = numbers(content, "interval", 2, 0, 1e300, np.float64)
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


def domain_of(content: dict[str, Any], channels: int | None) -> Domain:
    """The domain that a document has, checked."""
    count = STATISTICS if channels == 3 else GREY_STATISTICS
    if content["channels"] != channels:
        raise ModelFileError("channels of model and domain disagree")
    height, width = numbers(content, "shape", 2, 1, 2**31, np.int64)
    darkest, brightest = numbers(content, "mean", 2, 0, 255, np.float64)
    rows = content["frame"]
    if not isinstance(rows, list) or len(rows) != 3 + count:
        raise ModelFileError(f"frame is not a list of {3 + count} rows")
    frame = np.array(
        [numbers({"frame": row}, "frame", count, -1e6, 1e6, np.float64) for row in rows]
    )
    if not (frame[1] >= 0).all() or not (frame[2] >= 1e-3).all():
        raise ModelFileError("frame holds a slack below 0 or a spread below 0.001")
    return Domain(
        shape=(int(height), int(width)),
        channels=integer(content, "channels", 1, 3),
        pixels=integer(content, "pixels", 0, 2**40),
        frame=frame,
        limit=number(content, "limit", 0, 1e300),
        false_alarms=number(content, "false_alarms", 0, 1),
        mean=(float(darkest), float(brightest)),
        white=number(content, "white", 0, 1),
        black=number(content, "black", 0, 1),
        levels=number(content, "levels", 0, 1),
    )
