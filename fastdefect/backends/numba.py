"""Numba's kernels over strips; every planner makes the scratch of each worker once."""

from __future__ import annotations

from fastdefect.backends.byte_stages.blur import box_blur, value_blur
from fastdefect.backends.byte_stages.hsv import bgr_to_hsv, value_channel
from fastdefect.backends.byte_stages.morphology import defect_mask, dilate, erode
from fastdefect.backends.byte_stages.otsu import binarize, otsu_threshold
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.backends.numba_pattern import pattern_features, pattern_map
from fastdefect.backends.numba_texture import (
    texture_histograms,
    texture_map,
    texture_residual_sums,
)
from fastdefect.backends.table import Planner

PLANNERS: dict[str, Planner] = {
    "value_channel": value_channel,
    "bgr_to_hsv": bgr_to_hsv,
    "box_blur": box_blur,
    "value_blur": value_blur,
    "nl_means": nl_means,
    "otsu_threshold": otsu_threshold,
    "binarize": binarize,
    "erode": erode,
    "dilate": dilate,
    "defect_mask": defect_mask,
    "texture_map": texture_map,
    "texture_histograms": texture_histograms,
    "texture_residual_sums": texture_residual_sums,
    "pattern_map": pattern_map,
    "pattern_features": pattern_features,
}
