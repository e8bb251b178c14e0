"""Run duels: parity first, then interleaved timing, one `Row` each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import cv2
import numpy as np

from fastdefect.bench.cases import CASES, Case, Subjects
from fastdefect.bench.parity import Shape, require_equal
from fastdefect.bench.record import Row
from fastdefect.perf.images import KINDS, make
from fastdefect.perf.timing import compare
from fastdefect.typing import ByteImage

_SEED = 7


@contextmanager
def opencv_threads(threads: int) -> Iterator[None]:
    """Run OpenCV on so many threads, and put the process back as it was.

    Only for a process whose purpose is to measure: the number belongs to the whole process.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@lru_cache(maxsize=3)  # the three pictures of one size; larger ones would only hold memory
def picture(name: str, shape: Shape, channels: int) -> ByteImage:
    """Return the input of a duel, read-only.

    Parameters
    ----------
    name : str
        A kind of `fastdefect.perf.images.KINDS`; ``"blurred"``, cloth after the article's blur; ``"binary"``,
        that after Otsu's threshold.
    shape : (int, int)
        (H, W) in pixels.
    channels : int
        1 or 3.
    """
    made = name not in KINDS
    image = make("cloth" if made else name, shape, channels, _SEED)
    if made:
        image = np.asarray(cv2.blur(image, (16, 16)), np.uint8)
    if name == "binary":
        image = np.asarray(cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)
    image.flags.writeable = False
    return image


def measure(
    duel: Case, subjects: Subjects, shape: Shape, threads: int, seconds: float, again: int = 1
) -> Row:
    """Hold both sides of a duel against each other, then time them.

    Parameters
    ----------
    duel : Case
        The row to measure.
    subjects : Subjects
        The package's contenders.
    shape : (int, int)
        (H, W) in pixels.
    threads : int
        Threads of both sides.
    seconds : float
        Time budget of the timing, positive.
    again : int
        Factor on the budget, for a second look.

    Returns
    -------
    Row
        Medians, quartiles and the ratio.

    Raises
    ------
    ParityError
        When the results differ; nothing is timed then.
    """
    image = picture(duel.picture, shape, duel.channels)
    with opencv_threads(threads):
        pair = duel.prepare(subjects, shape, threads)
        what = f"{duel.name} {shape[0]}x{shape[1]} on {threads} thread(s): {duel.subject} against {duel.against}"
        require_equal(what, pair.against(image), pair.view(pair.subject(image)))
        result = compare(
            {"subject": lambda: pair.subject(image), "against": lambda: pair.against(image)},
            seconds * again,
        )
    return Row(
        name=duel.name,
        height=shape[0],
        width=shape[1],
        threads=threads,
        subject=duel.subject,
        against=duel.against,
        subject_ms=result.seconds("subject").scaled(1000),
        against_ms=result.seconds("against").scaled(1000),
        ratio=result.times_as_fast("subject", "against"),
        rounds=result.rounds,
    )


def contest(
    subjects: Subjects,
    shapes: Sequence[Shape],
    threads: Sequence[int],
    seconds: float,
    *,
    duels: Sequence[Case] = CASES,
    started: Callable[[Case, Shape, int], object] = lambda duel, shape, threads: None,
) -> Iterator[Row]:
    """Measure every duel at every size on every number of threads, in that nesting from the inside.

    Parameters
    ----------
    subjects : Subjects
        The package's contenders.
    shapes : sequence of (int, int)
        Sizes (H, W); a duel leaves out those beyond its ``most_pixels``.
    threads : sequence of int
        Numbers of threads, both sides the same.
    seconds : float
        Time budget per row.
    duels : sequence of Case
        Rows of the table.
    started : callable
        Told before each row.

    Yields
    ------
    Row
        One measured row.
    """
    for duel, shape, count in planned(shapes, threads, duels):
        started(duel, shape, count)
        yield measure(duel, subjects, shape, count, seconds)


def planned(
    shapes: Sequence[Shape], threads: Sequence[int], duels: Sequence[Case] = CASES
) -> list[tuple[Case, Shape, int]]:
    """List what `contest` measures, in order."""
    return [
        (duel, shape, count)
        for count in threads
        for shape in shapes
        for duel in duels
        if shape[0] * shape[1] <= duel.most_pixels
    ]
