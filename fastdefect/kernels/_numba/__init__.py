"""The only place of Numba's private parts, behind the few names that other modules import.

Everything else of the package uses these, and of Numba and llvmlite only what they document: ``numba.extending`` and
``llvmlite.ir``, which are named here too. So a new release of Numba breaks one folder (tests/kernels/numba_ holds that it
stays one), and none of them is imported before a kernel has to be compiled.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fastdefect.kernels._numba.cpu import PATHS as PATHS
from fastdefect.kernels._numba.cpu import cpu_path as cpu_path
from fastdefect.kernels._numba.cpu import pretend as pretend
from fastdefect.kernels._numba.cpu import target_features as target_features
from fastdefect.kernels._numba.digest import sources as sources
from fastdefect.kernels._numba.events import CompileEvent as CompileEvent
from fastdefect.kernels._numba.events import compile_events as compile_events
from fastdefect.kernels._numba.events import runtime_balance as runtime_balance
from fastdefect.kernels._numba.jit import COMPILED as COMPILED
from fastdefect.kernels._numba.jit import Bound as Bound
from fastdefect.kernels._numba.jit import cache_folders as cache_folders
from fastdefect.kernels._numba.jit import compiling as compiling
from fastdefect.kernels._numba.jit import frozen_kernels as frozen_kernels
from fastdefect.kernels._numba.jit import kernel as kernel
from fastdefect.kernels._numba.jit import provide as provide
from fastdefect.kernels._numba.lazy import LazyModule
from fastdefect.kernels._numba.lazy import intrinsic as intrinsic
from fastdefect.kernels._numba.lazy import overload as overload

if TYPE_CHECKING:
    from llvmlite import ir as ir
    from numba.core import cgutils as cgutils
    from numba.core import types as types

    from fastdefect.kernels._numba import vector_types as vectors
else:
    cgutils, types = LazyModule("numba.core.cgutils"), LazyModule("numba.core.types")
    ir = LazyModule("llvmlite.ir")
    vectors = LazyModule("fastdefect.kernels._numba.vector_types")


def emit(*what: Any) -> Any:
    """See `fastdefect.kernels._numba.ahead.front_end`."""
    return import_module("fastdefect.kernels._numba.ahead.front_end").emit(*what)


def machine_code(*what: Any) -> Any:
    """See `fastdefect.kernels._numba.ahead.back_end`."""
    return import_module("fastdefect.kernels._numba.ahead.back_end").machine_code(*what)
