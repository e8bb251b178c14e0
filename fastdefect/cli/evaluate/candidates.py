"""The detectors that an evaluation compares: of model files, or of kinds that learn from each data set's own good images."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fastdefect.cli.inputs import result_names
from fastdefect.cli.parameters import load_model
from fastdefect.detectors.detector import Detector
from fastdefect.errors import ArgumentValueError


@dataclass(frozen=True)
class Candidate:
    """A detector to be judged.

    Attributes
    ----------
    label : str
        What tables call it.
    place : Path or None
        Its model file, or a folder with one for each data set.
    kind : str or None
        One without a file: as it is made, or trained on each data set where it learns.
    """

    label: str
    place: Path | None
    kind: str | None

    def model_for(self, name: str) -> Path | None:
        """The model file for a data set of this name.

        Raises
        ------
        ArgumentValueError
            There is not exactly one in the folder.
        """
        if self.place is None or not self.place.is_dir():
            return self.place
        fitting = [
            path
            for path in sorted(self.place.iterdir())
            if path.is_file() and name in (path.name, path.stem) and not path.name.startswith(".")
        ]
        if len(fitting) != 1:
            raise ArgumentValueError(
                f"--model: expected one file for {name!r} in {self.place}, found {len(fitting)}; "
                f"name it {name}.model, or name one model for all"
            )
        return fitting[0]


def find_candidates(models: Sequence[Path], kinds: Sequence[str]) -> list[Candidate]:
    """What the command line names, in its order, each under a name of its own; the default detector if nothing is named.

    Raises
    ------
    click.UsageError
        For a kind that there is not, or that has to be trained and does not learn from good images alone.
    """
    from fastdefect.detectors.registry import DEFAULT
    from fastdefect.detectors.registry import kinds as known

    for kind in kinds:
        if kind not in known():
            raise click.UsageError(
                f"--detector: expected one of {', '.join(known())}, received {kind!r}; choose one of these"
            )
    named = list(dict.fromkeys(models))
    wanted = [*dict.fromkeys(kinds)] or ([] if named else [DEFAULT])
    labels = result_names([Path(os.path.realpath(path)) for path in named])
    labels = [f"{label} (file)" if label in wanted else label for label in labels]
    found = [Candidate(label, path, None) for label, path in zip(labels, named, strict=True)]
    return found + [Candidate(kind, None, kind) for kind in wanted]


def load(candidate: Candidate, model: Path | None) -> tuple[Detector | None, int | None]:
    """The detector of a candidate and the bytes of its file; no detector where it is still to be trained."""
    if model is not None:
        return load_model(model), model.stat().st_size
    from fastdefect.detectors import registry

    assert candidate.kind is not None
    if candidate.kind == registry.DEFAULT:
        return registry.default_detector(), None
    if candidate.kind in registry.trainable_kinds():
        return None, None
    try:
        return registry.detector_class(candidate.kind)(), None
    except TypeError as error:
        raise click.UsageError(
            f"--detector: expected a kind that learns from good images alone, received {candidate.kind!r}; "
            "train it with fastdefect fit, and name its file"
        ) from error


def train(kind: str, folder: Path, threads: int | None) -> tuple[Detector, int]:
    """A detector trained on a data set's good images, grouped as `fastdefect fit` does, and the bytes of its file."""
    from fastdefect.cli.fit.training_images import find_good, group_images
    from fastdefect.detectors.registry import detector_class

    paths = find_good(folder, "auto")
    untrained: Any = detector_class(kind)()
    detector = untrained.fit(paths, group_images(paths, "auto").names, threads=threads)
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside, "model")
        detector.save(path)
        return detector, path.stat().st_size
