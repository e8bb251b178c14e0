"""The thread owner: every index once, slots of one's own, errors, forks, interrupts, the end of the interpreter."""

import gc
import linecache
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from conftest import ROOT

from fastdefect.tiling import workers
from fastdefect.tiling.workers import Workers


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_every_index_once_and_slots_apart(threads: int, count: int) -> None:
    seen: list[int] = []
    busy: set[int] = set()

    def work(index: int, slot: int) -> None:
        assert slot not in busy
        assert 0 <= slot < threads
        busy.add(slot)
        time.sleep(0.0002)
        seen.append(index)
        busy.discard(slot)

    Workers(threads).run(work, count)
    assert sorted(seen) == list(range(count))


def test_one_thread_runs_inline() -> None:
    names: set[int] = set()
    Workers(1).run(lambda index, slot: names.add(threading.get_ident()), 10)
    assert names == {threading.get_ident()}


def test_an_error_is_raised_after_the_others_ended() -> None:
    done: list[int] = []

    def work(index: int, slot: int) -> None:
        if index == 3:
            raise ValueError("third")
        done.append(index)

    with pytest.raises(ValueError, match="third"):
        Workers(2).run(work, 20)
    assert len(done) == 19


def test_many_callers_share_the_pool() -> None:
    totals = [0] * 8

    def caller(number: int) -> None:
        def work(index: int, slot: int) -> None:
            time.sleep(0.0001)

        for _ in range(20):
            Workers(3).run(work, 5)
            totals[number] += 1

    before = {thread.name for thread in threading.enumerate()}
    callers = [threading.Thread(target=caller, args=(number,)) for number in range(8)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join(30)
    assert totals == [20] * 8
    started = {t.name for t in threading.enumerate()} - before
    assert {name for name in started if name.startswith("fastdefect")} <= {
        "fastdefect-0",
        "fastdefect-1",
    }


def test_a_loop_within_a_loop() -> None:
    seen: list[tuple[int, int]] = []

    def outer(index: int, slot: int) -> None:
        Workers(2).run(lambda inner, _: seen.append((index, inner)), 3)

    Workers(2).run(outer, 3)
    assert sorted(seen) == [(i, j) for i in range(3) for j in range(3)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_a_pool_of_its_own() -> None:
    Workers(3).run(lambda index, slot: None, 3)
    child = os.fork()
    if child == 0:
        seen: list[int] = []
        Workers(3).run(lambda index, slot: seen.append(index), 50)
        os._exit(0 if sorted(seen) == list(range(50)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _line(thread: int) -> tuple[str, str]:
    """File and source text of the line where another thread stands now."""
    frame = sys._current_frames()[thread]
    file, line = frame.f_code.co_filename, frame.f_lineno
    return file, linecache.getline(file, line).strip()


def _until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.parametrize("interrupts", [1, 2, 5])
def test_interrupts_leave_nobody_at_work(interrupts: int) -> None:
    """The caller's wait is interrupted while a helper works: it goes on only when the helper has ended.

    The helper sends the signals itself, each once it sees the caller wait, and works on until it was taken: no clock
    decides. A signal that comes after the interpreter's last look and before the wait's sleep is seen only when the
    sleep ends, so it is sent again until it was taken.
    """
    ended, begun = threading.Event(), threading.Event()
    caller = threading.get_ident()
    taken: list[int] = []

    def take(*_: object) -> None:
        taken.append(1)
        raise KeyboardInterrupt

    def work(index: int, slot: int) -> None:
        if threading.get_ident() == caller:
            assert begun.wait(30)  # the helper has its index now
            return
        begun.set()
        for _ in range(interrupts):
            _until(lambda: _line(caller) == (workers.__file__, "self._left.get()"))
            before = len(taken)
            while len(taken) == before:
                signal.pthread_kill(caller, signal.SIGINT)
                time.sleep(0.05)
        time.sleep(0.05)  # a caller that did not wait would find the event unset
        ended.set()

    before = signal.signal(signal.SIGINT, take)
    try:
        with pytest.raises(KeyboardInterrupt):
            Workers(2).run(work, 2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.is_set()
    assert len(taken) >= interrupts


@pytest.mark.parametrize("backend", ["numba", "opencv"])
@pytest.mark.parametrize("threads", [pytest.param(1, marks=pytest.mark.long), 2])
@pytest.mark.parametrize(
    "call",
    [
        "engine(image)",
        pytest.param("fastdefect.nl_means(grey, threads=engine.threads)", marks=pytest.mark.long),
    ],
)
def test_the_interpreter_ends_with_work_in_flight(backend: str, threads: int, call: str) -> None:
    """Daemon threads in the middle of images; without the exit's wait OpenCV aborts nearly every time."""
    code = f"""
import threading, time
import numpy as np
import fastdefect
image = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
grey = image[:, :, 0].copy()
started = threading.Barrier(4)
def inspect():
    engine = fastdefect.Engine((128, 128), threads={threads})
    {call}
    started.wait()
    while True:
        {call}
for _ in range(3):
    threading.Thread(target=inspect, daemon=True).start()
started.wait()
time.sleep(0.05)
"""
    environment = os.environ | {"FASTDEFECT_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _busy_pool(monkeypatch: pytest.MonkeyPatch) -> tuple[workers._Pool, threading.Event]:
    """A pool whose only thread is held by another job until the event is set."""
    pool, held, release = workers._Pool(), threading.Event(), threading.Event()
    monkeypatch.setattr(workers, "_pool", pool)

    def hold(_index: int, _slot: int) -> None:
        held.set()
        assert release.wait(30)

    pool.post(workers._Job(hold, 1, 1), 1)
    assert held.wait(30)
    return pool, release


def test_finished_jobs_of_a_busy_pool_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, release = _busy_pool(monkeypatch)
    try:
        for _ in range(100):
            Workers(2).run(lambda index, slot: None, 2)
            assert pool._queue.qsize() == 1  # the last one, which nobody was free to take
    finally:
        release.set()


def test_open_jobs_stay_when_finished_ones_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, release = _busy_pool(monkeypatch)
    helped = threading.Event()
    pool.post(workers._Job(lambda index, slot: helped.set(), 1, 1), 1)
    for _ in range(5):
        Workers(2).run(lambda index, slot: None, 2)
    release.set()
    assert helped.wait(30)


@pytest.mark.parametrize("fails", [False, True])
def test_a_finished_job_keeps_neither_its_function_nor_its_error(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Buffer:
        """What a step closes over."""

    _, release = _busy_pool(monkeypatch)
    buffer = Buffer()
    gone = weakref.ref(buffer)

    def run(buffer: Buffer) -> None:
        def work(_index: int, _slot: int) -> None:
            if fails:
                raise ValueError(str(buffer))

        Workers(2).run(work, 2)

    try:
        with pytest.raises(ValueError, match="Buffer") if fails else nullcontext():
            run(buffer)
        del buffer
        gc.collect()  # the error's traceback, for one that failed
        assert gone() is None
    finally:
        release.set()
