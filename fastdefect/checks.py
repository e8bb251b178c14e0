"""Checks of arguments where they enter: one sentence each, naming argument, expected, received and remedy."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.typing import ByteImage

_Kind = TypeVar("_Kind")
_Number = TypeVar("_Number", int, float)


def check_shape(shape: object) -> tuple[int, int]:
    """Return ``shape`` as (height, width)."""
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise ArgumentValueError(
            f"shape: expected (height, width) in pixels, received {short(shape)}; pass image.shape[:2]"
        )
    height, width = shape
    largest = 2**31 - 1
    height, width = (check_int("shape", side, 1, largest) for side in (height, width))
    memory = _memory()
    if height * width > memory:
        raise ArgumentValueError(
            f"shape: expected no more pixels than this machine has bytes of memory, {memory}, received "
            f"({height}, {width}); pass image.shape[:2], or cut images into parts"
        )
    return height, width


@cache
def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def check_kind(name: str, value: object, kind: type[_Kind]) -> _Kind:
    """Return ``value`` if it is of a class of this package, or its defaults for None."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise ArgumentTypeError(
            f"{name}: expected fastdefect.{kind.__name__}, received {type(value).__name__}; "
            f"make one with fastdefect.{kind.__name__}(...)"
        )
    return value


def check_array(name: str, value: object, expected: str) -> NDArray[Any]:
    """Return ``value`` if it is a non-empty uint8 array."""
    if not isinstance(value, np.ndarray):
        if value is None:
            raise ArgumentTypeError(
                f"{name}: expected {expected}, received None, which cv2.imread returns for a file that it cannot "
                "read; read it with fastdefect.read_image, which says why"
            )
        is_name = isinstance(value, (str, os.PathLike))
        hint = (
            "read the file with fastdefect.read_image"
            if is_name
            else "convert it with numpy.asarray"
        )
        raise ArgumentTypeError(
            f"{name}: expected {expected}, received {type(value).__name__}; {hint}"
        )
    if value.dtype != np.uint8:
        raise ArgumentTypeError(
            f"{name}: expected {expected}, received dtype {value.dtype}; scale it to 0 ... 255 and "
            "convert it with .astype(numpy.uint8)"
        )
    if value.size == 0:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received the empty shape {value.shape}; "
            "pass an image of at least one pixel"
        )
    return value


def check_grey(name: str, value: object) -> ByteImage:
    """Return ``value`` as a C-contiguous grey image (H, W) that kernels can read."""
    expected = "a uint8 array of shape (H, W)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim != 2:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received shape {array.shape}; "
            "take one channel, for example with fastdefect.value_channel"
        )
    return _readable(array)


def check_colour(name: str, value: object) -> ByteImage:
    """Return ``value`` as a C-contiguous BGR image (H, W, 3) that kernels can read; alpha is dropped."""
    expected = "a BGR uint8 array of shape (H, W, 3)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] == 4:
        array = array[:, :, :3]
    if array.ndim != 3 or array.shape[2] != 3:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received shape {array.shape}; "
            "a grey image becomes BGR with cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)"
        )
    return _readable(array)


def check_image(name: str, value: object) -> ByteImage:
    """Return ``value`` as grey (H, W) or BGR (H, W, 3); alpha is dropped, one channel is grey."""
    expected = "a uint8 array of shape (H, W, 3) in BGR order, (H, W, 4) with alpha, or (H, W)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] in (3, 4):
        return _readable(array[:, :, :3])
    if array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1):
        return _readable(array.reshape(array.shape[:2]))
    raise ArgumentValueError(
        f"{name}: expected {expected}, received shape {array.shape}; pass one image, channels last"
    )


def check_out(out: object, shape: tuple[int, ...], source: ByteImage) -> ByteImage:
    """Return ``out``, or a new array if it is None; it must not share memory with ``source``."""
    if out is None:
        return np.empty(shape, np.uint8)
    array = check_array("out", out, f"a writable uint8 array of shape {shape}")
    if array.shape != shape:
        raise ArgumentValueError(
            f"out: expected a writable uint8 array of shape {shape}, received shape {array.shape}; "
            "pass numpy.empty_like of the result, or leave it out"
        )
    if not array.flags.writeable:
        raise ArgumentValueError(
            f"out: expected a writable uint8 array of shape {shape}, received a read-only one; "
            "pass a copy, or leave it out"
        )
    if np.shares_memory(array, source):
        raise ArgumentValueError(
            "out: expected memory of its own, received an array that overlaps the input; "
            "pass another array, or leave it out"
        )
    return array


