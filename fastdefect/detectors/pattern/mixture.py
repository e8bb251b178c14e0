"""A few normal distributions for the features of good cells, by expectation and maximisation.

Everything that a distribution needs is a count, a sum and a sum of products, so those of a fold can be taken off again:
what a fold is judged by has not learned from it, without a training of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_K_MEANS_ROUNDS, _ROUNDS = 10, 15
# Added to each feature's variance, in parts of the variance over all cells: below it is rounding and the sensor.
_FLOOR = 1e-2
# Added along each axis of a distribution, in parts of what all cells have along it: a distribution that is flat by chance
# would call its own neighbours far.
_WIDTH = 1e-2
# Where a distribution has fewer cells than this for each feature, nothing is near it.
_LEAST = 2


class Axes(NamedTuple):
    """Where features are compared: uncorrelated over all good cells, variance 1.

    Attributes
    ----------
    mean : ndarray of float64, (features,)
    turn : ndarray of float64, (features, features)
        ``(x - mean) @ turn`` is uncorrelated.
    """

    mean: Floats
    turn: Floats


class Moments(NamedTuple):
    """Counts, sums and sums of products of cells, by fold and distribution.

    Attributes
    ----------
    cells : ndarray of float64, (folds, kinds)
    first : ndarray of float64, (folds, kinds, features)
    second : ndarray of float64, (folds, kinds, features, features)
    """

    cells: Floats
    first: Floats
    second: Floats


def axes_of(features: Floats) -> Axes:
    """Axes of features, (cells, features)."""
    mean = features.mean(0)
    scale = features.std(0) + 1e-9
    variance, axes = np.linalg.eigh(np.cov(((features - mean) / scale).T))
    return Axes(mean, axes / np.sqrt(np.maximum(variance, 0.0) + _FLOOR) / scale[:, None])


def responsibilities(cells: Floats, kinds: int) -> Floats:
    """How much of each cell belongs to each distribution, (cells, kinds); cells are on their axes."""
    shares = np.eye(kinds)[_nearest_means(cells, kinds)]
    one_fold = np.zeros(len(cells), np.int64)
    for _ in range(_ROUNDS):
        moments = moments_of(cells, shares, one_fold)
        means, factors = normals(moments.cells[0], moments.first[0], moments.second[0])
        logs = np.empty_like(shares)
        for k, (mean, factor) in enumerate(zip(means, factors, strict=True)):
            away = ((cells - mean) @ factor.T) ** 2
            weight = np.log(moments.cells[0, k] / len(cells) + 1e-12)
            logs[:, k] = weight + np.log(np.diag(factor)).sum() - 0.5 * away.sum(1)
        shares = np.exp(logs - logs.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
    return shares


def moments_of(cells: Floats, shares: Floats, folds: NDArray[np.int64]) -> Moments:
    """Moments of each fold."""
    count, kinds, features = int(folds.max()) + 1, shares.shape[1], cells.shape[1]
    found = Moments(
        np.zeros((count, kinds)),
        np.zeros((count, kinds, features)),
        np.zeros((count, kinds, features, features)),
    )
    for fold in range(count):
        own, weights = cells[folds == fold], shares[folds == fold]
        found.cells[fold] = weights.sum(0)
        found.first[fold] = weights.T @ own
        for k in range(kinds):
            found.second[fold, k] = (own * weights[:, k : k + 1]).T @ own
    return found


def normals(count: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Means, and triangles that turn a difference from them into independent numbers of deviation 1."""
    kinds, features = first.shape
    means, factors = np.zeros((kinds, features)), np.zeros((kinds, features, features))
    for k in range(kinds):
        mean = means[k] = first[k] / max(count[k], 1e-9)
        spread = second[k] / max(count[k], 1e-9) - np.outer(mean, mean)
        factors[k] = np.linalg.inv(np.linalg.cholesky(spread + _WIDTH * np.eye(features)))
    return means, factors


def is_known(count: Floats, features: int) -> NDArray[np.bool_]:
    """Which distributions rest on cells enough."""
    return np.asarray(count >= _LEAST * features)


def _nearest_means(cells: Floats, kinds: int) -> NDArray[np.int64]:
    """Each cell's nearest of some means, by k-means from cells that lie far apart."""
    random = np.random.default_rng(0)
    means = cells[random.integers(len(cells))][None]
    squares = (cells**2).sum(1)
    away = ((cells - means[0]) ** 2).sum(1)
    for _ in range(1, kinds):
        total = away.sum()
        chances = away / total if total > 0 else np.full(len(cells), 1 / len(cells))
        means = np.concatenate([means, cells[random.choice(len(cells), p=chances)][None]])
        away = np.minimum(away, ((cells - means[-1]) ** 2).sum(1))
    for _ in range(_K_MEANS_ROUNDS):
        nearest = (squares[:, None] - 2 * cells @ means.T + (means**2).sum(1)).argmin(1)
        for k in np.unique(nearest):
            means[k] = cells[nearest == k].mean(0)
    return np.asarray(nearest)
