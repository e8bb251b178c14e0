"""Numba's kernels over strips; every planner makes the scratch of each worker once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastdefect.backends.byte_stages.blur import box_blur, value_blur
from fastdefect.backends.byte_stages.hsv import bgr_to_hsv, value_channel
from fastdefect.backends.byte_stages.morphology import defect_mask, dilate, erode
from fastdefect.backends.byte_stages.otsu import binarize, otsu_threshold
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.backends.table import Planner, Step


def _in_module(module: str, name: str) -> Planner:
    """A planner whose module is imported when it first plans: 40 ms of a start that most detectors need not pay."""

    def plan(*arguments: Any, **options: Any) -> Step:
        planner: Planner = getattr(import_module(f"fastdefect.backends.{module}"), name)
        return planner(*arguments, **options)

    return plan


_TEXTURE = ("texture_map", "texture_histograms", "texture_residual_sums")
_PATTERN = ("pattern_map", "pattern_features")
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
    **{name: _in_module("numba_texture", name) for name in _TEXTURE},
    **{name: _in_module("numba_pattern", name) for name in _PATTERN},
}
