"""The approval that a training writes: which images it runs on, and on what machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fastdefect.cli.progress import Bar
from fastdefect.errors import ArgumentValueError, ModelFileError
from fastdefect.io.paths import printable

_EACH = 12  # good images, and as many of DATA/test
MOST_MODEL = 2**34  # bytes of a model's file; `load_detector` has looked at it before


def write_approval(
    target: Path, model: Path, data: Path, good: Sequence[Path], threads: int | None
) -> None:
    """Run the model that stands in a file, and write what it makes of images; say so."""
    from fastdefect.detectors.registry import load_detector
    from fastdefect.evaluation.approval import file
    from fastdefect.evaluation.approval.run import approve

    images = [*_spread(good), *_spread(_tested(data))]
    named = [
        (str(path.relative_to(data)) if path.is_relative_to(data) else path.name, path)
        for path in images
    ]
    with Bar(len(images), "approving") as bar:
        found = approve(
            load_detector(model),
            model_bytes(model),
            named,
            machine(threads),
            threads=threads,
            progress=bar.at,
        )
    file.write(target, found)
    click.echo(f"approval   {printable(target)}, {len(found.images)} images")


def machine(threads: int | None) -> dict[str, Any]:
    """What a model runs on here."""
    from fastdefect.kernels._numba import cpu_path
    from fastdefect.perf.machine import describe
    from fastdefect.tiling.workers import available_threads

    facts = describe(threads or available_threads())
    return {
        "path": cpu_path(),
        **{name: facts[name] for name in ("processor", "threads", "versions")},
    }


def model_bytes(path: Path) -> bytes:
    """A model's file."""
    from fastdefect.io import read_file

    return read_file(
        path,
        MOST_MODEL,
        lambda received: ModelFileError(f"MODEL: expected a model file, {path}: {received}"),
    )


def _tested(data: Path) -> list[Path]:
    """Images of DATA/test, where there is such a folder."""
    from fastdefect.evaluation import labelled_samples

    try:
        return [sample.path for sample in labelled_samples(data)]
    except ArgumentValueError:
        return []


def _spread(paths: Sequence[Path]) -> list[Path]:
    """Some of them, evenly."""
    count = min(_EACH, len(paths))
    return [paths[place * len(paths) // count] for place in range(count)]
