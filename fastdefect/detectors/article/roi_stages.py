"""The article's pipeline over a part of the image, so that nothing outside can change anything inside.

Blur and NL-means look beyond the edge of the inspected area. There they see what OpenCV shows them beyond the edge of an
image: the inside mirrored. The pixels outside are overwritten by their mirror images (the nearest inspected pixel is the
mirror) before the blur; Otsu's histogram is taken over the inspected pixels alone; the mask is cut. Places are worked out
once per plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fastdefect.backends.table import Backend, Step
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.article.pipeline import BLUR, DETECT, FILTER, HSV, MASK, OTSU, Stage
from fastdefect.kernels.area import keep_inside, move_pixels, pack_runs
from fastdefect.kernels.regions.runs import count_runs, fill_runs
from fastdefect.roi.mirror import mirror_places
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, Shape

_Plan = Callable[[Backend, Shape, Workers, ArticleParams], Step]


def stages_within(inside: BoolImage) -> tuple[Stage, ...]:
    """The stages of a verdict on the pixels where ``inside``, bool (H, W), is True.

    Notes
    -----
    A value channel of its own and the mirrored edge come before the blur, which `pipeline.DETECT` takes in one
    step. Scratch: 16 bytes for each outside pixel near the edge, one for each inside.
    """
    area = np.ascontiguousarray(inside).view(np.uint8)
    value = replace(
        HSV,
        name="value_channel",
        plan=lambda backend, shape, workers, p: _value(backend, shape, workers),
        image="inspected",
        channels=1,
    )
    mirror = replace(
        HSV,
        name="mirror_edge",
        plan=lambda backend, shape, workers, p: _mirror(area, p),
        reads=("inspected",),
        image=None,
        channels=1,
    )
    otsu = replace(OTSU, plan=lambda backend, shape, workers, p: _otsu(backend, workers, area))
    cut = replace(
        MASK,
        name="keep_inside",
        plan=lambda backend, shape, workers, p: lambda mask: int(keep_inside(mask, area)),
        reads=("mask",),
        image=None,
    )
    return value, mirror, replace(BLUR, reads=("inspected",)), FILTER, otsu, MASK, cut


def _value(backend: Backend, shape: Shape, workers: Workers) -> Step:
    convert = backend.value_channel(shape, workers)

    def step(image: ByteImage, out: ByteImage) -> None:
        if image.ndim == 2:
            np.copyto(out, image)
        else:
            convert(image, out)

    return step


def _mirror(area: ByteImage, params: ArticleParams) -> Step:
    targets, sources = mirror_places(area, sum(stage.halo(params) for stage in DETECT))

    def step(image: ByteImage) -> None:
        move_pixels(image.reshape(-1), targets, sources)

    return step


def _otsu(backend: Backend, workers: Workers, area: ByteImage) -> Step:
    counts = np.empty(area.shape[0], np.int64)
    count_runs(area, 0, area.shape[0], counts)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    runs = np.empty((int(first[-1]), 3), np.int32)
    fill_runs(area, first, 0, area.shape[0], runs)
    packed = np.empty((1, int(area.sum())), np.uint8)
    threshold = backend.otsu_threshold((1, packed.shape[1]), workers)

    def step(src: ByteImage) -> int:
        pack_runs(src, runs, packed[0])
        return int(threshold(packed))

    return step
