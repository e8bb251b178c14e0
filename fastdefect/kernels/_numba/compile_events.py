"""What Numba does behind a call: kernels compiled or loaded, and memory of its own runtime."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from numba.core import event
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys

from fastdefect.kernels._numba.jit import cached_kernels

_HOME = "fastdefect.kernels"


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


class _Clock(event.Listener):  # type: ignore[misc]
    """Takes the time of nested compilations and reports each without its own nested ones."""

    def __init__(self, callback: Callable[[CompileEvent], object]) -> None:
        self._callback = callback
        self._open: list[list[float]] = []  # [begin, seconds of nested ones]

    def on_start(self, event: Any) -> None:
        if _ours(event):
            self.begin()

    def on_end(self, event: Any) -> None:
        if _ours(event):
            self.end(event.data["dispatcher"].py_func.__name__, compiled=True)

    def begin(self) -> None:
        self._open.append([perf_counter(), 0.0])

    def end(self, name: str, *, compiled: bool) -> None:
        begin, nested = self._open.pop()
        took = perf_counter() - begin
        if self._open:
            self._open[-1][1] += took
        self._callback(CompileEvent(name, 1000 * (took - nested), compiled))


def _ours(event: Any) -> bool:
    """Not one of the functions that Numba itself compiles on the way; their time counts for the kernel around them."""
    return str(event.data["dispatcher"].py_func.__module__).startswith(_HOME)


@contextmanager
def compile_events(callback: Callable[[CompileEvent], object]) -> Iterator[None]:
    """Call back for every kernel that is compiled or loaded meanwhile, by any thread.

    Parameters
    ----------
    callback : callable
        Called after each, helpers before the kernels that call them. Without the JIT it is never called.

    Notes
    -----
    Numba reports compilations but not loads, so the load functions of the kernels imported so far are wrapped meanwhile.
    """
    cpu_target.typing_context.refresh()  # what Numba imports at its first kernel, 0.2 s, is no kernel's time
    cpu_target.target_context.refresh()
    clock = _Clock(callback)
    caches = [kernel._cache for kernel in cached_kernels() if hasattr(kernel, "_cache")]
    for cache in caches:
        cache.load_overload = _timed(cache.load_overload, clock)
    try:
        with event.install_listener("numba:compile", clock):
            yield
    finally:
        for cache in caches:
            del cache.load_overload  # the method of its class again


def _timed(load: Callable[..., Any], clock: _Clock) -> Callable[..., Any]:
    def timed(signature: Any, context: Any) -> Any:
        begin = perf_counter()
        found = load(signature, context)
        if found is not None:
            clock.begin()
            clock._open[-1][0] = begin
            clock.end(found.fndesc.qualname.rpartition(".")[2], compiled=False)
        return found

    return timed


def runtime_balance() -> tuple[int, int] | None:
    """Allocations less releases of Numba's runtime, and allocations in all.

    Returns
    -------
    (int, int) or None
        None unless the process was started with ``NUMBA_NRT_STATS=1``. Numba wraps each array argument of a running
        kernel in a handle of 48 bytes that counts as an allocation and is released when the kernel returns, except where
        the kernel is bound and the array unmanaged.
    """
    try:
        stats = rtsys.get_allocation_stats()
    except RuntimeError:
        return None
    return stats.alloc - stats.free, stats.alloc
