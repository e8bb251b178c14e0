"""Small inspections, trainings and calls that between them run every kernel of the core package.

Kernels are compiled for types of arguments, not for shapes, so small images do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

import fastdefect
from fastdefect.cli.parameters import load_model
from fastdefect.detectors.registry import (
    default_detector,
    detector_class,
    kinds,
    trainable_kinds,
)
from fastdefect.typing import ByteImage

_SIDES = 96, 128
_GOOD_IMAGES = 8
_CORNER = [
    [[0, 0], [_SIDES[1], 0], [_SIDES[1], _SIDES[0]]]
]  # an area, outside of which is mirrored

Work = tuple[str, Callable[[], Any]]


def everything(threads: int | None) -> Iterator[Work]:
    """What runs all kernels of the core package, step by step: a name and a callable each."""
    yield "the default detector", lambda: _inspect(default_detector(), threads)
    yield "defects and their measures", _defects
    yield "public operations", lambda: _operations(threads)
    for kind in kinds():
        if kind in trainable_kinds():
            for settings in _settings(detector_class(kind)):
                yield f"training, {kind}", partial(_train, kind, settings, threads)


def model(path: str, shape: tuple[int, int], threads: int | None) -> Iterator[Work]:
    """What runs the kernels of one model file, for images of one shape."""
    detector = load_model(Path(path))
    yield str(path), lambda: _inspect(detector, threads, shape)


def _inspect(
    detector: Any, threads: int | None, shape: tuple[int, int] = _SIDES
) -> Mapping[str, float]:
    """Warm up plans without and with an area, and read all of a result."""
    speed: Mapping[str, float] = {}
    for area in (_CORNER if shape == _SIDES else None, None):
        plan = detector.plan(shape, threads=threads, roi=area)
        plan.warmup(stages=True)
        speed = plan.warmup()
        for image in _images(shape, detector.channels):
            found = plan(image)
            _ = found.score_map
            found.to_dict()
    bgr = _spotted(shape)
    found.output(bgr)
    return speed


def _images(shape: tuple[int, int], channels: int | None) -> Iterator[ByteImage]:
    """A spotted image in colour, in grey, or in both."""
    bgr = _spotted(shape)
    if channels != 1:
        yield bgr
    if channels != 3:
        yield np.ascontiguousarray(bgr[:, :, 1])


def _defects() -> None:
    """Read every measure of defects, merged or not, with a scale and without."""
    image = _spotted(_SIDES)
    for rules in (
        fastdefect.RegionParams(),
        fastdefect.RegionParams(merge_distance=3, mm_per_px=(0.5, 0.25), severity_by="contrast"),
    ):
        for area in (None, _CORNER):
            for defect in fastdefect.detect(image, regions=rules, roi=area).defects or ():
                defect.to_dict()
                _ = defect.polygon, defect.image
    fastdefect.fab_defect_detect(image)


def _operations(threads: int | None) -> None:
    bgr = _spotted(_SIDES)
    grey = fastdefect.value_channel(bgr, threads=threads)
    fastdefect.bgr_to_hsv(bgr, threads=threads)
    fastdefect.box_blur(grey, 5, threads=threads)
    fastdefect.nl_means(grey, threads=threads)
    fastdefect.erode(grey, 5, threads=threads)
    fastdefect.dilate(grey, 5, threads=threads)
    fastdefect.binarize(grey, fastdefect.otsu_threshold(grey, threads=threads), threads=threads)


def _settings(trainable: Any) -> Iterator[dict[str, Any]]:
    """The settings that take kernels of their own: with colour and without."""
    yield {}
    if "colour" in signature(trainable).parameters:
        yield {"colour": False}


def _train(kind: str, settings: Mapping[str, Any], threads: int | None) -> None:
    """Train on small images in colour and in grey, with a mask, and inspect with what was learned."""
    random = np.random.default_rng(0)
    ignore = np.zeros(_SIDES, np.bool_)
    ignore[:8, :8] = True
    for channels in ((3,), ()):
        good = list(random.integers(90, 160, (_GOOD_IMAGES, *_SIDES, *channels), np.uint8))
        groups = [index // 2 for index in range(_GOOD_IMAGES)]
        make: Any = detector_class(kind)
        detector = make(**settings).fit(good, groups, ignore, threads=threads)
        _inspect(detector, threads)


def _spotted(shape: tuple[int, int]) -> ByteImage:
    """Noise with a flat and a dark part, which take ways of their own."""
    image = np.random.default_rng(0).integers(150, 220, (*shape, 3), np.uint8)
    height, width = shape
    image[: height // 3] = 200
    image[height // 2 : height * 3 // 4, width // 4 : width // 2] = 10
    image[height * 5 // 8 : height * 5 // 8 + 2, width // 3 : width // 3 + 2] = 200  # a hole
    return image
