"""Every declared operation held against the truth, over the cases and the tolerance of its declaration.

Back ends are handed in: anything with one planner per operation, see `fastdefect.backends.table.Backend`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.errors import FastDefectError
from fastdefect.operations.operation import Operation, Setting
from fastdefect.perf.images import KINDS, make
from fastdefect.typing import ByteImage, Shape

Call = Callable[[ByteImage], Any]


class ParityError(FastDefectError, AssertionError):
    """Two results that must be the same bytes are not."""


def prepare(operation: Operation, table: Any, shape: Shape, setting: Setting, workers: Any) -> Call:
    """Plan an operation and return it as a function of the image.

    The function returns ``out``, the number, or both as a tuple; ``out`` is overwritten by the next call.
    """
    step = getattr(table, operation.name)(shape, *setting.plan, workers)
    arguments, output = setting.call, operation.output
    if output is None:
        return lambda image: step(image, *arguments)
    full = shape if output.channels == 1 else (*shape, output.channels)
    out = np.empty(full, output.dtype)
    if operation.number:
        return lambda image: (out, step(image, *arguments, out))

    def call(image: ByteImage) -> Any:
        step(image, *arguments, out)
        return out

    return call


# One pixel, one row, one column, smaller than every window, odd, a vector's width and its neighbours, many strips.
SHAPES: tuple[Shape, ...] = (
    (1, 1), (1, 7), (9, 1), (2, 3), (5, 5), (16, 16), (17, 33), (8, 64), (64, 65), (63, 130), (300, 257),
)  # fmt: skip
TINY: tuple[Shape, ...] = tuple(shape for shape in SHAPES if shape[0] * shape[1] <= 600)


@dataclass(frozen=True)
class Difference:
    """The first place, in reading order, at which two results differ.

    Attributes
    ----------
    where : tuple of int
        Index of the pixel (row, col) or of its channel (row, col, channel); empty when shapes or types differ.
    expected, received : object
        The two values.
    count : int
        Number of differing entries.
    """

    where: tuple[int, ...]
    expected: Any
    received: Any
    count: int

    def __str__(self) -> str:
        place = f"at {self.where}" if self.where else "as a whole"
        return f"first difference {place}: expected {self.expected}, received {self.received}; {self.count} differ"


def first_difference(expected: Any, received: Any, tolerance: int = 0) -> Difference | None:
    """Compare two results, arrays or numbers.

    Parameters
    ----------
    expected, received : array_like
        Shapes and dtypes must be the same too, unless both are plain numbers.
    tolerance : int
        Largest difference that counts as equal.

    Returns
    -------
    Difference or None
        None when they are equal.
    """
    left, right = np.asarray(expected), np.asarray(received)
    if left.shape != right.shape or (left.ndim and left.dtype != right.dtype):
        kinds = [f"{array.dtype} {array.shape}" for array in (left, right)]
        return Difference((), kinds[0], kinds[1], max(left.size, right.size))
    if left.dtype == np.uint8:
        far = np.maximum(left, right) - np.minimum(left, right) > tolerance
    else:
        far = ~(np.abs(left - right) <= tolerance) if tolerance else left != right
    count = int(np.count_nonzero(far))
    if not count:
        return None
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(far)), left.shape))
    return Difference(where, left[where].item(), right[where].item(), count)


def require_equal(what: str, expected: Any, received: Any, tolerance: int = 0) -> None:
    """Raise a `ParityError` that starts with ``what`` unless both results, or tuples of results, are equal."""
    pairs = (
        list(zip(expected, received, strict=True))
        if isinstance(expected, tuple)
        else [(expected, received)]
    )
    for number, (left, right) in enumerate(pairs):
        difference = first_difference(left, right, tolerance)
        if difference:
            part = f", result {number}" if len(pairs) > 1 else ""
            raise ParityError(f"{what}{part}: {difference}")


def check(
    operation: Operation,
    subject: Any,
    truth: Any,
    workers: Any,
    *,
    shapes: Sequence[Shape] = SHAPES,
    kinds: Sequence[str] = tuple(KINDS),
) -> int:
    """Hold one operation of a back end against the truth, over the table's cases.

    Parameters
    ----------
    operation : Operation
        An entry of `fastdefect.operations.OPERATIONS`.
    subject, truth : Backend
        Tables of planners.
    workers : Workers
        Threads for the subject and the truth.
    shapes : sequence of (int, int)
        Image sizes (H, W).
    kinds : sequence of str
        Kinds of images, keys of `fastdefect.perf.images.KINDS`.

    Returns
    -------
    int
        Number of cases compared.

    Raises
    ------
    ParityError
        At the first case that differs; names the operation, the case, the pixel and both values.
    """
    count = 0
    for shape, setting in _plannable(operation, shapes):
        planned = [prepare(operation, table, shape, setting, workers) for table in (truth, subject)]
        for kind in kinds:
            image = make(kind, shape, operation.inputs[0].channels[0])
            expected, received = planned[0](image), planned[1](image)
            what = f"{operation.name}({setting}) of {subject.name}, {kind} image {shape}"
            require_equal(what, expected, received, operation.tolerance)
            count += 1
    return count


def _plannable(operation: Operation, shapes: Sequence[Shape]) -> Iterator[tuple[Shape, Setting]]:
    for shape in shapes:
        if shape[0] * shape[1] <= operation.max_pixels:
            for setting in operation.cases:
                yield shape, setting
