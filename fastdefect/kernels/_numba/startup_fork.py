"""What Numba needs from a process: a start without detours, and locks that are free after a fork."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec

from llvmlite.binding import ffi
from numba.core.compiler_lock import global_compiler_lock


def start_quickly() -> None:
    """Import a part of Numba that imports ``scipy.linalg`` to see whether ``np.dot`` will find its BLAS, without that.

    SciPy took 0.5 s of a start of 1.4 s from the disk cache, and no kernel calls ``np.dot``. The question is asked
    again where a function does, so programs that use Numba beside this package lose nothing.
    """
    if "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
        return
    linalg = import_module("numba.np.linalg")
    ask = getattr(linalg, "ensure_blas", None)
    if ask is None:
        return
    linalg.ensure_blas = lambda: None  # type: ignore[attr-defined]
    try:
        import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ask  # type: ignore[attr-defined]


def fork_safely() -> None:
    """Let a fork wait until no other thread compiles or asks LLVM.

    A child gets the locks as they are, but not the threads that would release them: where eight threads made engines
    while the process forked, half of the children waited for ever for the lock of LLVM.
    """
    lock = getattr(ffi.lib, "_lock", None)
    if lock is None or not hasattr(os, "register_at_fork"):
        return

    def hold() -> None:
        global_compiler_lock.acquire()  # in the order in which a compilation takes them
        lock.__enter__()

    def release() -> None:
        lock.__exit__(None, None, None)
        global_compiler_lock.release()

    os.register_at_fork(before=hold, after_in_parent=release, after_in_child=release)
