"""``--drift``: its file read, written back at every end of the run, and said once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fastdefect.errors import ModelFileError
from fastdefect.io.paths import printable

if TYPE_CHECKING:
    from fastdefect.detectors.calibrating.drift import Drift
    from fastdefect.detectors.result import Detection
    from fastdefect.io import PathLike
    from fastdefect.typing import ByteImage


@dataclass(frozen=True)
class DriftState:
    """What a drift test has seen, among the exports of a run."""

    drift: Drift | None

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Nothing: whoever inspects shows it the images."""

    def write(self, path: PathLike) -> Path:
        """Write it."""
        if self.drift is not None:
            self.drift.save(path)
        return Path(path)


def load_drift(path: Path, model: Path, reset: bool) -> Drift:
    """Read the file that ``--drift`` names, and refuse that of another model."""
    from fastdefect.cli.validate.approving import model_bytes
    from fastdefect.detectors.calibrating.drift import Drift
    from fastdefect.evaluation.approval.outcome import file_digest

    try:
        found = Drift.load(path)
    except ModelFileError as error:
        raise ModelFileError(f"--drift: {str(error).removeprefix('path: ')}") from error
    if found.model is not None and found.model != file_digest(model_bytes(model)):
        raise ModelFileError(
            f"--drift: expected the file of this --model, received {path}, which belongs to another; write one with "
            "fastdefect calibrate --drift"
        )
    if reset:
        found.reset()
    return found


def say_drift(drift: Drift | None) -> None:
    """Say on standard error that an alarm stands."""
    if drift is not None and drift.words is not None:
        click.echo(f"Drift: {printable(drift.words)}; mend it, then --drift-reset", err=True)
