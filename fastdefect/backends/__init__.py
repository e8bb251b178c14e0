"""WHICH: one frozen table of planners per back end, chosen once, listable, forceable by one environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from fastdefect.backends.table import Backend, Planner
from fastdefect.errors import ArgumentValueError
from fastdefect.operations import OPERATIONS
from fastdefect.optional import load_opencv

NAMES = ("auto", "numba", "opencv", "reference")
_VARIABLE = "FASTDEFECT_BACKEND"
# `os.environ` looks into this mapping of encoded names, by an exception where a name is missing: 1.2 us, a quarter of
# a call of a small image. It is the same mapping for as long as the process lives.
_environment: Mapping[object, object] = getattr(os.environ, "_data", {})
_ENCODED = getattr(os.environ, "encodekey", str)(_VARIABLE)


def default_name() -> str:
    """What a caller gets who names no back end: the word of ``FASTDEFECT_BACKEND``, or "auto"."""
    if _environment and _ENCODED not in _environment:
        return "auto"
    return os.environ.get(_VARIABLE) or "auto"


def load(name: str | None = None) -> Backend:
    """Return a back end's table.

    Parameters
    ----------
    name : {"auto", "numba", "opencv", "reference"}, optional
        By default what the environment variable ``FASTDEFECT_BACKEND`` says, or "auto", the measured mix.

    Raises
    ------
    ArgumentValueError
        For any other word, naming where it came from.
    MissingPackageError
        OpenCV cannot be loaded.
    """
    if name is not None:
        return _load("backend", name)
    return _load(_VARIABLE, default_name())


@lru_cache
def _load(origin: str, name: str) -> Backend:
    if name not in NAMES:
        raise ArgumentValueError(
            f"{origin}: expected one of {', '.join(NAMES)}, received {name!r}; choose one of these"
        )
    load_opencv()  # every table has steps that OpenCV runs; a missing library is said here
    planners: Mapping[str, Planner] = import_module(f"fastdefect.backends.{name}").PLANNERS
    if OPERATIONS.keys() - planners.keys():
        # what OpenCV has no calls for, Numba's kernels run under its name too
        planners = {**import_module("fastdefect.backends.numba").PLANNERS, **planners}
    return Backend(name, planners)
