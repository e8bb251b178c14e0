"""How good a detector is on labelled images: rankings, overlaps, rates with their intervals.

AUROC and average precision are scikit-learn's, intervals SciPy's (extra `evaluate`); the per-region
overlap is computed here, exactly, from all values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.evaluation.overlap import overlap_points
from fastdefect.optional import require

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def _sklearn() -> Any:
    return require(
        "sklearn.metrics", "figures of an evaluation are worked out by", "evaluate", "scikit-learn"
    )


def _scipy() -> Any:
    return require(
        "scipy.stats", "intervals of an evaluation are worked out by", "evaluate", "SciPy"
    )


def require_packages() -> None:
    """Raise `MissingPackageError` now if a package is missing, before any image is inspected."""
    _sklearn()
    _scipy()


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
    """False-positive rates and recalls of all thresholds, for a curve."""
    false_positives, recalls, _ = _sklearn().roc_curve(labels, scores)
    return false_positives, recalls


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
    """Area under the per-region overlap, up to a false-positive rate of pixels.

    Parameters
    ----------
    maps : sequence of ndarray of float32, (H, W)
        Scores, of good images too.
    masks : sequence of ndarray of bool, (H, W)
        True where a defect is; each 8-connected region counts the same, however small.
    limit : float
        False-positive rate at which the area ends; the area is divided by it.

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
    rates, overlap = overlap_points(maps, masks)
    if not overlap.size:
        return math.nan
    end = np.interp(limit, rates, overlap)
    inside = rates < limit
    x, y = np.append(rates[inside], limit), np.append(overlap[inside], end)
    return float(np.trapezoid(y, x) / limit)


def clopper_pearson(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Work out Clopper and Pearson's interval of a rate: never too narrow, for guarantees.

    Parameters
    ----------
    hits, count : int
    confidence : float, default: 0.95

    Returns
    -------
    (float, float)
        (0, 1) where nothing was counted.

    Raises
    ------
    MissingPackageError
        SciPy is not installed.
    """
    if count == 0:
        return 0.0, 1.0
    found = _scipy().binomtest(hits, count).proportion_ci(confidence, method="exact")
    return float(found.low), float(found.high)
