"""What a process holds: resident memory, threads, and what Python has traced."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_TASKS = Path("/proc/self/task")


def resident_bytes() -> int | None:
    """Return the resident memory of this process; None where the system has no ``/proc``."""
    return _status("VmRSS")


def peak_resident_bytes() -> int | None:
    """Return the largest resident memory that this process ever had."""
    found = _status("VmHWM")
    if found is not None:
        return found
    try:
        import resource
    except ImportError:  # Windows
        return None
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if os.uname().sysname == "Darwin" else 1024 * largest


def system_threads() -> int:
    """Return the threads of this process that the system knows, OpenCV's own included; else Python's."""
    return len(list(_TASKS.iterdir())) if _TASKS.exists() else threading.active_count()


def _status(field: str) -> int | None:
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith(f"{field}:")]
    return 1024 * int(found[0][1]) if found else None


@dataclass(frozen=True)
class Growth:
    """What a number of calls left behind.

    Attributes
    ----------
    calls : int
        Their number.
    traced : mapping of int to int
        Bytes by tracemalloc's domain (0 Python, 389047 NumPy's data) that one half of the calls added to the other.
    largest : int
        Most bytes that Python and NumPy held at once during the calls beyond what they held before.
    resident : int
        Bytes that the resident memory grew by; 0 where the system does not tell.
    threads : int
        Threads started.
    """

    calls: int
    traced: Mapping[int, int]
    largest: int
    resident: int
    threads: int


def growth(call: Callable[[], object], calls: int) -> Growth:
    """Call a warmed-up function again and again and see what grows.

    Parameters
    ----------
    call : callable
        What is called.
    calls : int
        Calls per half: one without and one with tracing, which takes memory of its own.
    """
    call()
    gc.collect()
    threads, resident = system_threads(), resident_bytes() or 0
    for _ in range(calls):
        call()
    resident = (resident_bytes() or 0) - resident
    threads = system_threads() - threads
    tracemalloc.start()
    try:
        for _ in range(
            20
        ):  # blocks that were there before and are given back now count as negative
            call()
        _by_domain()  # the first look compiles and keeps the filters' patterns
        before = _by_domain()
        tracemalloc.reset_peak()
        held, _ = tracemalloc.get_traced_memory()
        for _ in range(calls):
            call()
        largest = tracemalloc.get_traced_memory()[1] - held
        after = _by_domain()
    finally:
        tracemalloc.stop()
    traced = {domain: after[domain] - before[domain] for domain in {*before, *after}}
    return Growth(calls, traced, largest, resident, threads)


def _by_domain() -> Counter[int]:
    gc.collect()
    own = tracemalloc.Filter(False, tracemalloc.__file__)
    here = tracemalloc.Filter(False, __file__)
    held: Counter[int] = Counter()
    for trace in tracemalloc.take_snapshot().filter_traces([own, here]).traces:
        held[trace.domain] += trace.size
    return held
