"""The file of a drift test: bounds and state, so that a run goes on where the last one stood."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

import numpy as np

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.drift import BLOCK, DriftAlarm, DriftBounds, DriftTest
from fastdefect.detectors.calibrating.frames import FIRST
from fastdefect.detectors.model_file import bad_model, read_model, write_model
from fastdefect.detectors.training.document import domain_of, packed_fields
from fastdefect.detectors.training.entries import integer, mapping, number, numbers
from fastdefect.errors import FastDefectError, ModelFileError
from fastdefect.kernels.domain import FAR

FORMAT, VERSION = "fastdefect drift", 1
_MOST = 2**53
_SHA = re.compile(r"[0-9a-f]{64}")


class Content(NamedTuple):
    """What the file holds, see `fastdefect.detectors.calibrating.drift.Drift`."""

    test: DriftTest
    domain: Domain
    model: str | None
    left_out: int


def write(path: str | os.PathLike[str], content: Content) -> None:
    """Write it, unless `read` would refuse it."""
    test = content.test
    bounds, alarm = test.bounds, test.alarm
    packed: dict[str, Any] = {
        "model": content.model,
        "channels": content.domain.channels,
        "domain": packed_fields(content.domain),
        "bounds": {
            "low": bounds.low.tolist(),
            "high": bounds.high.tolist(),
            "centre": bounds.centre.tolist(),
            "false_alarms": bounds.false_alarms,
            "frames": bounds.frames,
            "groups": bounds.groups,
        },
        "state": {
            "frames": test.frames,
            "left_out": content.left_out,
            "sums": test.sums.tolist(),
            "alarm": None
            if alarm is None
            else {
                "frame": alarm.frame,
                "statistic": alarm.statistic,
                "means": alarm.means.tolist(),
            },
        },
    }
    write_model(path, FORMAT, VERSION, packed, lambda document: unpack(path, document))


def read(path: str | os.PathLike[str]) -> Content:
    """Read it, all of it checked."""
    return unpack(path, read_model(path, FORMAT, VERSION))


def unpack(path: Any, content: dict[str, Any]) -> Content:
    """Checked content of a document."""
    try:
        channels = integer(content, "channels", 1, 3)
        if channels == 2:
            raise ModelFileError("channels is neither 1 nor 3")
        domain = domain_of(mapping(content, "domain"), channels)
        if not domain.limit > 0 or min(domain.shape) <= FAR:
            raise ModelFileError("domain has no limit, or is of a smaller image than is measured")
        count = FIRST + domain.frame.shape[1]
        model = content["model"]
        if model is not None and not (isinstance(model, str) and _SHA.fullmatch(model)):
            raise ModelFileError("model is no SHA-256")
        test = DriftTest(_bounds(mapping(content, "bounds"), count))
        state = mapping(content, "state")
        test.frames = integer(state, "frames", 0, _MOST)
        test.sums = numbers(state, "sums", count, -1e9, 1e9, np.float64)
        test.alarm = _alarm(state["alarm"], test.frames, count)
        return Content(test, domain, model, integer(state, "left_out", 0, _MOST))
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


def _bounds(content: dict[str, Any], count: int) -> DriftBounds:
    low, high, centre = (
        numbers(content, name, count, -1e30, 1e30, np.float64) for name in ("low", "high", "centre")
    )
    if not ((low <= high).all() and np.isfinite(centre).all()):
        raise ModelFileError("low lies above high")
    return DriftBounds(
        low,
        high,
        centre,
        false_alarms=number(content, "false_alarms", 1e-6, 0.2),
        frames=integer(content, "frames", BLOCK, 10**9),
        groups=integer(content, "groups", 2, 2**40),
    )


def _alarm(entry: Any, frames: int, count: int) -> DriftAlarm | None:
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise ModelFileError("alarm has no entries")
    return DriftAlarm(
        integer(entry, "frame", BLOCK, max(frames, BLOCK)),
        integer(entry, "statistic", 0, count - 1),
        numbers(entry, "means", count, -1e9, 1e9, np.float64),
    )
