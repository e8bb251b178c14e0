"""The article's detector in two passes: the filtered image with its histogram, then mask and darkness.

Otsu's threshold is one number of the whole image, so nothing can be binarized before all is filtered. The filtered image is
kept in a file of one byte a pixel meanwhile, for filtering is what takes the time (`benchmarks/LARGE.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import load
from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.detectors.article.pipeline import verdict_stages
from fastdefect.detectors.lending.lease import Lease
from fastdefect.large.programs.otsu import level_of
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
from fastdefect.operations import OPERATIONS
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, Shape


class ArticleProgram:
    """The article's detector.

    Parameters
    ----------
    detector : ArticleDetector
    """

    grey = "filtered"
    is_exact = True

    def __init__(self, detector: ArticleDetector) -> None:
        self._detector = detector
        self.settings: dict[str, Any] = {"kind": detector.kind, **asdict(detector.params)}
        stages = verdict_stages(detector.params, within=False)
        self._mask = stages[-1]
        self._filters = [s for s in stages if s.image in ("blurred", "filtered")]
        spread = _halo("defect_mask", *self._mask.parameters)
        first = Pass(
            "filtering", (IMAGE,), {"filtered": np.uint8}, detector.reach - spread, 1, detector.reach, self._plan_filter,
            _Histogram(),
        )  # fmt: skip
        made = {"mask": np.uint8, "score_map": np.float32}
        second = Pass("binarizing", ("filtered",), made, spread, 1, 0, self._plan_mask, _Count())
        self.passes: tuple[Pass, ...] = (first, second)

    def sampled(self, shape: Shape, folder: Path | None) -> None:
        return None

    def verdict(self, numbers: Numbers) -> Verdict:
        nothing = np.zeros((1, 1), np.uint8)
        values = {**numbers, "filtered": nothing, "backend": load().name}
        found = self._detector.conclude(
            values, {"mask": nothing.view(np.bool_), "speed": {}, "lease": Lease()}
        )
        return Verdict(
            found.is_defective, False, (), found.score, found.threshold, found.otsu_threshold, found.zero_count
        )  # fmt: skip

    def _plan_filter(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Filter:
        return _Filter(Steps(self._filters, shape, workers, inside))

    def _plan_mask(
        self, shape: Shape, workers: Workers, inside: BoolImage | None, numbers: Numbers
    ) -> _Mask:
        level = int(numbers["otsu_threshold"])
        ksize = self._detector.params.structuring_ksize
        dilate = load().dilate(shape, ksize, workers)
        return _Mask(Steps([self._mask], shape, workers, inside), level, dilate, shape)


class _Filter:
    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.nbytes = steps.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        return {"filtered": self._steps(image=read(IMAGE))["filtered"]}


class _Mask:
    def __init__(self, steps: Steps, level: int, dilate: Callable[..., Any], shape: Shape) -> None:
        self._steps, self._level, self._dilate = steps, level, dilate
        self._spread = np.empty(shape, np.uint8)
        self._map = np.empty(shape, np.float32)
        self.nbytes = steps.nbytes + self._spread.nbytes + self._map.nbytes

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        filtered = read("filtered")
        mask = self._steps(filtered=filtered, otsu_threshold=self._level)["mask"]
        self._dilate(filtered, self._spread)
        score = np.subtract(255, self._spread, out=self._map, dtype=np.float32)
        if inside is not None:
            score[~inside] = 0
            np.logical_and(mask, inside, out=mask)
        return {"mask": whole_mask(mask), "score_map": score}


class _Histogram:
    """Grey levels of the filtered image, and Otsu's threshold of them."""

    def measure(self, planes: Planes, inside: BoolImage | None) -> NDArray[np.int64]:
        pixels = planes["filtered"] if inside is None else planes["filtered"][inside]
        return np.bincount(pixels.reshape(-1), minlength=256)

    def join(self, facts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.asarray(np.sum(facts, axis=0))

    def numbers(self, facts: NDArray[np.int64], folder: Path | None) -> Numbers:
        return {"otsu_threshold": level_of(facts, folder)}


class _Count:
    """Pixels of the mask."""

    def measure(self, planes: Planes, inside: BoolImage | None) -> int:
        return int(np.count_nonzero(planes["mask"]))

    def join(self, facts: Sequence[int]) -> int:
        return sum(facts)

    def numbers(self, facts: int, folder: Path | None) -> Numbers:
        return {"dark_pixels": facts}


def _halo(operation: str, *parameters: Any) -> int:
    halo = OPERATIONS[operation].halo
    assert halo is not None
    return halo(*parameters)
