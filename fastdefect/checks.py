"""Checks of arguments where they enter: one sentence each, naming argument, expected, received and remedy."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.typing import ByteImage

_Kind = TypeVar("_Kind")
_BYTE = np.dtype(np.uint8)


def check_shape(shape: object) -> tuple[int, int]:
    """Return ``shape`` as (height, width)."""
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise ArgumentValueError(
            f"shape: expected (height, width) in pixels, received {shape!r}; pass image.shape[:2]"
        )
    height, width = shape
    largest = 2**31 - 1
    return check_int("shape", height, 1, largest), check_int("shape", width, 1, largest)


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
        hint = "; read the file with fastdefect.read_image" if isinstance(value, str) else ""
        raise ArgumentTypeError(
            f"{name}: expected {expected}, received {type(value).__name__}"
            f"{hint or '; convert it with numpy.asarray'}"
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
    """Return ``value`` as a C-contiguous grey image (H, W) that back ends can read, which may be read-only."""
    if (
        type(value) is np.ndarray
        and value.dtype is _BYTE
        and value.ndim == 2
        and value.flags.c_contiguous
        and min(value.shape) > 1
    ):
        return value
    expected = "a uint8 array of shape (H, W)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim != 2:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received shape {array.shape}; "
            "take one channel, for example with fastdefect.value_channel"
        )
    return _contiguous(array)


def check_colour(name: str, value: object) -> ByteImage:
    """Return ``value`` as a C-contiguous BGR image (H, W, 3), which may be read-only; alpha is dropped."""
    if type(value) is np.ndarray and value.shape[2:] == (3,) and _is_plain(value):
        return value
    expected = "a BGR uint8 array of shape (H, W, 3)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] == 4:
        array = array[:, :, :3]
    if array.ndim != 3 or array.shape[2] != 3:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received shape {array.shape}; "
            "a grey image becomes BGR with cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)"
        )
    return _contiguous(array)


def check_image(name: str, value: object) -> ByteImage:
    """Return ``value`` as grey (H, W) or BGR (H, W, 3); alpha is dropped, one channel is grey."""
    if (
        type(value) is np.ndarray
        and (value.ndim == 2 or value.shape[2:] == (3,))
        and _is_plain(value)
        and value.flags.writeable
    ):
        return value
    expected = "a uint8 array of shape (H, W, 3) in BGR order, (H, W, 4) with alpha, or (H, W)"
    array = check_array(name, value, expected)
    if array.ndim == 3 and array.shape[2] in (3, 4):
        return _readable(array[:, :, :3])
    if array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1):
        return _readable(array.reshape(array.shape[:2]))
    raise ArgumentValueError(
        f"{name}: expected {expected}, received shape {array.shape}; pass one image, channels last"
    )


def check_out(out: object, shape: tuple[int, ...], source: NDArray[Any]) -> ByteImage:
    """Return ``out``, a writable array of that shape that shares no memory with ``source``."""
    if (
        type(out) is np.ndarray
        and out.dtype is _BYTE
        and out.shape == shape
        and out.flags.writeable
        and not np.shares_memory(out, source)
    ):
        return out
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


def _is_plain(array: ByteImage) -> bool:
    """Whether back ends can read an array as it is: bytes, not empty, contiguous in every sense."""
    # an axis of length 1 may have any stride, which OpenCV does not take
    return array.dtype is _BYTE and array.flags.c_contiguous and min(array.shape) > 1


def _contiguous(array: ByteImage) -> ByteImage:
    """The same, copied if it is not contiguous."""
    return np.ascontiguousarray(array).reshape(-1).reshape(array.shape)


def _readable(array: ByteImage) -> ByteImage:
    """A C-contiguous array of the same pixels that looks writable, copied only if it is not contiguous.

    A kernel that no plan has bound is compiled anew for read-only arrays (a second and more). Kernels never write to
    their input, so a read-only frame, as cameras hand out, is passed through another view of the same memory.
    """
    array = _contiguous(array)
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


def check_scale(name: str, value: object) -> tuple[float, float]:
    """Return ``value``, a number or (per row, per column), as two finite numbers above 0."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ArgumentValueError(
            f"{name}: expected one number or two (per row, per column), received {len(pair)}; "
            "pass one or two"
        )
    row, column = (check_real(name, number, minimum=0.0) for number in pair)
    if row == 0 or column == 0:
        raise ArgumentValueError(
            f"{name}: expected millimetres per pixel above 0, received {value!r}; measure a known "
            "length in the image and divide its millimetres by its pixels"
        )
    return row, column


def check_int(name: str, value: object, minimum: int, maximum: int) -> int:
    """Return ``value`` as an int of the closed range, or raise an error that names ``name``."""
    if type(value) is int and minimum <= value <= maximum:
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentTypeError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {value!r} of type "
            f"{type(value).__name__}; pass a whole number"
        )
    number = int(value.__index__())
    if not minimum <= number <= maximum:
        raise ArgumentValueError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {number}; "
            "choose a value of that range"
        )
    return number


def check_real(name: str, value: object, *, minimum: float) -> float:
    """Return ``value`` as a finite float of at least ``minimum``, or raise an error that names ``name``."""
    if isinstance(value, (bool, str, bytes)) or not hasattr(value, "__float__"):
        raise ArgumentTypeError(
            f"{name}: expected a finite number of at least {minimum:g}, received {value!r} of type "
            f"{type(value).__name__}; pass a number"
        )
    number = float(value)
    if not math.isfinite(number) or number < minimum:
        raise ArgumentValueError(
            f"{name}: expected a finite number of at least {minimum:g}, received {number}; "
            "choose a value of that range"
        )
    return number


def check_ksize(name: str, value: object, maximum: int) -> tuple[int, int]:
    """Return ``value``, an int or (width, height), as (width, height) within 1 ... ``maximum``."""
    if type(value) is int and 1 <= value <= maximum:
        return value, value
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
