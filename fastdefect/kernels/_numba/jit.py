"""The one place of JIT options.

A kernel is a loop over C-contiguous typed arrays that writes into ``dst``: no checks, no allocation, no Python
objects, explicit integer widths. So the same function runs compiled, and, with ``NUMBA_DISABLE_JIT=1``, as Python;
all but those of explicit vectors (`fastdefect.kernels.simd`), which exist compiled only and beside which plain loops stand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

from fastdefect.kernels._numba.disk_cache import checked, say_once, user_folder_fails
from fastdefect.kernels._numba.linked import linked
from fastdefect.kernels._numba.passes import KernelCompiler
from fastdefect.kernels._numba.startup_fork import fork_safely, start_quickly
from fastdefect.kernels._numba.unmanaged import unmanaged

# error_model="numpy": no branch for a zero divisor inside loops. fastmath stays off: Otsu's threshold depends on
# the order of its double-precision operations. Nobody calls a kernel from C, so there is no wrapper for that to compile.
COMPILED = not numba.config.DISABLE_JIT
"""False with ``NUMBA_DISABLE_JIT=1``: then intrinsics do not exist, and kernels take their plain loops."""
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_cached: list[Any] = []


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function on its first call, without the GIL, and keep the machine code on disk.

    Parameters
    ----------
    function : callable
        The kernel, written for ``numba.njit``.

    Returns
    -------
    numba dispatcher
        Compiles per argument types; with ``NUMBA_DISABLE_JIT=1`` the function itself.

    Warns
    -----
    RuntimeWarning
        Once per process, when there is no folder for them that can be written (kernels then compile anew in every process),
        or a file there is damaged.
    """
    folder = numba.config.CACHE_DIR
    why = user_folder_fails(folder) if COMPILED else ""
    if not why:
        try:
            compiled = _dispatcher(function, cache=True)
        except RuntimeError as error:
            # Numba: "cannot cache function ...: no locator available for file ..."
            if "cannot cache" not in str(error):
                raise
        else:
            if checked(compiled):
                _cached.append(compiled)
                return compiled
    place = f"NUMBA_CACHE_DIR={folder} cannot" if folder else "no folder for compiled kernels can"
    say_once(
        "unwritten",
        f"fastdefect: {place} be written ({why or 'not permitted'}), so every process compiles its kernels anew (seconds); "
        "set NUMBA_CACHE_DIR to a folder that can be written",
    )
    return _dispatcher(function)


def _dispatcher(function: Callable[..., Any], **options: Any) -> Any:
    compiled = numba.njit(pipeline_class=KernelCompiler, **_OPTIONS, **options)(function)
    if COMPILED:
        # what Numba asks of a function that another one calls
        inner = cache(lambda: linked(function, _OPTIONS))
        compiled.get_call_template = lambda args, kws: inner().get_call_template(args, kws)
        compiled.get_overload = lambda args: inner().get_overload(args)
    return compiled


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
            key = self._compiled, self._images, *map(_likeness, arguments)
            code = _codes.get(key)
            if code is None:
                code = _codes[key] = self._compiled.compile(self._kinds(arguments))
        self._code = code
        return code

    def _kinds(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        kinds = (numba.typeof(argument) for argument in arguments)
        return tuple(unmanaged(k, "A" if i in self._images else None) for i, k in enumerate(kinds))


_codes: dict[Any, Callable[..., Any]] = {}


def _likeness(argument: Any) -> Any:
    """What is alike for arguments of one Numba type."""
    if isinstance(argument, np.ndarray):
        return argument.dtype.char, argument.ndim, argument.flags.num
    if isinstance(argument, tuple):
        return type(argument), *map(_likeness, argument)
    return type(argument) if isinstance(argument, (int, float, np.generic)) else argument


def cached_kernels() -> tuple[Any, ...]:
    """Return the kernels imported so far that are kept on disk."""
    return tuple(_cached)


def cache_folders() -> tuple[str, ...]:
    """Return the folders that hold the machine code of the kernels imported so far; without the JIT, none."""
    return tuple(
        sorted({kernel.stats.cache_path for kernel in _cached if hasattr(kernel, "stats")})
    )


start_quickly()
fork_safely()
