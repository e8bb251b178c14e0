"""What is frozen: the calls whose kernels a library has, each a plan with small images.

Kernels are made for types of arguments and not for shapes, so small images do; parameters that specialise kernels are here
one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fastdefect.backends.numba import PLANNERS
from fastdefect.backends.table import Backend
from fastdefect.calibration.domain import domain_around
from fastdefect.defects.find import find_defects, find_places
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.detectors.article.marks import mark_vertices
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.domain import DomainCheck
from fastdefect.detectors.texture.fit import open_constants
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.kernels.domain import MEASURED
from fastdefect.operations.texture import ResidualSums, TextureStructure
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Shape

SHAPE, NARROW, _SMALL = (40, 80), (3, 4), (9, 11)
"""Wider than every vector, and narrower than all."""
_KSIZES = (*range(1, 10), 15, 16, 17, 21, 25, 31)
NL_MEANS = (
    (10.0, 7, 21),
    (10.0, 7, 22),
    (3.0, 7, 21),
    (5.0, 7, 21),
    (20.0, 7, 21),
    (10.0, 5, 21),
    (10.0, 3, 21),
)
"""Strength, template and search window of the parameter sets that have frozen kernels of their own; other searches of a
template share them where their weights lie in the same kind of tables."""
_CORNER = [[[0, 0], [SHAPE[1], 0], [SHAPE[1], SHAPE[0]]]]


def run() -> None:
    """Plan and call everything."""
    for shape in (SHAPE, NARROW):
        _stages(shape)
    for image in _images(SHAPE):
        _article(image)
        _texture(image)
    for image in _images(NARROW):
        ArticleDetector()(image)
    _defects()


def _stages(shape: Shape) -> None:
    table, workers = Backend("numba", PLANNERS), Workers(1)
    colour, grey = _colour(shape), _colour(shape)[:, :, 1].copy()
    out, hsv = np.empty_like(grey), np.empty_like(colour)
    table.value_channel(shape, workers)(colour, out)
    table.bgr_to_hsv(shape, workers)(colour, hsv)
    table.otsu_threshold(shape, workers)(grey)
    table.binarize(shape, workers)(grey, 99, out)
    for ksize in ((3, 1), *((k, k) for k in _KSIZES)):
        for step in (
            table.box_blur(shape, ksize, workers),
            table.value_blur(shape, ksize, workers),
        ):
            step(grey, out)
        table.value_blur(shape, ksize, workers)(colour, out)
        table.erode(shape, ksize, workers)(grey, out)
        table.dilate(shape, ksize, workers)(grey, out)
        table.defect_mask(shape, ksize, workers)(grey, 99, out)
    for parameters in (*NL_MEANS, (10.0, 1, 5)):
        table.nl_means(shape, *parameters, workers)(grey, out)


def _article(image: ByteImage) -> None:
    for area in (None, _CORNER):
        plan = ArticleDetector().plan(SHAPE, threads=1, roi=area)
        plan(image, stages=True)
        plan(image, copy=False)


def _defects() -> None:
    grey = _colour(_SMALL)[:, :, 0].copy()
    mask = np.zeros(_SMALL, np.bool_)
    mask[2:5, 3:6] = mask[6, 8] = True
    score = grey.astype(np.float32)
    for rules in (None, RegionParams(merge_distance=3)):
        for inside in (None, np.ones(_SMALL, np.bool_)):
            for scores in (None, score):
                found = find_defects(mask, rules, score_map=scores, grey=grey, inside=inside)
                for defect in found:
                    defect.to_dict()
                    _ = defect.polygon, defect.image
    find_places(mask)
    corner = np.zeros((1, 1, 2), np.int32)
    mark_vertices(_colour(_SMALL), (corner,), ArticleParams())


def _texture(image: ByteImage) -> None:
    """The map of the texture model, colour and grey, and its domain; trainings are compiled."""
    channels = 1 if image.ndim == 2 else 3
    sums = ResidualSums(1, np.array([9e4, 1e4, 2e4]), 900)
    mask = np.zeros(SHAPE, np.bool_)
    out = np.empty(SHAPE, np.float32)
    for colour in (True, False):
        params = TextureParams(colour=colour)
        fitted = open_constants(sums, params, np.zeros(SHAPE[1], np.int16))
        structure = TextureStructure.of(params, channels)
        step = PLANNERS["texture_map"](SHAPE, structure, Workers(1))
        for outside in (None, mask):
            step(image, fitted, outside, out)
    domain = domain_around(np.ones((2, MEASURED)), image.size, SHAPE, channels)
    for outside in (None, mask):
        DomainCheck(domain, SHAPE)(image, outside)


def _images(shape: Shape) -> Iterator[ByteImage]:
    yield _colour(shape)
    yield np.ascontiguousarray(_colour(shape)[:, :, 1])


def _colour(shape: Shape) -> Any:
    """Noise with a flat and a dark part, which take ways of their own."""
    image = np.random.default_rng(0).integers(150, 220, (*shape, 3), np.uint8)
    height, width = shape
    image[: height // 3] = 200
    image[height // 2 : height * 3 // 4, width // 4 : width // 2] = 10
    return image
