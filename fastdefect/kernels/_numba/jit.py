"""Kernels as the rest of the package sees them; Numba itself comes with the first that has to be compiled.

A kernel is a loop over C-contiguous typed arrays that writes into ``dst``: no checks, no allocation, no Python
objects, explicit integer widths. So the same function runs compiled, and, with ``NUMBA_DISABLE_JIT=1``, as Python;
all but those of explicit vectors (`fastdefect.kernels.simd`), which exist compiled only and beside which plain loops stand.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import numpy as np

from fastdefect.frozen import Frozen, installed
from fastdefect.kernels._numba import lazy
from fastdefect.kernels._numba.digest import sources

COMPILED = not int(os.environ.get("NUMBA_DISABLE_JIT") or 0)
"""False with ``NUMBA_DISABLE_JIT=1``: then intrinsics do not exist, and kernels take their plain loops."""
_Code = Callable[..., Any]
_kernels: list[Kernel] = []
_compiling: ContextVar[bool] = ContextVar("compiling", default=False)


class Kernel:
    """A function that is compiled at its first call, without the GIL, and whose machine code is kept on disk.

    Parameters
    ----------
    function : callable
        The kernel, written for ``numba.njit``.

    Attributes
    ----------
    function : callable
        The same; it runs as it is with ``NUMBA_DISABLE_JIT=1``.
    dispatcher : numba dispatcher
        Compiles per argument types. What is asked of a kernel and is not here is asked of it.

    Warns
    -----
    RuntimeWarning
        Once per process, when there is no folder for machine code that can be written (kernels then compile anew in every
        process), or a file there is damaged.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__, self.__qualname__ = function.__module__, function.__qualname__
        self.__wrapped__ = function
        _kernels.append(self)

    @cached_property
    def dispatcher(self) -> Any:
        return lazy.load().dispatcher(self.function)

    @property
    def name(self) -> str:
        """Module below ``fastdefect.kernels`` and name: what a frozen library knows it by."""
        return f"{self.__module__.removeprefix('fastdefect.kernels.')}.{self.__name__}"

    def __call__(self, *arguments: Any) -> Any:
        if not COMPILED:
            return self.function(*arguments)
        return (ready_made(self, arguments) or self.dispatcher)(*arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not COMPILED:
            raise AttributeError(f"kernel {self.__name__}: no attribute {name!r}")
        return getattr(self.dispatcher, name)


def kernel(function: Callable[..., Any]) -> Any:
    """Make a kernel of a function; see `Kernel`."""
    return Kernel(function)


def frozen_kernels() -> Frozen | None:
    """The frozen library whose kernels are these and run here, or None."""
    return installed(sources()) if COMPILED else None


Provider = Callable[[Kernel, tuple[Any, ...], Container[int]], _Code | None]
"""What has ready-made code of a kernel for arguments, some of them images, or has none."""


def _from_library(
    kernel: Kernel, arguments: tuple[Any, ...], images: Container[int]
) -> _Code | None:
    library = frozen_kernels()
    return None if library is None else library.find(kernel.name, arguments, images)


_provide: Provider = _from_library


def provide(provider: Provider) -> None:
    """From now on take ready-made code from here: what the freezer does to see which kernels plans call."""
    global _provide
    _provide = provider


def ready_made(
    kernel: Any, arguments: tuple[Any, ...], images: Container[int] = ()
) -> _Code | None:
    """What runs a kernel for arguments like these without being compiled now, or None."""
    if _compiling.get() or not isinstance(kernel, Kernel):
        return None
    return _provide(kernel, arguments, images)


@contextmanager
def compiling() -> Iterator[None]:
    """Meanwhile kernels are compiled, also those that a frozen library has; bound ones remember it."""
    token = _compiling.set(True)
    try:
        yield
    finally:
        _compiling.reset(token)


class Bound:
    """A kernel for a plan: the types of its arguments are looked up at the first call and then no more.

    Parameters
    ----------
    compiled : numba dispatcher
        The kernel; without the JIT it is called as it is.
    images : tuple of int
        Positions of arrays that may be parts of others: they are taken as strided. All other arguments must have the
        same types and array layouts at every call; arrays may be read-only where the kernel does not write.

    Attributes
    ----------
    code : callable
        What is called: the kernel's machine code, and before the first call this object. Steps that call it so save a
        Python frame of 0.2 us.

    Notes
    -----
    At every ordinary call Numba looks up the types of named tuples and of extension types in Python, 0.1 ms for a tile
    of NL-means, and makes a handle for every array; bound, the arrays are unmanaged.
    """

    def __init__(self, compiled: Any, images: tuple[int, ...] = ()) -> None:
        self._compiled = compiled
        self._images = images
        self._compiling = _compiling.get()
        self._code: Callable[..., Any] | None = None

    @property
    def code(self) -> Callable[..., Any]:
        return self._code or self

    def __call__(self, *arguments: Any) -> Any:
        code = self._code or self._bind(arguments)
        return code(*arguments)

    def _bind(self, arguments: tuple[Any, ...]) -> Callable[..., Any]:
        code: Any = self._compiled
        if COMPILED:
            # looked up by what a plan for one call can find out in 3 us; Numba's own look-up takes 50
            key = self._compiled, self._images, self._compiling, *map(_likeness, arguments)
            code = _codes.get(key)
            if code is None:
                code = _codes[key] = self._code_for(arguments)
        self._code = code
        return code

    def _code_for(self, arguments: tuple[Any, ...]) -> _Code:
        found = None if self._compiling else ready_made(self._compiled, arguments, self._images)
        if found is None:
            compiled: _Code = self._compiled.compile(lazy.load().kinds(arguments, self._images))
            return compiled
        return found


_codes: dict[Any, Callable[..., Any]] = {}


def _likeness(argument: Any) -> Any:
    """What is alike for arguments of one Numba type."""
    if isinstance(argument, np.ndarray):
        return argument.dtype.char, argument.ndim, argument.flags.num
    if isinstance(argument, tuple):
        return type(argument), *map(_likeness, argument)
    return type(argument) if isinstance(argument, (int, float, np.generic)) else argument


def cached_kernels() -> tuple[Any, ...]:
    """Return the dispatchers of the kernels imported so far that are kept on disk."""
    for each in _kernels:
        _ = each.dispatcher
    found: tuple[Any, ...] = lazy.load().cached_dispatchers()
    return found


def cache_folders() -> tuple[str, ...]:
    """Return the folders that hold the machine code of the kernels used so far; without the JIT, none."""
    return tuple(
        sorted({kernel.stats.cache_path for kernel in cached_kernels() if hasattr(kernel, "stats")})
    )
