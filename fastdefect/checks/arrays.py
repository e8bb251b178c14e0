"""Checks of images and of what they are written to."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks.values import check_int, short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.typing import ByteImage

_BYTE = np.dtype(np.uint8)


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
    """Bytes of this machine; where the system does not say, what 64-bit addresses reach."""
    if not hasattr(os, "sysconf"):
        return sys.maxsize
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


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
    """Return ``value`` as a C-contiguous grey image (H, W) that back ends can read, which may be read-only."""
    if type(value) is np.ndarray and value.dtype is _BYTE and value.flags.c_contiguous:
        shape = value.shape
        if len(shape) == 2 and shape[0] > 1 and shape[1] > 1:
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
