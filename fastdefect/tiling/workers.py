"""The thread owner: a process-wide pool that a caller joins for the length of one job.

Numba's ``parallel=True`` is not used: its default threading layer aborts the process when two Python threads
enter it, and GNU OpenMP kills forked children. Kernels release the GIL instead and run on these threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

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
        self._finished.acquire()
        if self._error is not None:
            raise self._error


class _Pool:
    """Daemon threads that serve jobs in order; grows to the largest number ever asked for."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._size = 0

    def grow(self, size: int) -> None:
        with self._lock:
            for number in range(self._size, size):
                name = f"fastdefect-{number}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
            self._size = max(self._size, size)

    def post(self, job: _Job, times: int) -> None:
        for _ in range(times):
            self._queue.put(job)

    def _serve(self) -> None:
        while True:
            self._queue.get().work()


_pool = _Pool()


def _renew() -> None:
    """Give a forked child a pool of its own: threads do not survive a fork."""
    global _pool
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


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
        helpers = min(self.threads, count) - 1
        if helpers < 1:
            for index in range(count):
                function(index, 0)
            return
        pool = _pool
        pool.grow(helpers)
        job = _Job(function, count, helpers + 1)
        pool.post(job, helpers)
        job.work()
        job.wait()


def available_threads() -> int:
    """Threads that this process may keep busy: the least of affinity mask and container quota.

    Returns
    -------
    int
        At least 1. The quota is read from cgroup v2 (``cpu.max``) or v1 (``cpu.cfs_quota_us``), rounded down.
    """
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    quota = _cgroup_quota()
    return max(1, min(count, int(quota))) if quota else count


def _cgroup_quota() -> float | None:
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            limit, period = file.read().split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass
    try:
        with open("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", encoding="ascii") as file:
            limit_us = int(file.read())
        with open("/sys/fs/cgroup/cpu/cpu.cfs_period_us", encoding="ascii") as file:
            period_us = int(file.read())
        return limit_us / period_us if limit_us > 0 else None
    except (OSError, ValueError):
        return None
