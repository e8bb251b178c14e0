"""What an evaluation found: figures of images that were judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fastdefect.evaluation import metrics
from fastdefect.io import exported_name, plain, printable
from fastdefect.typing import BoolImage, FloatImage


@dataclass(frozen=True)
class Judged:
    """One image: file, kind (``good`` or a defect's name), score, verdict, milliseconds per megapixel.

    ``verdict`` is ``good``, ``defective`` or ``unusable``.
    """

    path: str
    kind: str
    score: float
    verdict: str
    ms_per_megapixel: float


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found; ``nan`` where the data doesn't allow a figure (no masks, one class).

    Attributes
    ----------
    image_auroc, pixel_auroc, pixel_ap, aupro : float
        Rankings; pixels of all images with a mask together, AUPRO up to a false-positive rate of 0.3.
    best_f1, best_f1_threshold : float
        Of pixels.
    threshold : float
        The detector's own, which the next two are about.
    false_positives, recall : (int, int)
        Good images not called good, and defective ones called defective, each with the number of images that could be.
    unusable : (int, int)
        Good and defective images that were called unusable: false alarms too, and found by no defect.
    false_positive_interval, recall_interval : (float, float)
        Of the rate, 95 %, Clopper and Pearson.
    ms_per_megapixel : float
        Median over the images, of the detector alone.
    images : tuple of Judged
        In order.
    unreadable : tuple of (str, str)
        Files left out, with the reason.

    Examples
    --------
    >>> from fastdefect.evaluation.summary import Judged, summarise
    >>> images = [Judged("1.png", "good", 0.5, "good", 3.0), Judged("2.png", "hole", 2.5, "defective", 3.2)]
    >>> found = summarise(images, [], [], 1.0)
    >>> found.image_auroc, found.to_dict()["pixel_ap"]
    (1.0, None)
    """

    image_auroc: float
    pixel_auroc: float
    pixel_ap: float
    aupro: float
    best_f1: float
    best_f1_threshold: float
    threshold: float
    false_positives: tuple[int, int]
    false_positive_interval: tuple[float, float]
    recall: tuple[int, int]
    recall_interval: tuple[float, float]
    unusable: tuple[int, int]
    ms_per_megapixel: float
    images: tuple[Judged, ...]
    unreadable: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as plain data for JSON.

        Returns
        -------
        dict
            By the names of the attributes; ``nan`` becomes None, names those of `fastdefect.io.exported_name`.
        """
        found: dict[str, Any] = plain(asdict(self))
        for judged in found["images"]:
            judged |= {name: exported_name(judged[name]) for name in ("path", "kind")}
        found["unreadable"] = [[exported_name(p), printable(why)] for p, why in self.unreadable]
        return found


def summarise(
    judged: Sequence[Judged],
    maps: Sequence[FloatImage],
    masks: Sequence[BoolImage],
    threshold: float,
    unreadable: Sequence[tuple[str, str]] = (),
) -> Evaluation:
    """Work out the figures of an evaluation.

    Parameters
    ----------
    judged : sequence of Judged
    maps, masks : sequence of ndarray, (H, W)
        Of the images with a mask, float32 and bool.
    threshold : float
        The detector's own.
    unreadable : sequence of (str, str)
        Files left out, with the reason.

    Returns
    -------
    Evaluation
    """
    labels = np.array([i.kind != "good" for i in judged], np.bool_)
    scores = np.array([i.score for i in judged])
    verdicts = np.array([i.verdict for i in judged], np.str_)
    alarms = int(((verdicts != "good") & ~labels).sum()), int((~labels).sum())
    hits = int(((verdicts == "defective") & labels).sum()), int(labels.sum())
    lost = verdicts == "unusable"
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
        false_positives=alarms,
        false_positive_interval=metrics.clopper_pearson(*alarms),
        recall=hits,
        recall_interval=metrics.clopper_pearson(*hits),
        unusable=(int((lost & ~labels).sum()), int((lost & labels).sum())),
        ms_per_megapixel=float(np.median([i.ms_per_megapixel for i in judged]))
        if judged
        else math.nan,
        images=tuple(judged),
        unreadable=tuple(unreadable),
    )
