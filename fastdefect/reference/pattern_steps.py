"""The pattern operations as steps, in the form of a back end's: nothing is kept between calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.pattern import CELL, TOP_CELLS, FittedPattern, PatternStructure
from fastdefect.reference.pattern import pattern_map, window_sums


class _Step:
    nbytes = 0
    path = "NumPy"

    def __init__(
        self, shape: tuple[int, int], structure: PatternStructure, workers: object, **_: Any
    ) -> None:
        self._structure = structure


class PatternMap(_Step):
    """``step(image, fitted, outside, out)``: the map to ``out``, and the mean of its 20 highest cells."""

    def __call__(
        self,
        image: NDArray[np.uint8],
        fitted: FittedPattern,
        outside: Any,
        out: NDArray[np.float32],
    ) -> float:
        score = pattern_map(image, fitted)
        if outside is not None:
            score[outside.astype(bool)] = 0
        out[...] = score
        highest = np.sort(score, axis=None)[-TOP_CELLS * CELL**2 :]
        return float(highest.astype(np.float64).mean())


class PatternFeatures(_Step):
    """``step(image, rows, out)``: features of rows of cells, int32 (len(rows), parts * features, W // 2)."""

    def __call__(
        self, image: NDArray[np.uint8], rows: NDArray[np.int64], out: NDArray[np.int32]
    ) -> None:
        sums = window_sums(image, self._structure)
        out[...] = sums.reshape(-1, *sums.shape[2:])[:, rows].transpose(1, 0, 2)
