"""A detector in words: what it is, and what its threshold rests on."""

from __future__ import annotations

from typing import Any

from fastdefect.detectors.detector import Detector
from fastdefect.report.numbers import score_text


def detector_words(detector: Detector) -> str:
    """Say in a sentence what a detector is, what it learned and where its threshold comes from.

    Examples
    --------
    >>> import fastdefect
    >>> detector_words(fastdefect.ArticleDetector())[:41]
    'ArticleDetector: a baseline that learns n'
    """
    name, learned = type(detector).__name__, getattr(detector, "learned_words", None)
    return f"{name}: {learned or _threshold(detector)}"


def _threshold(detector: Any) -> str:
    threshold, found = getattr(detector, "threshold", None), getattr(detector, "calibration", None)
    if threshold is None:
        return "without a threshold"
    if found is None:
        return f"threshold {score_text(threshold)}, set without a calibration"
    low, high = map(score_text, found.interval)
    return (
        f"threshold {score_text(threshold)} (90 % between {low} and {high}), {found.images} good images in {found.groups} "
        f"groups, {100 * found.false_alarms:.3g} % false alarms"
    )
