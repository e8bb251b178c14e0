"""How good a detector is on labelled images: rankings, overlaps, rates with their intervals.

AUROC and average precision are scikit-learn's (`pip install "fastdefect[evaluate]"`); the per-region overlap is
computed here, exactly, from all values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import MissingPackageError
from fastdefect.evaluation.overlap import overlap_points

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def _sklearn() -> Any:
    try:
        from sklearn import metrics
    except ImportError as error:
        raise MissingPackageError(
            'evaluate: expected scikit-learn, received an installation without; pip install "fastdefect[evaluate]"'
        ) from error
    return metrics


def require() -> None:
    """Raise `MissingPackageError` now if scikit-learn is missing, before any image is inspected."""
    _sklearn()


def auroc(labels: NDArray[Any], scores: NDArray[Any]) -> float:
    """Chance that a defective sample scores above a good one; nan with one class only."""
    if not labels.size or labels.all() or not labels.any():
        return math.nan
    return float(_sklearn().roc_auc_score(labels, scores))


def average_precision(labels: NDArray[Any], scores: NDArray[Any]) -> float:
    """Area under precision over recall, by steps; nan without a defective sample."""
    if not labels.any():
        return math.nan
    return float(_sklearn().average_precision_score(labels, scores))


def roc_points(labels: NDArray[Any], scores: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """False-alarm rates and recalls of all thresholds, for a curve."""
    false_alarms, recalls, _ = _sklearn().roc_curve(labels, scores)
    return false_alarms, recalls


def precision_points(
    labels: NDArray[Any], scores: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Precisions, recalls and thresholds, for a curve."""
    precision, recall, thresholds = _sklearn().precision_recall_curve(labels, scores)
    return precision, recall, thresholds


def best_f1(labels: NDArray[Any], scores: NDArray[Any]) -> tuple[float, float]:
    """Highest F1 over all thresholds, and the threshold (flag scores of at least it)."""
    precision, recall, thresholds = precision_points(labels, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    index = int(np.argmax(f1[:-1]))
    return float(f1[index]), float(thresholds[index])


def aupro(maps: Sequence[Floats], masks: Sequence[Bools], limit: float = 0.3) -> float:
    """Area under the per-region overlap, up to a pixel false-alarm rate.

    Parameters
    ----------
    maps : sequence of ndarray of float32, (H, W)
        Scores, of good images too.
    masks : sequence of ndarray of bool, (H, W)
        True where a defect is; each 8-connected region counts the same, however small.
    limit : float
        False-alarm rate at which the area ends; the area is divided by it.

    Returns
    -------
    float
        0 ... 1, nan without a defect or without a good pixel.

    Notes
    -----
    Bergmann et al., "The MVTec anomaly detection dataset", IJCV 129, 2021. Thresholds are all values that
    occur; pixels of equal value are taken together; the last step is interpolated. Sorting dominates: about a
    second per 10 megapixels.
    """
    false_alarms, overlap = overlap_points(maps, masks)
    if not overlap.size:
        return math.nan
    end = np.interp(limit, false_alarms, overlap)
    inside = false_alarms < limit
    x, y = np.append(false_alarms[inside], limit), np.append(overlap[inside], end)
    return float(np.trapezoid(y, x) / limit)


def wilson(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a rate: right on average, for reports."""
    if count == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = hits / count
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(rate * (1 - rate) / count + (z / (2 * count)) ** 2)
    return max(0.0, middle - half), min(1.0, middle + half)


def clopper_pearson(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval: never too narrow, for guarantees. Halving of the binomial sum."""
    rest = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _binomial_below(hits - 1, count, p), rest)
    high = 1.0 if hits == count else _solve(lambda p: 1 - _binomial_below(hits, count, p), 1 - rest)
    return low, high


def _solve(rising: Any, wanted: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def _binomial_below(most: int, count: int, p: float) -> float:
    """Chance of at most ``most`` hits among ``count``."""
    if p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 1.0 if most >= count else 0.0
    logs = [
        math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
        + k * math.log(p) + (count - k) * math.log1p(-p)
        for k in range(most + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(math.exp(value) for value in logs))
