"""What good images are like, written for the drift test of later runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.errors import ArgumentValueError
from fastdefect.io.paths import printable

if TYPE_CHECKING:
    from fastdefect.cli.fit.options import Chosen


def write_drift(target: Path, model: Path, detector: Any, scores: Any, good: Chosen) -> None:
    """Write the drift test of a model that stands in a file; say on how much it rests."""
    from fastdefect.cli.validate.approving import model_bytes
    from fastdefect.detectors.calibrating.drift import Drift
    from fastdefect.evaluation.approval.outcome import file_digest

    if scores is None:
        raise ArgumentValueError(
            f"--drift: expected a detector that tells the scores of its training, received one of the kind "
            f"{detector.kind!r}; the model is written: take fastdefect calibrate --as-is --drift, with images that it "
            "was not trained on"
        )
    found = Drift.learn(
        good.paths,
        scores,
        good.sheets.names,
        good.masks,
        channels=detector.channels,
        model=file_digest(model_bytes(model)),
    )
    found.save(target)
    bounds = found.test.bounds
    click.echo(
        f"drift      {printable(target)}: {100 * bounds.false_alarms:g} % chance of an alarm in {bounds.frames:,} frames of "
        f"unchanged material, from {bounds.groups} groups"
    )
