"""Who runs against whom: the rows of every benchmark table, and the OpenCV calls that they are measured against.

The parts of the package that are measured are handed in as `Subjects`, because this room stands below them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from fastdefect.measure.images import ByteImage
from fastdefect.measure.parity import OPERATIONS, Call, Setting, Shape

_KSIZE = (16, 16)
_ONES = np.ones((5, 5), np.uint8)
_THRESHOLD = 127


@dataclass(frozen=True)
class Subjects:
    """The package's own contenders.

    Attributes
    ----------
    load : callable
        ``load(name)`` returns the back end of that name.
    workers : callable
        ``workers(threads)`` returns the thread owner that planners take.
    engine : callable
        ``engine(shape, threads)`` returns the article's pipeline planned for images of that shape, which
        returns a `fastdefect.Detection`.
    drop_in : callable
        ``drop_in(bgr, threads)`` returns the article's 8-tuple.
    article : callable
        ``article(bgr)`` returns the same 8-tuple, from plain OpenCV.
    """

    load: Callable[[str], Any]
    workers: Callable[[int], Any]
    engine: Callable[[Shape, int], Call]
    drop_in: Callable[[ByteImage, int], Any]
    article: Call


@dataclass(frozen=True)
class Pair:
    """Two functions of the same image whose results must be equal.

    Attributes
    ----------
    subject, against : callable
        What is timed.
    view : callable
        Takes what the subject returned to what ``against`` returns, outside the timing.
    """

    subject: Call
    against: Call
    view: Callable[[Any], Any] = lambda result: result


@dataclass(frozen=True)
class Duel:
    """One row of a table, before it is measured.

    Attributes
    ----------
    name : str
        First part of the row's id.
    subject, against : str
        Who is measured against whom, as printed.
    prepare : callable
        ``prepare(subjects, shape, threads)`` plans both sides.
    channels : int
        Channels of the input image.
    picture : str
        A kind of `fastdefect.measure.images.KINDS`, ``"blurred"`` or ``"binary"``, see
        `fastdefect.measure.contest.picture`.
    most_pixels : int
        Larger images take too long for a table.
    """

    name: str
    subject: str
    against: str
    prepare: Callable[[Subjects, Shape, int], Pair]
    channels: int = 1
    picture: str = "cloth"
    most_pixels: int = 1 << 62


def stage(
    name: str,
    picture: str,
    *,
    setting: Setting | None = None,
    row: str = "",
    most_pixels: int = 1 << 62,
) -> Duel:
    """Return the duel of one planned stage: Numba's against the OpenCV back end's.

    Parameters
    ----------
    name : str
        A key of `OPERATIONS`.
    picture : str
        See `Duel.picture`.
    setting : Setting
        Parameters; the article's by default.
    row : str
        First part of the row's id; ``name`` by default.
    most_pixels : int
        See `Duel.most_pixels`.
    """
    operation = OPERATIONS[name]
    chosen = setting or operation.settings[0]

    def prepare(subjects: Subjects, shape: Shape, threads: int) -> Pair:
        workers = subjects.workers(threads)
        numba, opencv = (
            operation.prepare(subjects.load(table), shape, chosen, workers)
            for table in ("numba", "opencv")
        )
        return Pair(numba, opencv)

    return Duel(
        row or name, "numba", "opencv", prepare, operation.channels_in, picture, most_pixels
    )


def _value_blur(subjects: Subjects, shape: Shape, threads: int) -> Pair:
    operation = OPERATIONS["value_blur"]
    fused = operation.prepare(
        subjects.load("numba"), shape, operation.settings[0], subjects.workers(threads)
    )
    hsv = np.empty((*shape, 3), np.uint8)
    out = np.empty(shape, np.uint8)

    def steps(bgr: ByteImage) -> ByteImage:
        cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV, hsv)
        cv2.blur(hsv[:, :, 2], _KSIZE, out)
        return out

    return Pair(fused, steps)


def _defect_mask(count_zeros: Callable[[ByteImage], int]) -> Callable[[Subjects, Shape, int], Pair]:
    """The fused step against threshold, dilation and a count of zeros."""

    def prepare(subjects: Subjects, shape: Shape, threads: int) -> Pair:
        operation = OPERATIONS["defect_mask"]
        fused = operation.prepare(
            subjects.load("numba"), shape, operation.settings[0], subjects.workers(threads)
        )
        binary = np.empty(shape, np.uint8)
        dilation = np.empty(shape, np.uint8)

        def steps(grey: ByteImage) -> tuple[ByteImage, int]:
            cv2.threshold(grey, _THRESHOLD, 256, cv2.THRESH_BINARY, binary)
            cv2.dilate(binary, _ONES, dilation)
            return dilation, int(count_zeros(dilation))

        def view(result: tuple[ByteImage, int]) -> tuple[ByteImage, int]:
            dark, zeros = result
            return np.where(dark != 0, 0, 255).astype(np.uint8), zeros

        return Pair(fused, steps, view)

    return prepare


def _zeros_by_numpy(dilation: ByteImage) -> int:
    return int((dilation == 0).sum())


def _zeros_by_opencv(dilation: ByteImage) -> int:
    return dilation.size - cv2.countNonZero(dilation)


def _pipeline(subjects: Subjects, shape: Shape, threads: int) -> Pair:
    engine = subjects.engine(shape, threads)

    def article(bgr: ByteImage) -> tuple[Any, ...]:
        dilation = subjects.article(bgr)[6]
        dark = dilation == 0
        return dark, int(dark.sum())

    return Pair(engine, article, lambda found: (found.mask, found.zero_count))


def _drop_in(subjects: Subjects, shape: Shape, threads: int) -> Pair:
    return Pair(lambda bgr: subjects.drop_in(bgr, threads), subjects.article, tuple)


# OpenCV's NL-means takes 0.84 s per megapixel and core; beyond 4 Mpx a table would take minutes per row.
_SLOW = 5_000_000

DUELS: tuple[Duel, ...] = (
    Duel("value_blur", "numba, fused", "cvtColor + blur", _value_blur, channels=3),
    Duel(
        "defect_mask", "numba, fused", "threshold + dilate + (== 0).sum()",
        _defect_mask(_zeros_by_numpy), picture="blurred",
    ),
    Duel(
        "defect_mask_strict", "numba, fused", "threshold + dilate + countNonZero",
        _defect_mask(_zeros_by_opencv), picture="blurred",
    ),
    stage("value_channel", "cloth"),
    stage("bgr_to_hsv", "cloth"),
    stage("box_blur", "cloth"),
    stage("nl_means", "blurred", most_pixels=_SLOW),
    stage("otsu_threshold", "blurred"),
    stage("binarize", "blurred"),
    stage("erode", "binary"),
    stage("dilate", "binary"),
    Duel("engine", "Engine", "the article", _pipeline, channels=3, most_pixels=_SLOW),
    Duel("fab_defect_detect", "fab_defect_detect", "the article", _drop_in, channels=3, most_pixels=_SLOW),
)  # fmt: skip
