"""Numba's side of a kernel: imported with the first one that has to be compiled or loaded from the disk cache."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cache
from importlib import import_module
from typing import Any

import numba
from llvmlite import binding
from numba.core.registry import cpu_target
from numba.extending import typeof_impl

from fastdefect.errors import FastDefectError
from fastdefect.kernels._numba import lazy
from fastdefect.kernels._numba.disk_cache import checked, read_only, say_once, user_folder_fails
from fastdefect.kernels._numba.jit import COMPILED, Kernel
from fastdefect.kernels._numba.linked import linked, options_of_linked
from fastdefect.kernels._numba.passes import KernelCompiler
from fastdefect.kernels._numba.startup_fork import fork_safely, start_quickly
from fastdefect.kernels._numba.unmanaged import unmanaged

# error_model="numpy": no branch for a zero divisor inside loops. fastmath stays off: Otsu's threshold depends on
# the order of its double-precision operations. Nobody calls a kernel from C, so there is no wrapper for that to compile.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
LINKED = options_of_linked(OPTIONS)
_cached: list[Any] = []


def dispatcher(function: Callable[..., Any]) -> Any:
    """Numba's dispatcher of a kernel, kept on disk; see `fastdefect.kernels._numba.kernel`."""
    folder = numba.config.CACHE_DIR
    why = user_folder_fails(folder) if COMPILED else ""
    if why:
        reading = _dispatcher(function)
        if read_only(reading):
            _cached.append(reading)
            return reading
    else:
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
    compiled = numba.njit(pipeline_class=KernelCompiler, **OPTIONS, **options)(function)
    if COMPILED:
        # what Numba asks of a function that another one calls
        inner = cache(lambda: linked(function, OPTIONS))
        compiled.get_call_template = lambda args, kws: inner().get_call_template(args, kws)
        compiled.get_overload = lambda args: inner().get_overload(args)
    return compiled


def kinds(arguments: Iterable[Any], images: Container[int] = ()) -> tuple[Any, ...]:
    """Types of a bound kernel's arguments: arrays borrowed, those at the positions ``images`` strided."""
    found = map(numba.typeof, arguments)
    return tuple(unmanaged(kind, "A" if i in images else None) for i, kind in enumerate(found))


def cached_dispatchers() -> tuple[Any, ...]:
    """Return the dispatchers made so far whose machine code is kept on disk."""
    return tuple(_cached)


@typeof_impl.register(Kernel)
def _typeof_kernel(kernel: Kernel, context: Any) -> Any:
    return numba.typeof(kernel.dispatcher)


@typeof_impl.register(lazy.Word)
def _typeof_word(word: lazy.Word, context: Any) -> Any:
    return cpu_target.typing_context.resolve_value_type(word.made)


if bool(numba.config.DISABLE_JIT) == COMPILED:
    raise FastDefectError(
        "Numba's configuration file: expected no disable_jit, received one; set the variable NUMBA_DISABLE_JIT instead"
    )
binding.initialize_native_asmparser()  # else LLVM aborts where a kernel names an instruction in assembly
import_module("fastdefect.kernels._numba.vector_types")  # registers them
start_quickly()
fork_safely()
lazy.tell()
