"""Measure cases: parity first, then interleaved timing, one `Row` each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import cv2
import numpy as np

from fastdefect.bench.cases import CASES, Case
from fastdefect.bench.parity import require_equal
from fastdefect.bench.record import Row
from fastdefect.perf.images import KINDS, make
from fastdefect.perf.scheduling import times_held_back
from fastdefect.perf.timing import compare
from fastdefect.typing import ByteImage, Shape

_SEED = 7


@contextmanager
def opencv_threads(threads: int) -> Iterator[None]:
    """Run OpenCV on a number of threads, and put the process back as it was.

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
    """Return the input of a case, read-only.

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


def measure(case: Case, shape: Shape, threads: int, seconds: float, again: int = 1) -> Row:
    """Compare the results of both sides of a case, then time them.

    Parameters
    ----------
    case : Case
        The row to measure.
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
    image = picture(case.picture, shape, case.channels)
    with opencv_threads(threads):
        pair = case.prepare(shape, threads)
        what = f"{case.name} {shape[0]}x{shape[1]} on {threads} thread(s): {case.subject} against {case.baseline}"
        found = pair.view(pair.subject(image))
        require_equal(what, pair.baseline(image), found)
        digest, before = digest_of(found), times_held_back()
        result = compare(
            {"subject": lambda: pair.subject(image), "baseline": lambda: pair.baseline(image)},
            seconds * again,
        )
        after = times_held_back()
    return Row(
        name=case.name,
        height=shape[0],
        width=shape[1],
        threads=threads,
        subject=case.subject,
        baseline=case.baseline,
        subject_ms=result.seconds("subject").scaled(1000),
        baseline_ms=result.seconds("baseline").scaled(1000),
        ratio=result.times_as_fast("subject", "baseline"),
        rounds=result.rounds,
        digest=digest,
        held_back=None if before is None or after is None else after - before,
    )


def digest_of(found: object) -> str:
    """SHA-256 of a result: of arrays the bytes, row by row, of tuples all parts, of anything else its text."""
    content = hashlib.sha256()
    for part in found if isinstance(found, tuple) else (found,):
        array = isinstance(part, np.ndarray)
        content.update(np.ascontiguousarray(part).tobytes() if array else repr(part).encode())
    return content.hexdigest()


def measure_all(
    shapes: Sequence[Shape],
    threads: Sequence[int],
    seconds: float,
    *,
    cases: Sequence[Case] = CASES,
    before_row: Callable[[Case, Shape, int], object] = lambda case, shape, threads: None,
) -> Iterator[Row]:
    """Measure every case at every size on every number of threads, in that nesting from the inside.

    Parameters
    ----------
    shapes : sequence of (int, int)
        Sizes (H, W); a case leaves out those beyond its ``max_pixels``.
    threads : sequence of int
        Numbers of threads, both sides the same.
    seconds : float
        Time budget per row.
    cases : sequence of Case
        Rows of the table.
    before_row : callable
        Called with the case, the size and the threads of each row before it is measured.

    Yields
    ------
    Row
        One measured row.
    """
    for case, shape, count in planned(shapes, threads, cases):
        before_row(case, shape, count)
        yield measure(case, shape, count, seconds)


def planned(
    shapes: Sequence[Shape], threads: Sequence[int], cases: Sequence[Case] = CASES
) -> list[tuple[Case, Shape, int]]:
    """List what `measure_all` measures, in order."""
    return [
        (case, shape, count)
        for count in threads
        for shape in shapes
        for case in cases
        if shape[0] * shape[1] <= case.max_pixels
    ]
