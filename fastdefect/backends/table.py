"""The shape of a back end: one frozen table of planners.

A planner takes the image shape (H, W), the operation's parameters and the workers, makes every scratch buffer,
and returns a function that allocates nothing. Arrays are C-contiguous ``uint8`` that the caller has checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastdefect.tiling.workers import Workers

Shape = tuple[int, int]
Ksize = tuple[int, int]
Step = Callable[..., Any]


@dataclass(frozen=True)
class Backend:
    """Planners by operation; ``ksize`` is (width, height) as in OpenCV.

    Attributes
    ----------
    name : str
        The word that ``FASTDEFECT_BACKEND`` and ``backend=`` take.
    value_channel : planner -> f(bgr, out)
    bgr_to_hsv : planner -> f(bgr, out)
    box_blur : planner -> f(src, out)
    value_blur : planner -> f(image, out)
        Value channel and blur in one step; ``image`` is (H, W, 3), or (H, W), which is its own value channel.
    nl_means : planner -> f(src, out)
    otsu_threshold : planner -> f(src) -> int
    binarize : planner -> f(src, threshold, out)
    erode, dilate : planner -> f(src, out)
    defect_mask : planner -> f(src, threshold, out) -> int
        Binarize and dilate in one step: ``out`` is 1 where the dilation is 0, else 0; returns the count of ones.
    texture_map : planner -> f(image, fitted, outside, out) -> float
    texture_histograms : planner -> f(image, fitted, outside, out)
    texture_residual_sums : planner -> f(image, profile, outside) -> ResidualSums
        The texture model's, see `fastdefect.backends.numba_texture`.
    """

    name: str
    value_channel: Callable[[Shape, Workers], Step]
    bgr_to_hsv: Callable[[Shape, Workers], Step]
    box_blur: Callable[[Shape, Ksize, Workers], Step]
    value_blur: Callable[[Shape, Ksize, Workers], Step]
    nl_means: Callable[[Shape, float, int, int, Workers], Step]
    otsu_threshold: Callable[[Shape, Workers], Step]
    binarize: Callable[[Shape, Workers], Step]
    erode: Callable[[Shape, Ksize, Workers], Step]
    dilate: Callable[[Shape, Ksize, Workers], Step]
    defect_mask: Callable[[Shape, Ksize, Workers], Step]
    texture_map: Callable[..., Any]
    texture_histograms: Callable[..., Any]
    texture_residual_sums: Callable[..., Any]
