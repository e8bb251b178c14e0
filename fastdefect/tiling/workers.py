"""The thread owner: a process-wide pool that a caller joins for the length of one job.

Numba's ``parallel=True`` is not used: its default threading layer aborts the process when two Python threads
enter it, and GNU OpenMP kills forked children. Kernels release the GIL instead and run on these threads.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import get_ident
from typing import Any

from fastdefect.checks import check_int
from fastdefect.operations.limits import THREADS_MAX
from fastdefect.tiling.cpu_count import available_threads as available_threads
from fastdefect.tiling.cpu_count import recent_threads

Task = Callable[[int, int], object]


class _Job:
    """One parallel loop: indices are handed out under a lock, slots name scratch memory."""

    __slots__ = ("_count", "_done", "_error", "_finished", "_function", "_lock", "_next", "_slots")

    def __init__(self, function: Task, count: int, slots: int) -> None:
        self._function = function
        self._count = count
        self._next = 0
        self._done = 0
        self._slots = list(range(slots))
        self._lock = threading.Lock()
        self._finished = threading.Lock()
        self._finished.acquire()
        self._error: BaseException | None = None

    def work(self) -> None:
        """Take indices until none is left; a late worker finds none and leaves at once."""
        with self._lock:
            if self._next >= self._count:
                return
            slot = self._slots.pop()
        while True:
            with self._lock:
                index = self._next
                if index >= self._count:
                    self._slots.append(slot)
                    return
                self._next += 1
            try:
                self._function(index, slot)
            except BaseException as error:
                self._error = error
            with self._lock:
                self._done += 1
                if self._done == self._count:
                    self._finished.release()

    def wait(self) -> None:
        try:
            self._finished.acquire()
        except BaseException:  # an interrupt: the caller must not go on while others write
            self._cancel()
            self._finished.acquire()
            raise
        if self._error is not None:
            raise self._error

    def _cancel(self) -> None:
        with self._lock:
            left = self._count - self._next
            self._next = self._count
            self._done += left
            if left and self._done == self._count:
                self._finished.release()


class _Pool:
    """Daemon threads that serve jobs in order; grows to the largest number ever asked for."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._size = 0

    def grow(self, size: int) -> None:
        if size <= self._size:
            return
        with self._lock:
            for number in range(self._size, size):
                name = f"fastdefect-{number}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
            self._size = max(self._size, size)

    def post(self, job: _Job, times: int) -> None:
        for _ in range(times):
            self._queue.put(job)

    def _serve(self) -> None:
        _exit_guard.let_in()  # its callers are counted and wait for it
        while True:
            self._queue.get().work()


class _ExitGuard:
    """Knows the threads at work, so that the interpreter's exit waits for them and lets no other begin.

    A daemon thread that comes back from native code while the interpreter ends is killed on the spot. Inside
    OpenCV this aborts the process ("terminate called without an active exception").

    There is no lock: a thread enters its name first and looks for the exit then, the exit closes the door first and looks
    for names then, so one of the two sees the other. With a lock and a generator around it a passage took 2 us longer.
    """

    def __init__(self) -> None:
        self._inside: set[int] = set()
        self._helpers: set[int] = set()
        self._closer: int | None = None

    def let_in(self) -> None:
        """Never count or stop the calling thread."""
        self._helpers.add(get_ident())
        self._inside.add(get_ident())

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function and be known meanwhile; what is called within is not counted again."""
        me, inside = get_ident(), self._inside
        if me in inside:
            return function(*arguments)
        try:
            inside.add(me)
            if self._closer is not None and self._closer != me:
                inside.discard(me)
                threading.Event().wait()  # of a daemon thread, which ends with the process
            return function(*arguments)
        finally:
            inside.discard(me)

    def close(self) -> None:
        """Wait until nobody else is inside; from now on only the calling thread may enter."""
        me = self._closer = get_ident()
        while self._inside - self._helpers - {me}:
            time.sleep(0.001)


_pool = _Pool()
_exit_guard = _ExitGuard()


def _renew() -> None:
    """Give a forked child a pool and a door of its own: threads do not survive a fork."""
    global _pool, _exit_guard
    _pool = _Pool()
    _exit_guard = _ExitGuard()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
atexit.register(lambda: _exit_guard.close())


class Workers:
    """A number of threads to run a loop on; the caller's thread is one of them.

    Parameters
    ----------
    threads : int
        Threads that work at the same time, at least 1. With 1 everything runs inline.

    Notes
    -----
    All instances share one pool, so several engines together never hold more than the largest ``threads - 1``
    pool threads. A caller never waits for a thread that is busy elsewhere: it does the whole loop itself then.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def run(self, function: Task, count: int) -> None:
        """Call ``function(index, slot)`` for every index below ``count``.

        ``slot`` is below ``threads`` and never used by two calls at once: it names the scratch memory to use.
        An exception of any call is raised here after all others have ended.
        """
        threads = self.threads if self.threads < count else count
        if count == 1:
            _exit_guard.call(function, (0, 0))
        elif threads < 2:
            _exit_guard.call(_in_turn, (function, count))
        else:
            _exit_guard.call(_shared, (function, count, threads - 1))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function that leaves Python for long on this thread, and return its result.

        The interpreter's exit waits for it as it does for `run`.
        """
        return _exit_guard.call(function, arguments)


def _in_turn(function: Task, count: int) -> None:
    for index in range(count):
        function(index, 0)


def _shared(function: Task, count: int, helpers: int) -> None:
    pool = _pool
    pool.grow(helpers)
    job = _Job(function, count, helpers + 1)
    pool.post(job, helpers)
    job.work()
    job.wait()


def thread_count(threads: int | None) -> int:
    """``threads`` (1 ... 256), or all that the process could use within the last second if None."""
    return recent_threads() if threads is None else check_int("threads", threads, 1, THREADS_MAX)


def check_threads(threads: int | None) -> Workers:
    """Workers for ``threads`` (1 ... 256), or for all that the process may use if None."""
    if threads is None:
        return Workers(available_threads())
    return Workers(check_int("threads", threads, 1, THREADS_MAX))
