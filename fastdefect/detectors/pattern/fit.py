"""Learning the pattern model's distributions from good images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.good_images import GoodImages
from fastdefect.detectors.pattern.area import unseen
from fastdefect.detectors.pattern.features import features
from fastdefect.detectors.pattern.mixture import (
    Axes,
    Moments,
    axes_of,
    is_known,
    moments_of,
    normals,
    responsibilities,
)
from fastdefect.detectors.pattern.params import PatternParams
from fastdefect.detectors.training.held_out import Progress, Trained, train
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.pattern import CELL, FittedPattern, PatternStructure
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, FloatImage

# Cells to learn from, over all images and of each: rows and columns of a grid at random places. Neighbours say the same.
CELLS, MOST_SIDE, LEAST_SIDE = 24_000, 24, 8
# A cell's distance is counted from the median of good cells in multiples of how far this share of them lies from it, so
# that fine and coarse part count alike.
QUANTILE = 0.995
# Floor of an energy, in parts of its median in good cells: what is less than that is noise.
FLOOR = 0.03
# What a distribution without cells is away from everything, in deviations.
_FAR = 1e6


@dataclass(frozen=True)
class Learned:
    """Axes and moments of each part, by fold, from which the distributions follow.

    Attributes
    ----------
    structure : PatternStructure
    floors : ndarray of int32, (parts, features)
        As in `FittedPattern`.
    axes : sequence of Axes
    moments : sequence of Moments
        One for each part.
    offsets, gains : ndarray of float32, (parts,)
        As in `FittedPattern`; from cells that were judged with their fold left out.
    """

    structure: PatternStructure
    floors: NDArray[np.int32]
    axes: Sequence[Axes]
    moments: Sequence[Moments]
    offsets: NDArray[np.float32]
    gains: NDArray[np.float32]

    @property
    def constants(self) -> FittedPattern:
        """Constants from all images."""
        return self._from([Moments(*(m.sum(0) for m in moments)) for moments in self.moments])

    def left_out(self, besides: Collection[int] = ()) -> list[FittedPattern]:
        """For each fold the constants from the others, without those ``besides``."""
        count = len(self.moments[0].cells)
        kept = [f for f in range(count) if f not in besides]
        totals = [Moments(*(m[kept].sum(0) for m in moments)) for moments in self.moments]
        found = []
        for fold in range(count):
            parts = totals
            if fold not in besides:
                parts = [
                    Moments(*(whole - m[fold] for whole, m in zip(total, moments, strict=True)))
                    for total, moments in zip(totals, self.moments, strict=True)
                ]
            found.append(self._from(parts))
        return found

    def _from(self, parts: Sequence[Moments]) -> FittedPattern:
        """Distributions on their axes as those of the features themselves."""
        centre, factors, shifts = [], [], []
        for axes, moments in zip(self.axes, parts, strict=True):
            middle = axes.mean.astype(np.float32)
            back = np.linalg.inv(axes.turn)
            means, turned = normals(*moments)
            away = axes.mean - middle + means @ back
            triangles = []
            for triangle in turned:
                spread = np.linalg.inv(triangle)
                root = back.T @ spread
                triangles.append(np.linalg.inv(np.linalg.cholesky(root @ root.T)))
            shift = -np.einsum("kij,kj->ki", np.array(triangles), away)
            shift[~is_known(moments.cells, len(middle))] = _FAR
            centre.append(middle)
            factors.append(triangles)
            shifts.append(shift)
        structure = self.structure
        return FittedPattern(
            colour=structure.colour,
            coarse=structure.coarse,
            channels=structure.channels,
            floors=self.floors,
            centre=np.array(centre),
            factors=np.array(factors).astype(np.float32),
            shifts=np.array(shifts).astype(np.float32),
            offsets=self.offsets,
            gains=self.gains,
        )


def fit(
    images: GoodImages,
    groups: Sequence[Hashable] | None,
    params: PatternParams,
    workers: Workers,
    progress: Progress | None,
) -> Trained[FittedPattern]:
    """Learn from good images, and calibrate on them with whole groups left out, see `train`."""
    structure = PatternStructure.of(params, images.channels)
    return train(
        images,
        groups,
        params.false_alarms,
        workers,
        progress,
        lambda folds, domain, step: learn(images, params, folds, workers, step, domain),
        lambda: _seen_part(load().pattern_map(images.shape, structure, Workers(1)), structure),
    )


def _seen_part(step: Step, structure: PatternStructure) -> Step:
    """The step that leaves out of an image what windows on ignored pixels would judge."""

    def seen(image: ByteImage, fitted: FittedPattern, ignore: BoolImage, out: FloatImage) -> float:
        score: float = step(image, fitted, unseen(ignore, structure) if ignore.any() else None, out)
        return score

    return seen


def learn(
    images: GoodImages,
    params: PatternParams,
    folds: Sequence[int],
    workers: Workers,
    step: Callable[[], None],
    domain: DomainLearner,
) -> Learned:
    """What all images say, by fold.

    Axes, and which cell belongs to which distribution, are shared by all folds; means and spreads are each fold's own.
    """
    structure = PatternStructure.of(params, images.channels)
    side = int(np.clip(np.sqrt(CELLS / len(images)), LEAST_SIDE, MOST_SIDE))
    slots = range(min(workers.threads, len(images)))
    steps = [load().pattern_features(images.shape, structure, Workers(1)) for _ in slots]
    count = len(structure.windows) * structure.features
    height, width = (length // CELL for length in images.shape)
    rows_of = np.zeros((len(slots), side, count, width), np.int32)
    found = np.zeros((len(images), side, side, count), np.int32)
    counts = np.zeros((len(images), side, side), np.bool_)

    def take(index: int, slot: int) -> None:
        img, ignore = images[index]
        random = np.random.default_rng(index)
        rows, columns = (
            np.sort(random.integers(structure.rim, length - structure.rim, side))
            for length in (height, width)
        )
        steps[slot](np.ascontiguousarray(img), rows, rows_of[slot])
        found[index] = rows_of[slot].transpose(0, 2, 1)[:, columns]
        skip = unseen(ignore, structure) if ignore.any() else ignore
        counts[index] = skip[CELL * rows[:, None], CELL * columns] == 0
        domain.take(index, slot, img, ignore)
        step()
        step()

    workers.run(take, len(images))
    chosen = found[counts].reshape(-1, len(structure.windows), structure.features)
    of_fold = np.broadcast_to(np.array(folds)[:, None, None], counts.shape)[counts]
    return _learn_parts(structure, params.kinds, chosen.transpose(1, 0, 2), of_fold)


def _learn_parts(
    structure: PatternStructure, kinds: int, parts: NDArray[np.int32], folds: NDArray[np.int64]
) -> Learned:
    """Distributions of cells, (parts, cells, features), and the units of their distances."""
    if parts.shape[1] < 2 * structure.features * kinds:
        raise ArgumentValueError(
            f"images: expected good images with {2 * structure.features * kinds} cells that count, received "
            f"{parts.shape[1]}; ignore less, take more images, or fewer kinds"
        )
    floors = np.zeros(parts[:, 0].shape, np.int32)
    floors[:, : structure.logged] = np.median(parts[..., : structure.logged], 1) * FLOOR + 1
    compared = [
        features(part.T, floor, structure.logged).T.astype(np.float64)
        for part, floor in zip(parts, floors, strict=True)
    ]
    axes = [axes_of(part) for part in compared]
    cells = [(part - a.mean) @ a.turn for part, a in zip(compared, axes, strict=True)]
    moments = [moments_of(part, responsibilities(part, kinds), folds) for part in cells]
    one = np.ones(len(axes), np.float32)
    learned = Learned(structure, floors, axes, moments, 0 * one, one)
    units = np.array([_unit(*pair, folds) for pair in zip(cells, moments, strict=True)])
    return replace(
        learned, offsets=units[:, 0].astype(np.float32), gains=units[:, 1].astype(np.float32)
    )


def _unit(
    cells: NDArray[np.float64], moments: Moments, folds: NDArray[np.int64]
) -> tuple[float, float]:
    """Median distance of good cells, each with its fold left out, and one over what `QUANTILE` of them have above it."""
    away = np.empty(len(cells))
    total = Moments(*(m.sum(0) for m in moments))
    for fold in range(len(moments.cells)):
        own = folds == fold
        rest = Moments(*(whole - m[fold] for whole, m in zip(total, moments, strict=True)))
        known = is_known(rest.cells, cells.shape[1])
        means, triangles = normals(*rest)
        squares = [
            (((cells[own] - mean) @ triangle.T) ** 2).sum(1)
            for mean, triangle in zip(means[known], triangles[known], strict=True)
        ]
        away[own] = np.sqrt(np.min(squares, axis=0))
    median, high = np.quantile(away, (0.5, QUANTILE))
    return float(median), float(1.0 / max(high - median, 1e-3))
