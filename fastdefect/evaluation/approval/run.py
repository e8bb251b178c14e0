"""An approval made, and one held against what runs today."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.detectors.detector import Detector
from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.evaluation.approval.file import MOST_IMAGES, Approval
from fastdefect.evaluation.approval.outcome import (
    Difference,
    Outcome,
    compare,
    file_digest,
    outcome_of,
)
from fastdefect.evaluation.plans import Plans
from fastdefect.io import exported_name, is_image, read_file, read_image, with_channels

_MOST_BYTES = 2**40  # `read_image` has looked at the file's size before


@dataclass
class Validation:
    """What a comparison with an approval found so far.

    Attributes
    ----------
    approval : Approval
    same_model : bool
        Whether the model's file is the approved one, byte for byte.
    threshold : float
        That of the model today.
    compared : int
        Images that were inspected.
    differences : list of Difference
        One for each image that differs, in the approval's order.
    missing, changed : list of str
        Images of which no file has the content; those of them whose name is there with another content.
    ms_per_megapixel : float
        Median over the images, after a warm-up.
    machine : dict
        As in `Approval`.
    """

    approval: Approval
    same_model: bool
    threshold: float
    machine: dict[str, Any]
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ms_per_megapixel: float = math.nan

    @property
    def outcome(self) -> str:
        """``same``, ``different``, or ``incomplete`` where not every image was compared and none differs."""
        # one that stands beside a model's file may be another
        moved = self.compared > 0 and self.threshold != self.approval.threshold
        if self.differences or not self.same_model or moved:
            return "different"
        return "same" if self.compared == len(self.approval.images) else "incomplete"


def approve(
    detector: Detector,
    model: bytes,
    images: Sequence[tuple[str, Path]],
    machine: dict[str, Any],
    *,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Approval:
    """Run a detector on images, and keep what it makes of them.

    Parameters
    ----------
    detector : Detector
        As it was loaded from its file.
    model : bytes
        That file.
    images : sequence of (str, Path)
        Names and files; of equal files the first.
    machine : dict
        What it runs on, see `Approval`.
    threads : int, optional
    progress : callable, optional
        Called with (images done, images in all).

    Returns
    -------
    Approval

    Raises
    ------
    ArgumentValueError
        For no image or too many, or one that the detector does not take.
    ImageReadError
        For a file that is no image.
    """
    if not 0 < len(images) <= MOST_IMAGES:
        raise ArgumentValueError(
            f"images: expected 1 to {MOST_IMAGES} images to approve, received {len(images)}; name some"
        )
    outcomes: dict[str, Outcome] = {}
    inspect = _Inspector(detector, threads)
    for index, (name, path) in enumerate(images):
        found = inspect(name, path)
        if not math.isfinite(found.score):
            raise ArgumentValueError(
                f"{path}: expected a score, received {found.score}; approve another detector"
            )
        outcomes.setdefault(found.sha256, found)
        if progress is not None:
            progress(index + 1, len(images))
    return Approval(
        kind=detector.kind,
        model=file_digest(model),
        threshold=float(inspect.threshold),
        tolerance=detector.tolerance,
        ms_per_megapixel=inspect.milliseconds,
        machine=machine,
        images=tuple(outcomes.values()),
    )


def validate(
    detector: Detector,
    model: bytes,
    approval: Approval,
    folder: Path,
    machine: dict[str, Any],
    *,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    found: Callable[[Validation], object] | None = None,
) -> Validation:
    """Hold what a detector makes of the approved images against the approval.

    Parameters
    ----------
    detector, model, machine, threads, progress
        As for `approve`.
    approval : Approval
    folder : Path
        Where the images lie, at any depth and under any names; they are known by their content.
    found : callable, optional
        Given the result at the start; it grows as images are compared, and is whole also where the work is stopped.

    Returns
    -------
    Validation

    Notes
    -----
    What another machine may answer is the detector's `tolerance` at the time of the approval: 0 for all whose arithmetic is
    the package's own, of integers and of float32 in one order.
    """
    result = Validation(approval, file_digest(model) == approval.model, math.nan, machine)
    if found is not None:
        found(result)
    places, names = find_images(folder, approval.images)
    inspect = _Inspector(detector, threads)
    for index, approved in enumerate(approval.images):
        path = places.get(approved.sha256)
        if path is None:
            there = any(_are_one(approved.name, name) for name in names)
            (result.changed if there else result.missing).append(approved.name)
        else:
            try:
                now = inspect(approved.name, path)
            except (ImageReadError, ArgumentValueError) as error:
                result.differences.append(
                    Difference(approved.name, f"inspected then, refused now: {error}")
                )
            else:
                difference = compare(approved, now, approval.threshold, approval.tolerance)
                if difference is not None:
                    result.differences.append(difference)
            result.compared += 1
            result.threshold, result.ms_per_megapixel = inspect.threshold, inspect.milliseconds
        if progress is not None:
            progress(index + 1, len(approval.images))
    return result


def find_images(folder: Path, wanted: Iterable[Outcome]) -> tuple[dict[str, Path], set[str]]:
    """Image files below a folder by the SHA-256 of their content, of those that are wanted; and the names of all in it.

    Only files of the wanted sizes are read.
    """
    sizes, digests = zip(*((each.size, each.sha256) for each in wanted), strict=True)
    found: dict[str, Path] = {}
    seen: set[str] = set()
    for top, folders, names in os.walk(folder):
        folders.sort()
        for path in sorted(Path(top, name) for name in names):
            if not is_image(path):
                continue
            seen.add(exported_name(path.relative_to(folder).as_posix()))
            try:
                data = (
                    read_file(path, max(sizes), ImageReadError)
                    if path.stat().st_size in sizes
                    else b""
                )
            except OSError:  # gone, or not permitted: an image that is missing is said later
                continue
            digest = file_digest(data)
            if digest in digests:
                found.setdefault(digest, path)
    return found, seen


def _are_one(name: str, other: str) -> bool:
    """Whether two names of a file may be seen from two folders; one that only ends alike is another file."""
    return name == other or name.endswith(f"/{other}") or other.endswith(f"/{name}")


class _Inspector:
    """Inspects files with warm plans; keeps the times."""

    def __init__(self, detector: Detector, threads: int | None) -> None:
        self._detector, self._plans = detector, Plans(detector, threads)
        self._times: list[float] = []
        self.threshold = math.nan

    def __call__(self, name: str, path: Path) -> Outcome:
        image = read_image(path)
        data = read_file(path, _MOST_BYTES, lambda received: ImageReadError(f"{path}: {received}"))
        shown = with_channels(image, self._detector.channels)
        height, width = shown.shape[:2]
        plan, new = self._plans((height, width))
        if new:
            plan.warmup()
        found = plan(shown)
        self._times.append(found.speed["total"] / (height * width / 1e6))
        self.threshold = float(found.threshold)
        return outcome_of(exported_name(name), data, image, found)

    @property
    def milliseconds(self) -> float:
        """Median per megapixel; nan before the first image."""
        return float(np.median(self._times)) if self._times else math.nan
