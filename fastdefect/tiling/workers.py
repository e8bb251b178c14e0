"""The thread owner: a process-wide pool that a caller joins for the length of one job.

Numba's ``parallel=True`` is not used: its default threading layer aborts the process when two Python threads
enter it, and GNU OpenMP kills forked children. Kernels release the GIL instead and run on these threads.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from _thread import get_ident, start_new_thread
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any

from fastdefect.checks import check_int
from fastdefect.operations.limits import THREADS_MAX
from fastdefect.tiling.cpu_count import available_threads as available_threads
from fastdefect.tiling.cpu_count import recent_threads
from fastdefect.tiling.stack import frames, stacks

Task = Callable[[int, int], object]


def _nothing(_index: int, _slot: int) -> None:
    """What a finished job has for a function: a job may outlive its call in the pool's queue, its arrays may not."""


class _Job:
    """One parallel loop: iterators hand out indices and slots, which name scratch memory; the caller has slot 0.

    The caller may be interrupted before any of its lines, so it takes no lock, and what it has to wait for does not hang on
    one wake-up: a helper enters its slot first and looks whether the job is closed then, the caller closes first and
    looks for slots then; a helper that leaves takes its slot out first and sends a word then.
    """

    __slots__ = ("_closed", "_error", "_function", "_indices", "_inside", "_left", "_slots")

    def __init__(self, function: Task, count: int, helpers: int) -> None:
        self._function = function
        self._indices = iter(range(count))
        self._slots = iter(range(1, helpers + 1))
        self._inside: set[int] = set()
        self._left: SimpleQueue[None] = SimpleQueue()
        self._closed = False
        self._error: BaseException | None = None

    def help(self) -> None:
        """Work in a thread of the pool, which no signal interrupts; a late helper finds nothing and leaves at once."""
        slot = next(self._slots)
        self._inside.add(slot)
        self.work(slot)
        self._inside.discard(slot)
        self._left.put(None)

    def work(self, slot: int) -> None:
        """Take indices until none is left; an error waits for the others, an interrupt ends the job."""
        indices = self._indices
        while not self._closed:
            index = next(indices, None)
            if index is None:
                return
            try:
                self._function(index, slot)
            except BaseException as error:
                self._error = error
                if not isinstance(error, Exception):
                    self._closed = True

    @property
    def finished(self) -> bool:
        """Whether a helper that comes now would find nothing to do."""
        return self._closed

    def end(self) -> None:
        """Hand out no more, and return when every helper has left: nobody may go on while others write.

        Interrupts meanwhile, however many, are kept until then. The function goes too: a helper that enters later sees a
        closed job and calls nothing.
        """
        self._closed = True
        interrupt: BaseException | None = None
        while self._inside:
            try:
                self._left.get()
            except BaseException as error:
                interrupt = error
        self._function = _nothing
        if interrupt is not None:
            raise interrupt

    def result(self) -> None:
        """Raise the error of a call, if one failed."""
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback holds the caller's arrays


class _Pool:
    """Daemon threads that serve jobs in order; grows to the largest number ever asked for.

    The threads are started without `threading`, whose ``start`` waits for the new thread under a lock that an interrupt may
    leave closed. A thread takes a number itself, and one that finds its number taken ends: callers count nothing.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._threads: dict[int, int] = {}

    def post(self, job: _Job, helpers: int) -> None:
        if len(self._threads) < helpers:
            for number in range(helpers):
                if number not in self._threads:
                    start_new_thread(self._serve, (number,))
        self._forget_finished()
        for _ in range(helpers):
            self._queue.put(job)

    def _forget_finished(self) -> None:
        """Take finished jobs out of the queue, so that it holds the open ones and the last one of each caller.

        On a busy machine callers finish jobs faster than the pool's threads wake up. An open job that an interrupt keeps
        from coming back into the queue gets fewer helpers, nothing else.
        """
        for _ in range(self._queue.qsize()):
            try:
                job = self._queue.get_nowait()
            except Empty:
                return
            if not job.finished:
                self._queue.put(job)

    def _serve(self, number: int) -> None:
        me = get_ident()
        if self._threads.setdefault(number, me) != me:
            return
        threading.current_thread().name = f"fastdefect-{number}"
        while True:
            self._queue.get().help()


class _ExitGuard:
    """Knows the threads at work, so that the interpreter's exit waits for them and lets no other begin.

    A daemon thread that comes back from native code while the interpreter ends is killed on the spot. Inside
    OpenCV this aborts the process ("terminate called without an active exception").

    A thread is at work while its stack has a frame of `call`: nothing is written down that an interrupt could leave behind.
    The frame stands before the thread looks for the exit, and the exit closes the door before it looks for frames, so one
    of the two sees the other.
    """

    def __init__(self) -> None:
        self._closer: int | None = None

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function and be known meanwhile."""
        if self._closer is not None:
            self._admit()
        return function(*arguments)

    def _admit(self) -> None:
        """Stop a thread that comes after the door was closed, unless it closed it or others wait for it."""
        me = get_ident()
        outer = sys._getframe(2)  # behind the frame of this call
        if self._closer == me or any(f.f_code in _AT_WORK for f in frames(outer)):
            return
        self._stay()

    def _stay(self) -> None:
        threading.Event().wait()  # of a daemon thread, which ends with the process

    def close(self) -> None:
        """Wait until nobody else is inside; from now on only the calling thread may enter."""
        self._closer = get_ident()
        while any(map(self._inside, stacks().items())):
            time.sleep(0.001)

    def _inside(self, thread: tuple[int, list[FrameType]]) -> bool:
        codes = {frame.f_code for frame in thread[1]}
        return (
            thread[0] != self._closer
            and _ExitGuard.call.__code__ in codes
            and _ExitGuard._stay.__code__ not in codes
        )


# Whoever has one of these on its stack is waited for: a call, or a thread of the pool with its callers.
_AT_WORK = {_ExitGuard.call.__code__, _Job.help.__code__}
_pool = _Pool()
_exit_guard = _ExitGuard()


def _renew() -> None:
    """Give a forked child a pool and a door of its own: threads do not survive a fork."""
    global _pool, _exit_guard
    _pool = _Pool()
    _exit_guard = _ExitGuard()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
for _ in range(2):  # an interrupt ends one wait, and the other is still to come
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
    job = _Job(function, count, helpers)
    try:
        _pool.post(job, helpers)
        job.work(0)
        job.end()
    except BaseException:
        try:  # twice: the interrupt may have come inside `end`, and the next one before its first line
            job.end()
        finally:
            job.end()
        raise
    job.result()


def thread_count(threads: int | None) -> int:
    """``threads`` (1 ... 256), or all that the process could use within the last second if None."""
    return recent_threads() if threads is None else check_int("threads", threads, 1, THREADS_MAX)


def check_threads(threads: int | None) -> Workers:
    """Workers for ``threads`` (1 ... 256), or for all that the process may use if None."""
    if threads is None:
        return Workers(available_threads())
    return Workers(check_int("threads", threads, 1, THREADS_MAX))
