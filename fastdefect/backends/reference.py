"""The oracle as a back end: whole-image calls of OpenCV and NumPy, results copied out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastdefect.backends.table import Backend, Step
from fastdefect.reference import box_blur, hsv, morphology, nl_means, otsu, texture_steps
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage


def _image_step(function: Callable[..., ByteImage]) -> Callable[..., Step]:
    """Planner of an image operation: parameters of the plan follow the images of the call."""

    def plan(shape: tuple[int, int], *parameters: Any) -> Step:
        *settings, _workers = parameters

        def step(*images: Any) -> None:
            *inputs, out = images
            np.copyto(out, function(*inputs, *settings))

        return step

    return plan


def _otsu_threshold(shape: tuple[int, int], workers: Workers) -> Step:
    return otsu.otsu_threshold


def _value_blur(image: ByteImage, ksize: tuple[int, int]) -> ByteImage:
    value = hsv.value_channel(image) if image.ndim == 3 else image
    return box_blur.box_blur(value, ksize)


def _defect_mask(shape: tuple[int, int], ksize: tuple[int, int], workers: Workers) -> Step:
    def step(src: ByteImage, threshold: int, out: ByteImage) -> int:
        np.copyto(out, morphology.defect_mask(src, threshold, ksize))
        return int(out.sum(dtype=np.int64))

    return step


TABLE = Backend(
    name="reference",
    value_channel=_image_step(hsv.value_channel),
    bgr_to_hsv=_image_step(hsv.bgr_to_hsv),
    box_blur=_image_step(box_blur.box_blur),
    value_blur=_image_step(_value_blur),
    nl_means=_image_step(nl_means.nl_means),
    otsu_threshold=_otsu_threshold,
    binarize=_image_step(otsu.binarize),
    erode=_image_step(morphology.erode),
    dilate=_image_step(morphology.dilate),
    defect_mask=_defect_mask,
    texture_map=texture_steps.TextureMap,
    texture_histograms=texture_steps.TextureHistograms,
    texture_residual_sums=texture_steps.TextureResidualSums,
)
