"""Numba's names for the modules of kernels, without Numba: it is imported when a kernel is compiled, and not before.

`import numba` takes a second of processor time, and needs a compiler installed. A program whose kernels are all in the
frozen library (`fastdefect.frozen`) pays neither, and yet imports the same modules.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_waiting: list[Callable[[], object]] = []
_ready = False


class LazyModule:
    """A module that is imported when a name of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what is asked of every object, by pickle or doctest
            raise AttributeError(name)
        load()
        return getattr(import_module(self._name), name)


class Word:
    """What a kernel calls by the name of an intrinsic: ``numba.extending.intrinsic`` of a function, made with Numba.

    Attributes
    ----------
    made : object
        The intrinsic.
    """

    made: Any

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        when_loaded(lambda: setattr(self, "made", _extending().intrinsic(function)))

    def __call__(self, *arguments: Any) -> Any:
        raise NotImplementedError("a word of compiled kernels")


def intrinsic(function: Callable[..., Any]) -> Any:
    """As ``numba.extending.intrinsic``."""
    return Word(function)


def overload(function: Callable[..., Any]) -> Callable[..., Any]:
    """As ``numba.extending.overload``, of implementations that are linked into their callers and never run by themselves.

    With Numba's own options each would pass through the code generator of this processor, also where a library for another
    one is made: one without AVX-512 ends the process at some of its instructions.
    """

    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        when_loaded(
            lambda: _extending().overload(function, jit_options=load().LINKED)(implementation)
        )
        return implementation

    return register


def when_loaded(action: Callable[[], object]) -> None:
    """Do something once Numba is there: now, or with its import."""
    if _ready:
        action()
    else:
        _waiting.append(action)


def loaded() -> bool:
    """Whether this process has imported Numba for a kernel."""
    return _ready


def load() -> Any:
    """Import Numba and tell it of everything that waited; return the module that makes dispatchers."""
    return import_module("fastdefect.kernels._numba.dispatcher")


def tell() -> None:
    """Do what waited for Numba; the last line of its import."""
    global _ready
    _ready = True
    while _waiting:
        _waiting.pop(0)()


def _extending() -> Any:
    return import_module("numba.extending")
