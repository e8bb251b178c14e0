"""What Numba does behind a call, for those who watch: they need not import it, for where it is not there it does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from fastdefect.kernels._numba import lazy


@dataclass(frozen=True)
class CompileEvent:
    """One kernel made ready for one set of argument types.

    Attributes
    ----------
    kernel : str
        Name of the function.
    milliseconds : float
        Time taken, without that of other kernels which it calls.
    compiled : bool
        True if compiled, False if loaded from the disk cache.
    """

    kernel: str
    milliseconds: float
    compiled: bool


@contextmanager
def compile_events(callback: Callable[[CompileEvent], object]) -> Iterator[None]:
    """Call back for every kernel that is compiled or loaded meanwhile, by any thread.

    Parameters
    ----------
    callback : callable
        Called after each, helpers before the kernels that call them. Without the JIT it is never called.

    Notes
    -----
    Numba reports compilations but not loads, so the load functions of the kernels imported so far are wrapped. In a
    process without Numba nothing is wrapped before a kernel brings it.
    """
    with ExitStack() as stack:
        open_for_more = True

        def listen() -> None:
            if open_for_more:
                stack.enter_context(_listening().listening(callback))

        lazy.when_loaded(listen)
        try:
            yield
        finally:
            open_for_more = False


def runtime_balance() -> tuple[int, int] | None:
    """Allocations less releases of Numba's runtime, and allocations in all.

    Returns
    -------
    (int, int) or None
        None unless the process was started with ``NUMBA_NRT_STATS=1``. Numba wraps each array argument of a running
        kernel in a handle of 48 bytes that counts as an allocation and is released when the kernel returns, except where
        the kernel is bound and the array unmanaged.
    """
    found: tuple[int, int] | None = _listening().balance()
    return found


def _listening() -> Any:
    return import_module("fastdefect.kernels._numba.listening")
