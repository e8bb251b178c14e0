"""What Numba does behind a call: kernels compiled or loaded, and memory of its own runtime."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from numba.core import event
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys

from fastdefect.kernels._numba.events import CompileEvent
from fastdefect.kernels._numba.jit import cached_kernels

_HOME = "fastdefect.kernels"


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
def listening(callback: Callable[[CompileEvent], object]) -> Iterator[None]:
    """See `fastdefect.kernels._numba.compile_events`."""
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


def balance() -> tuple[int, int] | None:
    """See `fastdefect.kernels._numba.runtime_balance`."""
    try:
        stats = rtsys.get_allocation_stats()
    except RuntimeError:
        return None
    return stats.alloc - stats.free, stats.alloc
