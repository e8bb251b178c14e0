"""Kernels inside kernels: compiled as far as their caller needs them.

Numba compiles a function that another one calls as if it were called from Python too: it optimises it on its own, makes a
wrapper for the interpreter, optimises that, emits machine code for both, keeps all of it on disk; and then links it into the
caller and does everything again there. Of a first `detect`, two fifths of the processor time went into code that nobody
calls. Here such a function ends as a module of LLVM's language, which the caller takes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase

from fastdefect.kernels._numba.passes import kernel_passes


class _Module(JITCodeLibrary):  # type: ignore[misc]  # Numba is untyped
    """Code that is linked into callers and never run by itself."""

    @property
    def codegen(self) -> Any:
        return _NoEnvironment(self._codegen)

    def _optimize_functions(self, ll_module: Any) -> None:
        """Only what optimising the caller needs: how this processor lays data out."""
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        """Nothing: the caller's optimiser sees the same code."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """No machine code, so no address."""
        return 0


class _NoEnvironment:
    """A code generator that is not asked where a function's environment lies: one without machine code has none.

    Only Python objects are looked up there, and kernels have none.
    """

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing to set."""


class _Compiler(CompilerBase):  # type: ignore[misc]
    def define_pipelines(self) -> list[Any]:
        name = self.state.func_id.func_qualname
        self.state.library = _Module(self.state.targetctx.codegen(), name)
        return kernel_passes(self.state)


def options_of_linked(options: dict[str, Any]) -> dict[str, Any]:
    """Options of ``numba.njit`` for what is compiled only to be linked into callers."""
    return {"pipeline_class": _Compiler, "no_cpython_wrapper": True, **options}


def linked(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """The dispatcher that other kernels call in place of the function's own."""
    return numba.njit(**options_of_linked(options))(function)
