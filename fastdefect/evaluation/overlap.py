"""The curve under which AUPRO is the area: overlap with each labelled region against false-positive rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def overlap_points(
    maps: Sequence[NDArray[np.float32]], masks: Sequence[NDArray[np.bool_]]
) -> Points:
    """False-positive rates of pixels and mean overlaps of all thresholds, from the highest down.

    Parameters
    ----------
    maps : sequence of ndarray of float32, (H, W)
        Scores, of good images too.
    masks : sequence of ndarray of bool, (H, W)
        True where a defect is; each 8-connected region counts the same, however small.

    Returns
    -------
    (ndarray of float64, ndarray of float64)
        Rising from (0, 0) to (1, 1); empty without a region or without a good pixel.

    Notes
    -----
    As `fastdefect.evaluation.metrics.aupro`, which is the area up to 0.3: pixels of equal score are taken together.
    Sorting dominates: about a second per 10 megapixels.
    """
    scores, shares, good = [], [], []
    regions = 0
    for score, mask in zip(maps, masks, strict=True):
        labels, count = label(mask, connectivity=2, return_num=True)
        share = 1.0 / np.maximum(np.bincount(labels.ravel(), minlength=count + 1), 1)
        share[0] = 0.0
        regions += count
        scores.append(score.ravel())
        shares.append(share[labels].ravel())
        good.append(~mask.ravel())
    fine = np.concatenate(good) if good else np.zeros(0, np.bool_)
    if regions == 0 or not fine.any():
        return np.zeros(0), np.zeros(0)
    values = np.concatenate(scores)
    order = np.argsort(-values, kind="stable")
    last = np.append(np.diff(values[order]) != 0, True)
    rates = (np.cumsum(fine[order]) / fine.sum())[last]
    overlaps = (np.cumsum(np.concatenate(shares)[order]) / regions)[last]
    return np.append(0.0, rates), np.append(0.0, overlaps)


def thinned(x: NDArray[np.float64], y: NDArray[np.float64], steps: int = 2000) -> Points:
    """A curve with so few points that a picture shows the same: one wherever it has moved by 1/``steps``."""
    if len(x) <= steps:
        return x, y
    moved = np.append(0.0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y))))
    keep = np.append(True, np.diff(np.floor(moved * steps)) > 0)
    keep[-1] = True
    return x[keep], y[keep]
