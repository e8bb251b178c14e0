"""Detectors with a score map in two passes: the map with its highest values, then the mask.

The mask of an image without a defect is empty whatever its map, so it cannot be made before the score is known. It is a
comparison of what lies in the map's file, 4 bytes a pixel to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.detectors.domain import UNREMARKABLE, Judged
from fastdefect.detectors.lending.lease import Lease
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.errors import ArgumentValueError
from fastdefect.large.layout import BLOCK
from fastdefect.large.programs.digest import detector_digest
from fastdefect.large.programs.domain import Sampler
from fastdefect.large.programs.program import (
    IMAGE,
    Numbers,
    Pass,
    Planes,
    Read,
    Verdict,
    whole_mask,
)
from fastdefect.large.programs.stages import Steps
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, FloatImage, Shape


class ScoreMapProgram:
    """A detector with a score map.

    Parameters
    ----------
    detector : ScoreMapDetector

    Raises
    ------
    ArgumentValueError
        It does not say how the score comes from the map, or learns from each image anew.
    """

    grey = IMAGE

    def __init__(self, detector: ScoreMapDetector) -> None:
        check_parts(detector)
        self._detector = detector
        self.settings = identity_of(detector)
        self.is_exact = not detector.tolerance
        first = Pass(
            "inspecting", (IMAGE,), {"score_map": np.float32}, detector.reach, detector.grid, detector.reach,
            self._plan_map, _Score(detector.highest),
        )  # fmt: skip
        second = Pass(
            "binarizing", ("score_map",), {"mask": np.uint8}, 0, 1, 0, self._plan_mask, Nothing()
        )
        self.passes: tuple[Pass, ...] = (first, second)

    def sampled(self, shape: Shape, folder: Path | None) -> Sampler | None:
        domain = self._detector.domain
        return None if domain is None else Sampler(domain, shape, folder)

    def verdict(self, numbers: Numbers) -> Verdict:
        return concluded(self._detector, numbers, {"score": numbers["score"]})

    def _plan_map(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Map:
        return _Map(Steps(self._detector.map_stages(), shape, workers, inside))

    def _plan_mask(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Mask:
        detector = self._detector
        defective = numbers["score"] > detector.threshold
        return _Mask(defective, np.float32(detector.mask_threshold), shape)


class _Map:
    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.nbytes = steps.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        image = read(IMAGE)
        outside = None if inside is None else ~inside
        return {"score_map": self._steps(image=image, source=image, outside=outside)["score_map"]}


class _Mask:
    def __init__(self, defective: bool, limit: np.float32, shape: Shape) -> None:
        self._defective, self._limit = defective, limit
        self._mask = np.zeros(shape, np.bool_)
        self.nbytes = 5 * self._mask.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        mask = self._mask
        if not self._defective:
            return {"mask": mask.view(np.uint8)}
        np.greater(read("score_map"), self._limit, out=mask)
        if inside is not None:
            np.logical_and(mask, inside, out=mask)
        return {"mask": whole_mask(mask)}


def check_parts(detector: ScoreMapDetector) -> None:
    """Refuse a detector that cannot be asked part by part.

    Raises
    ------
    ArgumentValueError
        Says why.
    """
    if not detector.highest:
        raise ArgumentValueError(
            f"detector: expected one whose score is the mean of its map's highest values, and which says how far it looks, "
            f"received the kind {detector.kind!r}, which does not say so (`ScoreMapDetector.highest`); call it on images "
            "that memory holds"
        )
    if BLOCK % detector.grid:
        raise ArgumentValueError(
            f"detector: expected one whose parts begin at a power of two, received a stride of {detector.grid} pixels; call "
            "it on images that memory holds"
        )
    if getattr(detector, "constants", detector) is None:
        raise ArgumentValueError(
            "detector: expected a trained one, received one that learns from each image; train it, or freeze it on a "
            "part of the image (`TextureModel.freeze`)"
        )


def identity_of(detector: ScoreMapDetector) -> dict[str, Any]:
    """What the journal and the certificate know a detector by."""
    return {
        "kind": detector.kind, "digest": detector_digest(detector),
        "threshold": detector.threshold, "mask_threshold": detector.mask_threshold,
    }  # fmt: skip


def concluded(detector: ScoreMapDetector, numbers: Numbers, scores: dict[str, Any]) -> Verdict:
    """The verdict, from the scores by name and whether the image shows the material."""
    nothing = np.zeros((1, 1), np.uint8)
    values: dict[str, Any] = {**scores, "score_map": None, "image": nothing}
    if numbers.get("judged") is not None:
        reasons, notes = (tuple(part) for part in numbers["judged"])
        values["judged"] = Judged(reasons, notes) if reasons or notes else UNREMARKABLE
    fields = {"mask": nothing.view(np.bool_), "speed": {}, "lease": Lease()}
    found = detector.conclude(values, fields)
    return Verdict(
        found.is_defective, found.is_unusable, found.notes, found.score, found.threshold, None, None
    )  # fmt: skip


class _Score:
    """The score of the map."""

    def __init__(self, count: int) -> None:
        self._highest = Highest(count)
        self.join = self._highest.join

    def measure(self, planes: Planes, inside: BoolImage | None) -> FloatImage:
        return self._highest.of(planes["score_map"])

    def numbers(self, facts: FloatImage, folder: Path | None) -> Numbers:
        return {"score": self._highest.mean(facts)}


class Highest:
    """The highest values of a map, and their mean.

    Parameters
    ----------
    count : int
        How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def of(self, score_map: FloatImage) -> FloatImage:
        """The highest values, in any order."""
        if len(score_map) > self._count:
            # the rows of the highest maxima hold the highest values, or ones as high: 0.4 ms for a block instead of 2.7
            rows = np.argpartition(score_map.max(axis=1), -self._count)[-self._count :]
            score_map = score_map[rows]
        return self._highest(score_map.reshape(-1))

    def join(self, facts: Sequence[FloatImage]) -> FloatImage:
        """Those of several parts as those of one."""
        return self._highest(np.concatenate(facts))

    def mean(self, facts: FloatImage) -> float:
        """Their mean, as the kernels: in double precision, of sorted values."""
        return float(np.sort(facts).astype(np.float64).mean())

    def _highest(self, values: FloatImage) -> FloatImage:
        if len(values) <= self._count:
            return values.copy()
        return np.partition(values, -self._count)[-self._count :]


class Nothing:
    """A pass after which nothing more has to be known."""

    def measure(self, planes: Planes, inside: BoolImage | None) -> None:
        return None

    def join(self, facts: Sequence[None]) -> None:
        return None

    def numbers(self, facts: None, folder: Path | None) -> Numbers:
        return {}
