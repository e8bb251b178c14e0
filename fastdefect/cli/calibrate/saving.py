"""A calibrated model written whole, and read back: a file of another package keeps what that package writes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.errors import ModelFileError

if TYPE_CHECKING:
    from fastdefect.detectors.calibrating.run import Calibrated

# Far more than any model has; the file was written a moment ago.
_MOST = 2**40


def save_whole(detector: Any, target: Path) -> Any:
    """Save a detector aside, read it back, and put the file in place of an older one; return what was read.

    Raises
    ------
    ModelFileError
        What it saves does not read back with its threshold; the older file is unchanged.
    """
    from fastdefect.detectors.registry import load_detector
    from fastdefect.io import read_file, write_bytes

    if not hasattr(detector, "save"):
        raise ModelFileError(
            f"MODEL: expected a detector with a save, received one of the kind {detector.kind!r}; "
            "set its threshold in Python with fastdefect.calibrate"
        )
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder, target.name)
        detector.save(aside)
        found = load_detector(aside)
        if getattr(found, "threshold", None) != detector.threshold:
            raise ModelFileError(
                f"MODEL: expected a detector whose file keeps its threshold, received one of the kind "
                f"{detector.kind!r} that reads back another; nothing was written"
            )
        write_bytes(
            target, read_file(aside, _MOST, lambda received: ModelFileError(f"{aside}: {received}"))
        )
    return found


def check_kept(found: Calibrated, read_back: Any) -> None:
    """Say what of a calibration the file does not keep."""
    lost = []
    if found.domain is not None and getattr(read_back, "domain", None) is None:
        lost.append("the domain, so that black or blurred frames pass unseen")
    if getattr(read_back, "calibration", None) is None:
        lost.append("where the threshold comes from")
    if lost:
        click.echo(
            f"Note: a file of the kind {read_back.kind} keeps the threshold, but not {', nor '.join(lost)}.",
            err=True,
        )
