"""Learning the constants of the texture model from good images, and scoring each with its group left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import load
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.good_images import GoodImages
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.statistics import quantile
from fastdefect.detectors.training.held_out import Progress, Trained, train
from fastdefect.errors import ArgumentValueError
from fastdefect.kernels.texture.tables import log_levels
from fastdefect.operations.texture import (
    BARS,
    BINS,
    CHROMA,
    FEATURES,
    GREY,
    LINES,
    RATIO_UNIT,
    RATIOS,
    FittedTexture,
    ResidualSums,
    TextureStructure,
)
from fastdefect.tiling.workers import Workers

# Of z multiples of their quantile bars count min(3 z - 2.45, z - 0.2): silent around specks, then slower than they
# rise, because bars of good yarns differ more from image to image than anything else. With a gain of 2 all the way, the
# threshold of generated cloth rose from 1.3 to 2.1 and recall of hairs of contrast 0.6 fell from 0.91 to 0.59; now 1.55
# and 0.85. Without the steep part AUPRO of paper falls from 0.905 to 0.896.
BAR_GAINS, BAR_OFFSETS = (3.0, 1.0), (2.45, 0.2)


def open_constants(
    sums: ResidualSums, params: TextureParams, profile: NDArray[np.int16] | None
) -> FittedTexture:
    """Constants with every limit known from ``sums`` and every weight still 1."""
    count = max(sums.count, 1)
    deviation = np.sqrt(sums.squares / count)
    if deviation[0] < 1.0:
        raise ArgumentValueError(
            "images: expected good images with some texture or noise, received flat ones; "
            "take unprocessed photographs of good material"
        )
    neutral = sums.contrast / count
    one = np.float32(1)
    return FittedTexture(
        colour=params.colour,
        geometric=params.geometric,
        window=params.window,
        scales=params.scales,
        clips=np.clip(np.rint(params.background_clip_sigma * deviation), 1, 5000).astype(np.int32),
        grey_weights=np.ones(4, np.float32),
        chroma_weights=np.ones(4, np.float32),
        # beyond 4 deviations a pixel is a speck, not a part of a line
        line_clip=int(np.clip(4.0 * deviation[0], 1, 2700)),
        line_weight=one,
        # at 4 deviations strong specks would draw bars around them; at 1.5 a broken yarn loses its contrast
        bar_clip=int(np.clip(2.0 * deviation[0], 1, 1350)),
        bar_weights=np.ones(2, np.float32),
        # and one beyond 2.5 would make its surroundings look smooth
        energy_clip=int(np.clip(9 * 2.5 * deviation[0], 1, 32767)),
        energy_neutral=int(np.clip(neutral, 1, 32767)),
        # 36 ninths are a thousandth of brightness: below that, contrast is rounding of the camera
        energy_floor=np.float32(0.1 * neutral + 36.0),
        energy_gains=np.ones(2, np.float32),
        energy_weights=np.ones(2, np.float32),
        side_gain=np.float32(params.side_weight / (1.0 - params.side_onset)),
        side_offset=np.float32(params.side_weight * params.side_onset / (1.0 - params.side_onset)),
        bar_gains=np.array(BAR_GAINS, np.float32) * np.float32(params.bar_weight),
        bar_offsets=np.array(BAR_OFFSETS, np.float32) * np.float32(params.bar_weight),
        profile=profile,
    )


def weigh(constants: FittedTexture, counts: NDArray[np.int64], share: float) -> FittedTexture:
    """Constants with weights of one over the quantile of each feature."""

    def weight(histogram: NDArray[np.int64]) -> np.float32:
        return np.float32(1.0 / max(quantile(histogram, share), 1.0))

    def weights(histograms: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.array([weight(h) for h in histograms], np.float32)

    grey = replace(constants, grey_weights=weights(counts[GREY : GREY + 4]))
    if not constants.colour:
        return grey
    gains, losses = [], []
    for histogram in counts[RATIOS : RATIOS + 2]:
        gain = float(RATIO_UNIT) / max(quantile(histogram, 0.5), 1.0)
        gains.append(gain)
        loss = quantile(histogram, share) / float(RATIO_UNIT) * gain - 1.0
        losses.append(1.0 / max(loss, 1e-3))
    chroma = counts[CHROMA : CHROMA + 4]
    return replace(
        grey,
        line_weight=weight(counts[LINES]),
        bar_weights=weights(counts[BARS : BARS + 2]),
        energy_gains=np.array(gains, np.float32),
        energy_weights=np.array(losses, np.float32),
        # a grey image has no chroma, and weight 0 keeps it silent
        chroma_weights=weights(chroma) if chroma.any() else np.zeros(4, np.float32),
    )


def learn(
    images: GoodImages,
    params: TextureParams,
    folds: Sequence[int],
    workers: Workers,
    step: Callable[[], None],
    domain: DomainLearner,
) -> Learned:
    """What all images say, by fold.

    The limits (clips and the like) are shared by all folds: they move with the deviation of all images
    together. The weights, which set the unit of the score, are each fold's own.
    """
    table, structure = load(), TextureStructure.of(params, images.channels)
    profile = _profile(images) if params.column_profile else None
    slots = range(min(workers.threads, len(images)))
    sums = [table.texture_residual_sums(images.shape, structure, Workers(1)) for _ in slots]
    # one of each per worker: no lock, and sums of integers don't depend on who adds them
    totals = [ResidualSums(0, np.zeros(3, np.int64), 0) for _ in slots]

    def measure(index: int, slot: int) -> None:
        img, ignore = images[index]
        totals[slot].add(sums[slot](img, profile, ignore))
        domain.take(index, slot, img, ignore)
        step()

    workers.run(measure, len(images))
    for other in totals[1:]:
        totals[0].add(other)
    constants = open_constants(totals[0], params, profile)
    counters = [table.texture_histograms(images.shape, structure, Workers(1)) for _ in slots]
    counts = np.zeros((len(slots), max(folds) + 1, FEATURES, BINS), np.int64)

    def tally(index: int, slot: int) -> None:
        img, ignore = images[index]
        counters[slot](img, constants, ignore, counts[slot, folds[index]])
        step()

    workers.run(tally, len(images))
    return Learned(constants, counts.sum(0), params.quantile)


@dataclass(frozen=True)
class Learned:
    """Limits, and counts of each fold, from which weights follow.

    Attributes
    ----------
    limits : FittedTexture
        With weights of no account.
    counts : ndarray of int64, (folds, FEATURES, BINS)
    quantile : float
    """

    limits: FittedTexture
    counts: NDArray[np.int64]
    quantile: float

    @property
    def constants(self) -> FittedTexture:
        """Constants from all images."""
        return weigh(self.limits, self.counts.sum(0), self.quantile)

    def left_out(self, besides: Collection[int] = ()) -> list[FittedTexture]:
        """For each fold the constants from the others, without those ``besides``."""
        kept = self.counts[[f for f in range(len(self.counts)) if f not in besides]].sum(0)
        return [
            weigh(self.limits, kept if fold in besides else kept - counts, self.quantile)
            for fold, counts in enumerate(self.counts)
        ]


def fit(
    images: GoodImages,
    groups: Sequence[Hashable] | None,
    params: TextureParams,
    workers: Workers,
    progress: Progress | None,
) -> Trained[FittedTexture]:
    """Learn from good images, and calibrate on them with whole groups left out, see `train`."""
    structure = TextureStructure.of(params, images.channels)
    return train(
        images,
        groups,
        params.false_alarms,
        workers,
        progress,
        lambda folds, domain, step: learn(images, params, folds, workers, step, domain),
        lambda: load().texture_map(images.shape, structure, Workers(1)),
    )


def _profile(images: GoodImages) -> NDArray[np.int16]:
    """Median over images of each column's median log grey."""
    columns = [
        np.median(log_levels(img), axis=0) for img, _ in (images[i] for i in range(len(images)))
    ]
    return np.rint(np.median(columns, axis=0)).astype(np.int16)
