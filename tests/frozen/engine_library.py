"""The engine in C as its callers in other languages see it: by ctypes, from a library that is frozen once for all tests."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.freezer.freeze import freeze, host_level
from fastdefect.frozen import LEVELS

VARIABLE = "FASTDEFECT_ENGINE"
"""The folder of a frozen library to test in place of one made anew, with ``lib`` and ``include``."""
LEVELS_THERE = [level for level in LEVELS.values() if level.triple == host_level().triple]
"""Those of this architecture, which the library has;"""
LEVELS_HERE = [level for level in LEVELS_THERE if level.number <= host_level().number]
"""and those that this processor runs."""
STAGES = ("hsv", "value", "blurred", "filtered", "binary", "erosion", "dilation", "mask")
OK, ARGUMENT, UNSUPPORTED, MEMORY, BUSY, ROOM, ORDER = range(7)
_made: list[tempfile.TemporaryDirectory[str]] = []


class Params(ctypes.Structure):
    """``fd_params``."""

    _fields_ = [
        ("size", ctypes.c_uint32), ("level", ctypes.c_int32),
        ("blur_width", ctypes.c_int32), ("blur_height", ctypes.c_int32), ("h", ctypes.c_double),
        ("template_window", ctypes.c_int32), ("search_window", ctypes.c_int32),
        ("structuring_width", ctypes.c_int32), ("structuring_height", ctypes.c_int32),
        ("max_dark_pixels", ctypes.c_int64), ("most_runs", ctypes.c_int64), ("min_area", ctypes.c_int64),
        ("merge_distance", ctypes.c_int32), ("surroundings", ctypes.c_int32),
    ]  # fmt: skip


class Image(ctypes.Structure):
    """``fd_image``."""

    _fields_ = [("data", ctypes.c_void_p), ("pitch", ctypes.c_ssize_t)]


class Outputs(ctypes.Structure):
    """``fd_outputs``."""

    _fields_ = [(name, Image) for name in STAGES]


class Verdict(ctypes.Structure):
    """``fd_verdict``."""

    _fields_ = [
        ("is_defective", ctypes.c_int32), ("otsu_threshold", ctypes.c_int32),
        ("is_doubtful", ctypes.c_int32), ("level", ctypes.c_int32), ("dark_pixels", ctypes.c_int64),
    ]  # fmt: skip


DEFECT = np.dtype(
    [
        ("label", "i8"), ("boxes", "i8", 4), ("sums", "i8", 6), ("edges", "i8", 3), ("scores", "i8", 2),
        ("greys", "i8", 3), ("peaks", "f8"), ("first", "i8"), ("runs", "i8"),
    ]
)  # fmt: skip


@cache
def folder() -> Path:
    """Where library and headers are."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    _made.append(tempfile.TemporaryDirectory())
    (shared,) = freeze(LEVELS_THERE, Path(_made[0].name), lambda word: None)
    return shared.parents[1]


@cache
def library() -> Any:
    """The frozen library."""
    return bound(folder() / "lib/libfastdefect.so")


def bound(path: Path) -> Any:
    """A library with the types of what it takes and returns."""
    found = ctypes.CDLL(str(path))
    pointer, whole = ctypes.c_void_p, ctypes.c_int32
    found.fd_engine_create.argtypes = [whole, whole, ctypes.POINTER(Params), whole]
    found.fd_engine_create.restype = pointer
    found.fd_engine_run.argtypes = [
        pointer, pointer, ctypes.c_ssize_t, whole, ctypes.POINTER(Outputs), ctypes.POINTER(Verdict)
    ]  # fmt: skip
    found.fd_engine_defects.argtypes = [pointer] * 5
    found.fd_engine_destroy.argtypes = [pointer]
    found.fd_engine_destroy.restype = None
    found.fd_last_error.restype = ctypes.c_char_p
    found.fd_texture_create.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        whole,
        whole,
        whole,
        whole,
    ]
    found.fd_texture_create.restype = pointer
    return found


def params(of: Any = None, **values: Any) -> Params:
    """The article's constants but for some, by a library."""
    made = Params()
    assert (of or library()).fd_params_default(ctypes.byref(made), ctypes.sizeof(made)) == OK
    for name, value in values.items():
        setattr(made, name, value)
    return made


def error() -> str:
    """The last error's words."""
    return str(library().fd_last_error().decode())


class CEngine:
    """An engine that is destroyed with its object."""

    def __init__(self, shape: tuple[int, int], threads: int = 1, **values: Any) -> None:
        self.shape = shape
        self._most_runs = values.get("most_runs", 0)
        given = params(**values)
        self.handle = library().fd_engine_create(shape[1], shape[0], ctypes.byref(given), threads)
        assert self.handle, error()

    def __del__(self) -> None:
        library().fd_engine_destroy(self.handle)

    def __call__(
        self, image: np.ndarray[Any, Any], outputs: Mapping[str, np.ndarray[Any, Any]] | None = None
    ) -> Verdict:
        """Inspect an image whose pixels lie beside each other, rows anyhow; write stages to arrays like it."""
        places = Outputs()
        for name, array in (outputs or {}).items():
            setattr(places, name, Image(array.ctypes.data, array.strides[0]))
        channels = 1 if image.ndim == 2 else image.shape[2]
        verdict = Verdict()
        status = library().fd_engine_run(
            self.handle, image.ctypes.data, image.strides[0], channels, ctypes.byref(places), ctypes.byref(verdict)
        )  # fmt: skip
        assert status == OK, error()
        return verdict

    def defects(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The table of the last image, and its runs."""
        count, runs = ctypes.c_int64(0), ctypes.c_int64(0)
        ask = library().fd_engine_defects
        status = ask(self.handle, None, ctypes.byref(count), None, ctypes.byref(runs))
        assert status == (ROOM if count.value else OK), error()
        table, found = np.zeros(count.value, DEFECT), np.zeros((runs.value, 3), np.int32)
        status = ask(
            self.handle, table.ctypes.data if len(table) else None, ctypes.byref(count),
            found.ctypes.data if len(found) else None, ctypes.byref(runs),
        )  # fmt: skip
        assert status == OK, error()
        return table, found
