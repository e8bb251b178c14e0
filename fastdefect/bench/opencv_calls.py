"""Plain calls of OpenCV, as a user of OpenCV writes them: the other side of every row.

Whole images, ``dst`` made beforehand, no strips. These are not the package's OpenCV back end, which pays for keeping
to its threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from fastdefect.backends.reference import function_of
from fastdefect.bench.parity import Call
from fastdefect.operations.operation import Benchmark, Operation, Setting
from fastdefect.typing import ByteImage, Shape

Prepare = Callable[[Shape, Setting], Call]


def value_by_hsv(shape: Shape, setting: Setting) -> Call:
    """Return the article's way to V: a view of HSV, not copied."""
    hsv = np.empty((*shape, 3), np.uint8)
    return lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV, hsv)[:, :, 2]


def value_by_maximum(shape: Shape, setting: Setting) -> Call:
    """Return the quickest way to V that OpenCV has: split, then the larger of each two planes."""
    planes = [np.empty(shape, np.uint8) for _ in range(3)]
    out = np.empty(shape, np.uint8)

    def call(bgr: ByteImage) -> ByteImage:
        cv2.split(bgr, planes)
        cv2.max(planes[0], planes[1], out)
        return cv2.max(out, planes[2], out)

    return call


def value_blur(value: Prepare) -> Prepare:
    """Return V, taken as given, and the blur of it."""

    def prepare(shape: Shape, setting: Setting) -> Call:
        convert = value(shape, setting)
        out = np.empty(shape, np.uint8)
        (ksize,) = setting.plan
        return lambda bgr: cv2.blur(convert(bgr), ksize, out)

    return prepare


def defect_mask(count_zeros: Callable[[ByteImage], int]) -> Prepare:
    """Return threshold, dilation and the count of zeros, taken as given; the results are dilation and count."""

    def prepare(shape: Shape, setting: Setting) -> Call:
        (ksize,), (threshold,) = setting.plan, setting.call
        ones = _ones(ksize)
        binary = np.empty(shape, np.uint8)
        dilation = np.empty(shape, np.uint8)

        def call(grey: ByteImage) -> tuple[ByteImage, int]:
            cv2.threshold(grey, threshold, 256, cv2.THRESH_BINARY, binary)
            cv2.dilate(binary, ones, dilation)
            return dilation, int(count_zeros(dilation))

        return call

    return prepare


def zeros_by_numpy(image: ByteImage) -> int:
    """Count zeros as the article does."""
    return int((image == 0).sum())


def zeros_by_opencv(image: ByteImage) -> int:
    """Count zeros with OpenCV's vectors, about 20 times as fast."""
    return image.size - cv2.countNonZero(image)


def _ones(ksize: tuple[int, int]) -> ByteImage:
    width, height = ksize
    return np.ones((height, width), np.uint8)


def _bgr_to_hsv(shape: Shape, setting: Setting) -> Call:
    out = np.empty((*shape, 3), np.uint8)
    return lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV, out)


def _box_blur(shape: Shape, setting: Setting) -> Call:
    out = np.empty(shape, np.uint8)
    (ksize,) = setting.plan
    return lambda grey: cv2.blur(grey, ksize, out)


def _nl_means(shape: Shape, setting: Setting) -> Call:
    out = np.empty(shape, np.uint8)
    h, template, search = setting.plan
    return lambda grey: cv2.fastNlMeansDenoising(grey, out, h, template, search)


def _otsu_threshold(shape: Shape, setting: Setting) -> Call:
    out = np.empty(shape, np.uint8)
    kind = cv2.THRESH_BINARY + cv2.THRESH_OTSU
    return lambda grey: int(cv2.threshold(grey, 127, 256, kind, out)[0])


def _binarize(shape: Shape, setting: Setting) -> Call:
    out = np.empty(shape, np.uint8)
    (threshold,) = setting.call
    return lambda grey: cv2.threshold(grey, threshold, 256, cv2.THRESH_BINARY, out)[1]


def _morphology(function: Callable[..., ByteImage]) -> Prepare:
    def prepare(shape: Shape, setting: Setting) -> Call:
        out = np.empty(shape, np.uint8)
        ones = _ones(setting.plan[0])
        return lambda grey: function(grey, ones, out)

    return prepare


@dataclass(frozen=True)
class Baseline:
    """Calls of OpenCV that an operation is measured against.

    Attributes
    ----------
    label : str
        How the tables call them.
    prepare : callable
        ``prepare(shape, setting)`` makes the arrays for the results and returns the function of the image.
    """

    label: str
    prepare: Prepare


BASELINES: Mapping[str, Baseline] = {
    "value_channel": Baseline("cvtColor, view of V", value_by_hsv),
    "value_by_maximum": Baseline("split + 2 max", value_by_maximum),
    "value_blur": Baseline("cvtColor + blur", value_blur(value_by_hsv)),
    "value_blur_by_maximum": Baseline("split + 2 max + blur", value_blur(value_by_maximum)),
    "bgr_to_hsv": Baseline("OpenCV", _bgr_to_hsv),
    "box_blur": Baseline("OpenCV", _box_blur),
    "nl_means": Baseline("OpenCV", _nl_means),
    "otsu_threshold": Baseline("OpenCV", _otsu_threshold),
    "binarize": Baseline("OpenCV", _binarize),
    "erode": Baseline("OpenCV", _morphology(cv2.erode)),
    "dilate": Baseline("OpenCV", _morphology(cv2.dilate)),
    "defect_mask": Baseline("threshold + dilate + (== 0).sum()", defect_mask(zeros_by_numpy)),
    "defect_mask_by_opencv": Baseline("threshold + dilate + countNonZero", defect_mask(zeros_by_opencv)),
}  # fmt: skip
"""Calls by operation, and by the names that declarations give to others."""


def baseline_of(operation: Operation, benchmark: Benchmark) -> Baseline:
    """The calls that a row is measured against; without an entry in `BASELINES` those of the reference."""
    name = benchmark.baseline or operation.name
    if name in BASELINES or benchmark.baseline:
        return BASELINES[name]
    function = function_of(operation)

    def prepare(shape: Shape, setting: Setting) -> Call:
        return lambda image: function(image, *setting.call, *setting.plan)

    return Baseline("the reference", prepare)
