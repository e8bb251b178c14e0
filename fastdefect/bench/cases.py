"""The rows of every benchmark table: each declared operation against OpenCV, and the whole pipelines.

Whole pipelines are called by their public names, as any user calls them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import fastdefect
from fastdefect.backends import load
from fastdefect.backends.auto import RULES
from fastdefect.bench.opencv_calls import baseline_of
from fastdefect.bench.parity import Call, prepare
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Benchmark, Operation
from fastdefect.reference.article import fab_defect_detect as article
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Shape


@dataclass(frozen=True)
class Pair:
    """Two functions of the same image whose results must be equal.

    Attributes
    ----------
    subject, baseline : callable
        What is timed.
    view : callable
        Turns what the subject returned into what ``baseline`` returns, outside the timing.
    """

    subject: Call
    baseline: Call
    view: Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """One row of a table, before it is measured.

    Attributes
    ----------
    name : str
        First part of the row's id.
    subject, baseline : str
        What is measured against what, as printed.
    prepare : callable
        ``prepare(shape, threads)`` plans both sides.
    channels : int
        Channels of the input image.
    picture : str
        A kind of `fastdefect.perf.images.KINDS`, ``"blurred"`` or ``"binary"``, see
        `fastdefect.bench.compare.picture`.
    max_pixels : int
        Larger images take too long for a table.
    """

    name: str
    subject: str
    baseline: str
    prepare: Callable[[Shape, int], Pair]
    channels: int = 1
    picture: str = "cloth"
    max_pixels: int = 1 << 62


def stage(operation: Operation, benchmark: Benchmark, subject: str = "numba") -> Case:
    """Return the case of one planned operation against plain calls of OpenCV.

    Parameters
    ----------
    operation : Operation
        What is measured.
    benchmark : Benchmark
        The row.
    subject : str
        The back end that is measured; all but ``"numba"`` follow the row's name.
    """
    setting = benchmark.setting or operation.cases[0]
    baseline = baseline_of(operation, benchmark)
    view = _dilation_and_count if operation.name == "defect_mask" else _as_it_is

    def both(shape: Shape, threads: int) -> Pair:
        planned = prepare(operation, load(subject), shape, setting, Workers(threads))
        return Pair(planned, baseline.prepare(shape, setting), view)

    return Case(
        name=benchmark.row if subject == "numba" else f"{benchmark.row}_{subject}",
        subject=subject,
        baseline=baseline.label,
        prepare=both,
        channels=operation.inputs[0].channels[0],
        picture=benchmark.picture,
        max_pixels=benchmark.max_pixels,
    )


def _as_it_is(result: Any) -> Any:
    return result


def _dilation_and_count(result: tuple[ByteImage, int]) -> tuple[ByteImage, int]:
    """What the calls of OpenCV return, from a mask that is 1 where the dilation is 0, and their number."""
    dark, zeros = result
    return np.where(dark != 0, 0, 255).astype(np.uint8), zeros


def _pipeline(shape: Shape, threads: int) -> Pair:
    engine = fastdefect.Engine(shape, threads=threads)

    def dark_pixels(bgr: ByteImage) -> tuple[Any, ...]:
        dilation = article(bgr)[6]
        dark = dilation == 0
        return dark, int(dark.sum())

    return Pair(engine, dark_pixels, lambda found: (found.mask, found.zero_count))


def _drop_in(shape: Shape, threads: int) -> Pair:
    return Pair(
        lambda bgr: fastdefect.fab_defect_detect(bgr, threads=threads),
        article,
        tuple,
    )


# Operations that `auto` leaves to OpenCV on some processor path; only their rows are measured for `auto` too.
_ROUTED = {rule.operation for rules in RULES.values() for rule in rules}
# The article's own OpenCV takes 0.84 s per megapixel and core.
_ARTICLE_PIXELS = 5_000_000

CASES: tuple[Case, ...] = (
    *(
        stage(operation, benchmark, subject)
        for operation in OPERATIONS.values()
        for benchmark in operation.benchmarks
        for subject in (("numba", "auto") if operation.name in _ROUTED else ("numba",))
    ),
    Case(
        "engine", "Engine", "the article", _pipeline, channels=3, max_pixels=_ARTICLE_PIXELS
    ),
    Case(
        "fab_defect_detect", "drop-in", "the article", _drop_in, channels=3, max_pixels=_ARTICLE_PIXELS
    ),
)  # fmt: skip
