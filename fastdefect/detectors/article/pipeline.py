"""WHAT: the stages of the article's pipeline in order, each an operation of the back ends' table.

With an inspected area nothing outside can change anything inside: blur and NL-means look beyond its edge, and see there
what the plan has put in place of the outside, the inside mirrored; Otsu's histogram is taken over the inspected pixels
alone; the mask is cut.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fastdefect.backends.table import Step
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.stage import Context, Stage, operation_stage
from fastdefect.kernels.area import keep_inside, pack_runs
from fastdefect.kernels.regions.runs import count_runs, fill_runs
from fastdefect.operations import OPERATIONS
from fastdefect.typing import BoolImage, ByteImage


def verdict_stages(params: ArticleParams, within: bool) -> Sequence[Stage]:
    """What a verdict needs: no H and S planes, no binary image, no erosion."""
    blur = operation_stage("value_blur", (params.blur_ksize,), image="blurred")
    denoise = operation_stage(
        "nl_means", (params.h, params.template_window, params.search_window),
        reads=("blurred",), image="filtered",
    )  # fmt: skip
    otsu = operation_stage("otsu_threshold", reads=("filtered",), number="otsu_threshold")
    reads = ("filtered", "otsu_threshold")
    mask = operation_stage(
        "defect_mask", (params.structuring_ksize,), reads=reads, image="mask", number="dark_pixels"
    )
    if not within:
        return blur, denoise, otsu, mask
    packed = Stage(
        name="otsu_threshold",
        plan=_otsu_of_area,
        reads=("filtered",),
        number="otsu_threshold",
        operation="otsu_threshold",
    )
    cut = Stage(name="keep_inside", plan=_cut, reads=("mask",), number="dark_pixels")
    return blur, denoise, packed, mask, cut


def picture_stages(params: ArticleParams, channels: int) -> Sequence[Stage]:
    """What the article shows besides; a grey image has no hue and no saturation."""
    hsv = operation_stage("bgr_to_hsv", reads=("source",), image="hsv", channels=3)
    reads = ("filtered", "otsu_threshold")
    binary = operation_stage("binarize", reads=reads, image="binary")
    erosion, dilation = (
        operation_stage(name, (params.structuring_ksize,), reads=("binary",), image=image)
        for name, image in (("erode", "erosion"), ("dilate", "dilation"))
    )
    return (*((hsv,) if channels == 3 else ()), binary, erosion, dilation)


def reach(params: ArticleParams) -> int:
    """Pixels around a pixel that its verdict depends on, but for Otsu's threshold, which depends on all."""
    total = 0
    for stage in verdict_stages(params, False):
        halo = OPERATIONS[stage.name].halo
        total += 0 if halo is None else halo(*stage.parameters)
    return total


def _otsu_of_area(context: Context) -> Step:
    """Otsu's threshold of the inspected pixels, packed into one row: 1 byte for each of them, 12 for each run."""
    area = _pixels(context)
    height = area.shape[0]
    counts = np.empty(height, np.int64)
    count_runs(area, 0, height, counts)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    runs = np.empty((int(first[-1]), 3), np.int32)
    fill_runs(area, first, 0, height, runs)
    packed = np.empty((1, int(area.sum())), np.uint8)
    threshold = context.backend.otsu_threshold((1, packed.shape[1]), context.workers)

    def step(src: ByteImage) -> int:
        pack_runs(src, runs, packed[0])
        return int(threshold(packed))

    return step


def _cut(context: Context) -> Step:
    area = _pixels(context)
    return lambda mask: int(keep_inside(mask, area))


def _pixels(context: Context) -> ByteImage:
    inside: BoolImage | None = context.inside
    assert inside is not None
    return np.ascontiguousarray(inside).view(np.uint8)
