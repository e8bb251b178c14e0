"""The frozen library of an installation: opened once, and asked for kernels by name and likeness of their arguments."""

from __future__ import annotations

import ctypes
import os
import platform
import warnings
from collections.abc import Callable, Container
from functools import cache
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError
from fastdefect.frozen.calls import callable_for
from fastdefect.frozen.levels import LEVELS, Level
from fastdefect.frozen.likeness import likeness

VARIABLE = "FASTDEFECT_FROZEN"
"""The path of a library to use in place of the installation's own, or ``off``."""
PLACE = Path(__file__).parent / "libfastdefect.so"
# what Numba is told about the processor holds for the JIT alone, so there is no other then
_FOR_NUMBA = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_DISABLE_JIT")


class Frozen:
    """A library that can be used here.

    Attributes
    ----------
    path : Path
    sources : str
        Digest of the kernels that it was made of.
    levels : tuple of Level
        Those of its levels that this processor runs, the best first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._library = ctypes.CDLL(str(path))
        text = self._library.fd_table
        text.restype = ctypes.c_char_p
        self.sources, *lines = text().decode().splitlines()
        self._kernels: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._calls: dict[Any, Callable[..., Any] | None] = {}
        for symbol, name, arguments, returns in (line.split("\t") for line in lines):
            prefix = symbol.split("_", 2)[1]
            self._kernels[prefix, name, arguments] = symbol, returns
        there = {prefix for prefix, _, _ in self._kernels}
        best = self._library.fd_level()
        machine = platform.machine().replace("arm64", "aarch64").replace("AMD64", "x86_64")
        self.levels: tuple[Level, ...] = tuple(
            level
            for level in LEVELS.values()
            if level.prefix in there and level.number <= best and level.triple.startswith(machine)
        )

    def find(
        self, name: str, arguments: tuple[Any, ...], images: Container[int] = ()
    ) -> Callable[..., Any] | None:
        """The kernel for arguments like these, from the best level that has it; None where no level has.

        Parameters
        ----------
        name : str
            Module below ``fastdefect.kernels`` and name of the function.
        arguments : tuple
        images : container of int
            As in `fastdefect.frozen.likeness`.
        """
        key = likeness(arguments, images)
        # a number of NumPy's is alike to one of Python's, and is passed otherwise
        place = name, key, tuple(map(type, arguments))
        if place not in self._calls:
            self._calls[place] = self._call(name, key, arguments)
        return self._calls[place]

    def _call(self, name: str, key: str, arguments: tuple[Any, ...]) -> Callable[..., Any] | None:
        for level in self.levels:
            found = self._kernels.get((level.prefix, name, key))
            if found is not None:
                symbol, returns = found
                address = ctypes.cast(getattr(self._library, symbol), ctypes.c_void_p).value
                assert address is not None
                return callable_for(address, arguments, returns)
        return None

    def kernels(self) -> list[tuple[str, str, str]]:
        """Level's prefix, name and likeness of all that it has."""
        return list(self._kernels)


@cache
def installed(sources: str) -> Frozen | None:
    """The library of this installation, made of these sources and fit for this processor, or None.

    Raises
    ------
    ArgumentValueError
        `VARIABLE` names a file that is no such library.

    Warns
    -----
    RuntimeWarning
        There is one that this processor cannot run, or that was made of other sources.
    """
    word = os.environ.get(VARIABLE)
    if word == "off" or any(os.environ.get(name) for name in _FOR_NUMBA):
        return None
    path = Path(word) if word else PLACE
    if not word and not path.exists():
        return None
    try:
        library = Frozen(path)
    except (OSError, AttributeError, ValueError) as error:
        raise ArgumentValueError(
            f"{VARIABLE if word else 'the frozen library'}: expected a library as `fastdefect freeze` writes it, received "
            f"{path} ({error}); freeze anew, or set {VARIABLE}=off to use the compiler"
        ) from error
    if not library.levels:
        why = "has no machine code that this processor runs"
    elif library.sources != sources:
        why = "was made of other kernels than these"
    else:
        return library
    warnings.warn(
        f"fastdefect: the frozen library {path} {why}, so kernels are compiled when they are first used (seconds); "
        f"freeze anew with `fastdefect freeze`, or set {VARIABLE}=off",
        RuntimeWarning,
        stacklevel=2,
    )
    return None