def _readable(array: ByteImage) -> ByteImage:
    """A C-contiguous array of the same pixels that looks writable, copied only if it is not contiguous.

    Numba compiles a kernel anew for read-only arrays (a second and more). Kernels never write to their
    input, so a read-only frame, as cameras hand out, is passed through another view of the same memory.
    """
    # an axis of length 1 may have any stride, which OpenCV does not take
    array = np.ascontiguousarray(array).reshape(-1).reshape(array.shape)
    if array.flags.writeable:
        return array
    return np.asarray(_View(array))


class _View:
    """Array interface of an array with the read-only mark removed; keeps the array alive."""

    def __init__(self, array: ByteImage) -> None:
        interface = dict(array.__array_interface__)
        interface["data"] = (interface["data"][0], False)
        self.__array_interface__ = interface
        self._array = array


# A nanometre and a thousand kilometres per pixel: beyond, areas and densities leave the range of floats.
_SCALE = 1e-6, 1e9


def check_scale(name: str, value: object) -> tuple[float, float]:
    """Return ``value``, a number or (per row, per column), as two numbers of millimetres per pixel."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ArgumentValueError(
            f"{name}: expected one number or two (per row, per column), received {len(pair)}; "
            "pass one or two"
        )
    row, column = (check_real(name, number, minimum=0.0) for number in pair)
    if not all(_SCALE[0] <= number <= _SCALE[1] for number in (row, column)):
        raise ArgumentValueError(
            f"{name}: expected millimetres per pixel above 0, from {_SCALE[0]:g} to {_SCALE[1]:g}, received {short(value)}; "
            "measure a known length in the image and divide its millimetres by its pixels"
        )
    return row, column


def check_int(name: str, value: object, minimum: int, maximum: int) -> int:
    """Return ``value`` as an int of the closed range, or raise an error that names ``name``."""
    if type(value) is int and minimum <= value <= maximum:
        return value
    number = None if isinstance(value, bool) else _converted(value, "__index__", operator.index)
    if number is None:
        raise ArgumentTypeError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {short(value)} of type "
            f"{type(value).__name__}; pass a whole number"
        )
    if not minimum <= number <= maximum:
        raise ArgumentValueError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {short(number)}; "
            "choose a value of that range"
        )
    return int(number)


def check_real(name: str, value: object, *, minimum: float, maximum: float = math.inf) -> float:
    """Return ``value`` as a finite float of the closed range, or raise an error that names ``name``."""
    expected = f"a finite number of at least {minimum:g}"
    expected += "" if maximum == math.inf else f" and at most {maximum:g}"
    number = None
    if not isinstance(value, (bool, str, bytes)):
        try:
            number = _converted(value, "__float__", float)
        except OverflowError:  # an integer or fraction beyond the range of floats
            number = math.inf
    if number is None:
        raise ArgumentTypeError(
            f"{name}: expected {expected}, received {short(value)} of type {type(value).__name__}; pass a number"
        )
    if not math.isfinite(number) or not minimum <= number <= maximum:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received {short(value)}; choose a value of that range"
        )
    return number


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Return ``value`` if it is one of these words."""
    if not isinstance(value, str) or value not in choices:
        raise ArgumentValueError(
            f"{name}: expected one of {', '.join(choices)}, received {short(value)}; choose one of these"
        )
    return value


def _converted(value: object, method: str, convert: Callable[[Any], _Number]) -> _Number | None:
    """Convert a number; None for what is none, among them arrays of several and Decimal's signalling NaN."""
    if not hasattr(value, method) or (isinstance(value, np.ndarray) and value.ndim):
        return None
    try:
        return convert(value)
    except OverflowError:
        raise
    except Exception:  # whatever a class of someone else's does there
        return None


def short(value: object) -> str:
    """Return an argument as a message shows it: one line of at most 60 characters, whatever its ``repr`` does."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an integer of more than 4,300 digits has none
        return f"{type(value).__name__} that cannot be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_ksize(name: str, value: object, maximum: int) -> tuple[int, int]:
    """Return ``value``, an int or (width, height), as (width, height) within 1 ... ``maximum``."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ArgumentValueError(
                f"{name}: expected an integer or (width, height), received {len(value)} numbers; "
                "pass two, width first"
            )
        width, height = value
        return check_int(name, width, 1, maximum), check_int(name, height, 1, maximum)
    side = check_int(name, value, 1, maximum)
    return side, side
