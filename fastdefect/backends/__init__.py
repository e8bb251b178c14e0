"""WHICH: one frozen table of planners per back end, chosen once, listable, forceable by one environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from fastdefect.backends.table import Backend, Planner, Step
from fastdefect.checks import check_choice
from fastdefect.errors import MissingPackageError
from fastdefect.frozen import VARIABLE as FROZEN
from fastdefect.kernels._numba import compiling, frozen_kernels
from fastdefect.operations import OPERATIONS
from fastdefect.optional import load_opencv

NAMES = ("auto", "numba", "frozen", "opencv", "reference")
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
    name : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default what the environment variable ``FASTDEFECT_BACKEND`` says, or "auto", the measured mix. "numba" compiles
        its kernels itself; the others take them from the frozen library where there is one.

    Raises
    ------
    ArgumentValueError
        For any other word, naming where it came from.
    MissingPackageError
        OpenCV cannot be loaded, or there is no frozen library for "frozen".
    """
    if name is not None:
        return _load(check_choice("backend", name, NAMES))
    return _load(check_choice(_VARIABLE, default_name(), NAMES))


@lru_cache
def _load(name: str) -> Backend:
    load_opencv()  # every table has steps that OpenCV runs; a missing library is said here
    if name == "frozen" and frozen_kernels() is None:
        raise MissingPackageError(
            "backend 'frozen': expected a frozen library for this processor, received none; run `fastdefect freeze`, or "
            f"name one in {FROZEN}"
        )
    # frozen kernels have no planners of their own: all take ready-made code where a library has it
    module = "numba" if name == "frozen" else name
    planners: Mapping[str, Planner] = import_module(f"fastdefect.backends.{module}").PLANNERS
    if OPERATIONS.keys() - planners.keys():
        # what OpenCV has no calls for, Numba's kernels run under its name too
        planners = {**import_module("fastdefect.backends.numba").PLANNERS, **planners}
    if name == "numba":
        planners = {operation: _just_in_time(planner) for operation, planner in planners.items()}
    return Backend(name, planners)


def _just_in_time(planner: Planner) -> Planner:
    """The planner whose kernels are compiled, whatever a frozen library has."""

    def plan(*arguments: Any, **options: Any) -> Step:
        with compiling():
            return planner(*arguments, **options)

    return plan
