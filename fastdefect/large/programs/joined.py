"""Joined detectors in two passes: the maps of both with their highest values, then the map that decides and the mask of it.

Which map decides is known when both scores are. Until then both lie in files, 8 bytes a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fastdefect.detectors.joined.model import Joined
from fastdefect.errors import ArgumentValueError
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
from fastdefect.large.programs.score_map import (
    Highest,
    Nothing,
    check_parts,
    concluded,
    identity_of,
)
from fastdefect.large.programs.stages import Steps
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, FloatImage, Shape

_PLANES = "map_1", "map_2"


class JoinedProgram:
    """Two detectors whose verdicts are joined.

    Parameters
    ----------
    detector : Joined

    Raises
    ------
    ArgumentValueError
        It is not trained, or one of its parts cannot be asked part by part.
    """

    grey = IMAGE

    def __init__(self, detector: Joined) -> None:
        if detector.calibration is None:
            raise ArgumentValueError(
                "detector: expected a trained one, received one that is not; call its fit with good images"
            )
        for part in detector.parts:
            check_parts(part)
        self._detector = detector
        self.settings = identity_of(detector)
        self.is_exact = not detector.tolerance
        self._limits = [part.threshold for part in detector.parts]
        self._names = [f"{label} score_map" for label in detector.labels]
        grid = math.lcm(*(part.grid for part in detector.parts))
        first = Pass(
            "inspecting", (IMAGE,), dict.fromkeys(_PLANES, np.float32), detector.reach, grid, detector.reach,
            self._plan_maps, _Scores([part.highest for part in detector.parts], self._limits),
        )  # fmt: skip
        made = {"score_map": np.float32, "mask": np.uint8}
        second = Pass("deciding", _PLANES, made, 0, 1, 0, self._plan_mask, Nothing())
        self.passes: tuple[Pass, ...] = (first, second)

    def sampled(self, shape: Shape, folder: Path | None) -> Sampler | None:
        domain = self._detector.domain
        return None if domain is None else Sampler(domain, shape, folder)

    def verdict(self, numbers: Numbers) -> Verdict:
        each = zip(self._detector.labels, numbers["scores"], strict=True)
        scores = {f"{label} score": score for label, score in each}
        return concluded(self._detector, numbers, {**scores, "score": numbers["score"]})

    def _plan_maps(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Maps:
        stages = self._detector.map_stages()[:-1]  # the last one decides
        return _Maps(Steps(stages, shape, workers, inside), self._names)

    def _plan_mask(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Mask:
        detector = self._detector
        decides = _decides(numbers["scores"], self._limits)
        defective = numbers["score"] > detector.threshold
        limit = np.float32(detector.mask_threshold) if defective else None
        return _Mask(_PLANES[decides], np.float32(1.0 / self._limits[decides]), limit, shape)


class _Maps:
    def __init__(self, steps: Steps, names: Sequence[str]) -> None:
        self._steps, self._names = steps, names
        self.nbytes = steps.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        image = read(IMAGE)
        outside = None if inside is None else ~inside
        found = self._steps(image=image, source=image, outside=outside)
        return {plane: found[name] for plane, name in zip(_PLANES, self._names, strict=True)}


class _Mask:
    """Reads one of both maps only."""

    def __init__(
        self, plane: str, unit: np.float32, limit: np.float32 | None, shape: Shape
    ) -> None:
        self._plane, self._unit, self._limit = plane, unit, limit
        self._map, self._mask = np.empty(shape, np.float32), np.zeros(shape, np.bool_)
        self.nbytes = self._map.nbytes + self._mask.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        score_map = np.multiply(read(self._plane), self._unit, out=self._map)
        if self._limit is None:
            return {"score_map": score_map, "mask": self._mask.view(np.uint8)}
        np.greater(score_map, self._limit, out=self._mask)
        if inside is not None:
            np.logical_and(self._mask, inside, out=self._mask)
        return {"score_map": score_map, "mask": whole_mask(self._mask)}


class _Scores:
    """The scores of both maps, and the larger one in multiples of its threshold."""

    def __init__(self, counts: Sequence[int], limits: Sequence[float]) -> None:
        self._highest = [Highest(count) for count in counts]
        self._limits = limits

    def measure(self, planes: Planes, inside: BoolImage | None) -> list[FloatImage]:
        return [one.of(planes[plane]) for one, plane in zip(self._highest, _PLANES, strict=True)]

    def join(self, facts: Sequence[list[FloatImage]]) -> list[FloatImage]:
        each = zip(self._highest, zip(*facts, strict=True), strict=True)
        return [one.join(found) for one, found in each]

    def numbers(self, facts: list[FloatImage], folder: Path | None) -> Numbers:
        scores = [one.mean(found) for one, found in zip(self._highest, facts, strict=True)]
        decides = _decides(scores, self._limits)
        return {"scores": scores, "score": scores[decides] / self._limits[decides]}


def _decides(scores: Sequence[float], limits: Sequence[float]) -> int:
    """Which part's score is the larger one; the first of equal ones, as in memory."""
    first, second = (score / limit for score, limit in zip(scores, limits, strict=True))
    return int(second > first)
