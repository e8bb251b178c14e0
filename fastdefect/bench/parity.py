"""The one table of operations: their cases and their tolerance, for tests and benchmarks alike.

Back ends are handed in, so that this room needs no other: a back end is anything with one planner per operation,
see `fastdefect.backends.table.Backend`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.errors import FastDefectError
from fastdefect.perf.images import KINDS, make
from fastdefect.typing import ByteImage

Shape = tuple[int, int]
Call = Callable[[ByteImage], Any]


class ParityError(FastDefectError, AssertionError):
    """Two results that must be the same bytes are not."""


@dataclass(frozen=True)
class Setting:
    """Parameters of one case.

    Attributes
    ----------
    plan : tuple
        What the planner takes between the shape and the workers.
    call : tuple
        What the step takes between the image and ``out``.
    """

    plan: tuple[Any, ...] = ()
    call: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return ", ".join(map(str, (*self.plan, *self.call))) or "no parameters"


@dataclass(frozen=True)
class Operation:
    """One operation of every back end.

    Attributes
    ----------
    name : str
        Field of the back end's table.
    channels_in : int
        3 for BGR, 1 for grey.
    channels_out : int
        Channels of ``out``; 0 when the step writes none.
    number : bool
        Whether the step returns a number that counts as a result.
    settings : tuple of Setting
        The article's parameters first, then the ones that kernels tend to get wrong.
    most_pixels : int
        Larger parity images are left out, for the sake of a slow reference.
    tolerance : int
        Largest difference in grey levels that still counts as equal. It is 0 everywhere: same bytes.
    """

    name: str
    channels_in: int = 1
    channels_out: int = 1
    number: bool = False
    settings: tuple[Setting, ...] = (Setting(),)
    most_pixels: int = 1 << 62
    tolerance: int = 0

    def prepare(self, table: Any, shape: Shape, setting: Setting, workers: Any) -> Call:
        """Plan the operation and return it as a function of the image.

        The function returns ``out``, the number, or both as a tuple; ``out`` is overwritten by the next call.
        """
        step = getattr(table, self.name)(shape, *setting.plan, workers)
        arguments = setting.call
        if self.channels_out == 0:
            return lambda image: step(image, *arguments)
        out = np.empty(shape if self.channels_out == 1 else (*shape, self.channels_out), np.uint8)
        if self.number:
            return lambda image: (out, step(image, *arguments, out))

        def call(image: ByteImage) -> ByteImage:
            step(image, *arguments, out)
            return out

        return call


def _plans(*plans: Any) -> tuple[Setting, ...]:
    return tuple(Setting(plan if isinstance(plan, tuple) else (plan,)) for plan in plans)


def _ksizes(*sizes: tuple[int, int]) -> tuple[Setting, ...]:
    return tuple(Setting((size,)) for size in sizes)


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("value_channel", channels_in=3),
        Operation("bgr_to_hsv", channels_in=3, channels_out=3),
        Operation(
            "box_blur",
            # 28, 34 and 56 are sizes at which OpenCV's rounding depends on the column
            settings=_ksizes(
                (16, 16), (1, 1), (2, 2), (3, 3), (5, 7), (9, 2), (31, 31), (28, 28), (34, 3), (56, 56),
                (64, 64), (255, 255),
            ),
        ),
        Operation("value_blur", channels_in=3, settings=_ksizes((16, 16), (1, 1), (5, 3), (28, 28), (64, 64))),
        Operation(
            "nl_means",
            # h = 33.3 tells single from double precision, h = 0 needs 0/0 as weight 1
            settings=_plans(
                (10.0, 7, 22), (3.0, 7, 21), (0.0, 7, 21), (33.3, 7, 21), (20.0, 5, 15), (5.0, 3, 11),
                (100.0, 9, 21), (10.0, 1, 1), (4.5, 2, 8),
            ),
            most_pixels=20_000,
        ),
        Operation("otsu_threshold", channels_out=0, number=True),
        Operation("binarize", settings=tuple(Setting(call=(level,)) for level in (127, 0, 1, 254, 255))),
        Operation("erode", settings=_ksizes((5, 5), (1, 1), (3, 3), (2, 4), (1, 9), (63, 63))),
        Operation("dilate", settings=_ksizes((5, 5), (1, 1), (3, 3), (2, 4), (1, 9), (63, 63))),
        Operation(
            "defect_mask",
            number=True,
            settings=tuple(
                Setting((size,), (level,))
                for size, level in (((5, 5), 127), ((5, 5), 0), ((5, 5), 255), ((1, 1), 127), ((3, 3), 137),
                                    ((2, 4), 127), ((63, 63), 127))
            ),
        ),
    )
}  # fmt: skip

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
        An entry of `OPERATIONS`.
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
        planned = [operation.prepare(table, shape, setting, workers) for table in (truth, subject)]
        for kind in kinds:
            image = make(kind, shape, operation.channels_in)
            expected, received = planned[0](image), planned[1](image)
            what = f"{operation.name}({setting}) of {subject.name}, {kind} image {shape}"
            require_equal(what, expected, received, operation.tolerance)
            count += 1
    return count


def _plannable(operation: Operation, shapes: Sequence[Shape]) -> Iterator[tuple[Shape, Setting]]:
    for shape in shapes:
        if shape[0] * shape[1] <= operation.most_pixels:
            for setting in operation.settings:
                yield shape, setting
