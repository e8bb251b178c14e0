"""Who runs against whom: the rows of every benchmark table.

The parts of the package that are measured are handed in as `Subjects`, because this room stands below them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.bench import opencv_calls as plain_opencv
from fastdefect.bench.parity import OPERATIONS, Call, Setting, Shape
from fastdefect.typing import ByteImage


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
    view: Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
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
        A kind of `fastdefect.perf.images.KINDS`, ``"blurred"`` or ``"binary"``, see
        `fastdefect.bench.compare.picture`.
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
    picture: str = "cloth",
    *,
    setting: Setting | None = None,
    row: str = "",
    subject: str = "numba",
    plain: plain_opencv.Maker | None = None,
    against: str = "OpenCV",
    most_pixels: int = 1 << 62,
) -> Case:
    """Return the duel of one planned stage against plain calls of OpenCV.

    Parameters
    ----------
    name : str
        A key of `OPERATIONS`.
    picture : str
        See `Case.picture`.
    setting : Setting
        Parameters; the article's by default.
    row : str
        First part of the row's id; ``name`` by default.
    subject : str
        The back end that is measured.
    plain, against : callable, str
        The calls of OpenCV and their name; by default those of `plain_opencv.CALLS`.
    most_pixels : int
        See `Case.most_pixels`.
    """
    operation = OPERATIONS[name]
    chosen = setting or operation.settings[0]
    view = _dilation_and_count if name == "defect_mask" else _as_it_is

    def prepare(subjects: Subjects, shape: Shape, threads: int) -> Pair:
        planned = operation.prepare(
            subjects.load(subject), shape, chosen, subjects.workers(threads)
        )
        return Pair(planned, (plain or plain_opencv.CALLS[name])(shape, chosen), view)

    return Case(row or name, subject, against, prepare, operation.channels_in, picture, most_pixels)


def _as_it_is(result: Any) -> Any:
    return result


def _dilation_and_count(result: tuple[ByteImage, int]) -> tuple[ByteImage, int]:
    """What the calls of OpenCV return, from a mask that is 1 where the dilation is 0, and their number."""
    dark, zeros = result
    return np.where(dark != 0, 0, 255).astype(np.uint8), zeros


def _ksize(side: int) -> Setting:
    return Setting(((side, side),))


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

CASES: tuple[Case, ...] = (
    stage("value_blur", plain=plain_opencv.value_blur(plain_opencv.value_by_hsv), against="cvtColor + blur"),
    stage(
        "value_blur", row="value_blur_strict",
        plain=plain_opencv.value_blur(plain_opencv.value_by_maximum), against="split + 2 max + blur",
    ),
    stage(
        "defect_mask", "blurred",
        plain=plain_opencv.defect_mask(plain_opencv.zeros_by_numpy), against="threshold + dilate + (== 0).sum()",
    ),
    stage(
        "defect_mask", "blurred", row="defect_mask_strict",
        plain=plain_opencv.defect_mask(plain_opencv.zeros_by_opencv), against="threshold + dilate + countNonZero",
    ),
    stage("value_channel", against="cvtColor, view of V"),
    stage("value_channel", row="value_channel_strict", plain=plain_opencv.value_by_maximum, against="split + 2 max"),
    stage("bgr_to_hsv"),
    stage("box_blur"),
    stage("box_blur", setting=_ksize(5), row="box_blur_5x5"),
    stage("box_blur", setting=_ksize(31), row="box_blur_31x31"),
    stage("nl_means", "blurred", most_pixels=_SLOW),
    stage("otsu_threshold", "blurred"),
    stage("binarize", "blurred"),
    stage("erode", "binary"),
    stage("erode", "binary", row="erode_auto", subject="auto"),
    stage("dilate", "binary"),
    stage("dilate", "binary", row="dilate_auto", subject="auto"),
    Case("engine", "Engine", "the article", _pipeline, channels=3, most_pixels=_SLOW),
    Case("fab_defect_detect", "drop-in", "the article", _drop_in, channels=3, most_pixels=_SLOW),
)  # fmt: skip
