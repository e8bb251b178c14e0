"""What `fit` counts of good images, in plain NumPy: sums of residuals, histograms of what the features reach."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.texture import FittedTexture, ResidualSums
from fastdefect.reference.texture import (
    background,
    box_sum,
    energy_ratios,
    fine_contrast,
    line_sums,
    log_chroma,
    log_grey,
    residual,
    saturation,
)
from fastdefect.reference.texture_bars import bar_sums

Mask = NDArray[np.bool_]
BINS = 24 * 256


def residual_sums(
    img: NDArray[np.uint8],
    window: int,
    colour: bool,
    profile: NDArray[np.int16] | None,
    outside: Mask | None,
) -> ResidualSums:
    """Pixels that count, squares of what remains without the background, and fine contrast."""
    counted = np.ones(img.shape[:2], bool) if outside is None else ~outside
    planes = [log_grey(img, profile)]
    planes += log_chroma(img) if colour and img.ndim == 3 else ()
    first = [plane - background(plane, window) for plane in planes]
    squares = np.zeros(3, np.int64)
    for plane, values in enumerate(first):
        squares[plane] = (values[counted] ** 2).sum()
    contrast = fine_contrast(first[0], saturation(img), 32767, 0)
    return ResidualSums(int(counted.sum()), squares, int(contrast[counted].sum()))


def histograms(
    img: NDArray[np.uint8], fitted: FittedTexture, outside: Mask | None
) -> NDArray[np.int64]:
    """Counts of four grey scales, lines, bars both ways, two contrast ratios, four chroma scales: int64 (13, 6144)."""
    k = fitted
    res = residual(log_grey(img, k.profile), k.window, int(k.clips[0]))
    features: list[Any] = [np.abs(box_sum(res, side)) for side in k.scales]
    if k.colour:
        features += [line_sums(res, k.line_clip), *bar_sums(res, k.bar_clip)]
        contrast = fine_contrast(res, saturation(img), k.energy_clip, k.energy_neutral)
        ratios = energy_ratios(contrast, k.window, k.energy_floor)
        features += [ratio * np.float32(4096) for ratio in ratios]
        if img.ndim == 3:
            planes = [
                residual(log, k.window, int(clip))
                for log, clip in zip(log_chroma(img), k.clips[1:], strict=True)
            ]
            for side in k.scales:
                sums = [np.abs(box_sum(plane, side)) for plane in planes]
                features.append(np.maximum(*sums))
    counts = np.zeros((13, BINS), np.int64)
    for row, values in zip(counts, features, strict=False):
        kept = values if outside is None else values[~outside]
        row[:] = np.bincount(_bins(kept).ravel(), minlength=BINS)
    return counts


def _bins(values: NDArray[Any]) -> NDArray[np.int64]:
    """256 bins an octave from 1 on, evenly wide within each; the first and the last take what is beyond."""
    mantissa, exponent = np.frexp(values.astype(np.float32).astype(np.float64))
    with np.errstate(invalid="ignore"):
        found = 256 * (exponent - 1) + np.floor(256 * (2 * mantissa - 1)).astype(np.int64)
    return np.clip(np.where(values > 0, found, 0), 0, BINS - 1)
