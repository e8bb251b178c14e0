"""Judge a detector on labelled images, the MVTec-AD way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fastdefect.detectors.protocol import Detector
from fastdefect.errors import ImageReadError
from fastdefect.evaluation import metrics
from fastdefect.evaluation.dataset import Sample
from fastdefect.io import read_image


@dataclass(frozen=True)
class Judged:
    """One image: file, kind (``good`` or a defect's name), score, verdict, milliseconds per megapixel."""

    path: str
    kind: str
    score: float
    is_defective: bool
    ms_per_megapixel: float


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found; ``nan`` where the data doesn't allow a figure (no masks, one class).

    Attributes
    ----------
    image_auroc, pixel_auroc, pixel_ap, aupro : float
        Rankings; pixels of all images with a mask together, AUPRO up to a false-alarm rate of 0.3.
    best_f1, best_f1_threshold : float
        Of pixels.
    threshold : float
        The detector's own, which the next two are about.
    false_alarms, recall : (int, int)
        Hits, and images they were possible in.
    false_alarm_interval, recall_interval : (float, float)
        95 %, Clopper and Pearson.
    ms_per_megapixel : float
        Median over the images, of the detector alone.
    images : tuple of Judged
        In order.
    unreadable : tuple of (str, str)
        Files left out, with the reason.
    """

    image_auroc: float
    pixel_auroc: float
    pixel_ap: float
    aupro: float
    best_f1: float
    best_f1_threshold: float
    threshold: float
    false_alarms: tuple[int, int]
    false_alarm_interval: tuple[float, float]
    recall: tuple[int, int]
    recall_interval: tuple[float, float]
    ms_per_megapixel: float
    images: tuple[Judged, ...]
    unreadable: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``nan`` becomes None."""
        plain = asdict(self)
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in plain.items()
        }

    def worst(self, count: int = 8) -> tuple[list[Judged], list[Judged]]:
        """Missed defects, lowest score first, and false alarms, highest first."""
        missed = [i for i in self.images if i.kind != "good" and not i.is_defective]
        alarms = [i for i in self.images if i.kind == "good" and i.is_defective]
        return (
            sorted(missed, key=lambda i: i.score)[:count],
            sorted(alarms, key=lambda i: -i.score)[:count],
        )


def evaluate(
    detector: Detector,
    samples: Sequence[Sample],
    *,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    prepare: Callable[[Any], Any] = lambda img: img,
) -> Evaluation:
    """Inspect every sample and sum up.

    Parameters
    ----------
    detector : Detector
        Anything that is called with an image and returns a Detection with a score.
    samples : sequence of Sample
        From `labelled_samples`. Unreadable files are left out and named.
    threads : int, optional
        For each image.
    progress : callable, optional
        Called with (images done, images in all).
    prepare : callable
        Applied to each image before it is inspected, for example a change of light.

    Returns
    -------
    Evaluation

    Raises
    ------
    MissingPackageError
        Without scikit-learn.
    ArgumentValueError
        For a mask of another size than its image.
    """
    metrics.require()
    judged: list[Judged] = []
    unreadable: list[tuple[str, str]] = []
    maps, masks = [], []
    threshold = math.nan
    for index, sample in enumerate(samples):
        try:
            img = prepare(read_image(sample.path))
        except ImageReadError as error:
            unreadable.append((str(sample.path), str(error)))
            continue
        found = detector(img, threads=threads)
        threshold = found.threshold
        speed = found.speed["total"] / (img.shape[0] * img.shape[1] / 1e6)
        judged.append(Judged(str(sample.path), sample.kind, found.score, found.is_defective, speed))
        mask = sample.read_mask(img.shape[:2])
        if mask is not None and found.score_map is not None:
            maps.append(found.score_map)
            masks.append(mask)
        if progress is not None:
            progress(index + 1, len(samples))
    return summarise(judged, maps, masks, threshold, unreadable)


def summarise(
    judged: Sequence[Judged],
    maps: Sequence[Any],
    masks: Sequence[Any],
    threshold: float,
    unreadable: Sequence[tuple[str, str]] = (),
) -> Evaluation:
    """Figures of images that were judged, and of the maps of those with a mask."""
    labels = np.array([i.kind != "good" for i in judged], np.bool_)
    scores = np.array([i.score for i in judged])
    verdicts = np.array([i.is_defective for i in judged], np.bool_)
    alarms = int((verdicts & ~labels).sum()), int((~labels).sum())
    hits = int((verdicts & labels).sum()), int(labels.sum())
    some = any(mask.any() for mask in masks)
    pixels = np.concatenate([m.ravel() for m in maps]) if some else np.zeros(0, np.float32)
    truth = np.concatenate([m.ravel() for m in masks]) if some else np.zeros(0, np.bool_)
    f1, f1_threshold = metrics.best_f1(truth, pixels) if some else (math.nan, math.nan)
    return Evaluation(
        image_auroc=metrics.auroc(labels, scores),
        pixel_auroc=metrics.auroc(truth, pixels),
        pixel_ap=metrics.average_precision(truth, pixels),
        aupro=metrics.aupro(maps, masks) if some else math.nan,
        best_f1=f1,
        best_f1_threshold=f1_threshold,
        threshold=threshold,
        false_alarms=alarms,
        false_alarm_interval=metrics.clopper_pearson(*alarms),
        recall=hits,
        recall_interval=metrics.clopper_pearson(*hits),
        ms_per_megapixel=float(np.median([i.ms_per_megapixel for i in judged]))
        if judged
        else math.nan,
        images=tuple(judged),
        unreadable=tuple(unreadable),
    )
