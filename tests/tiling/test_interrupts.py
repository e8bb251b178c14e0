"""An interrupt before any line of what holds threads, doors and plans: usable, the same bytes, nobody left at work."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

import fastdefect
from fastdefect.detectors import cache, detector, plan
from fastdefect.detectors.lending import lease
from fastdefect.errors import EngineBusyError
from fastdefect.ops import apply
from fastdefect.tiling import cpu_count, kept, non_reentrant, stack, workers
from fastdefect.tiling.non_reentrant import NonReentrant
from fastdefect.tiling.workers import Workers

FILES = {
    module.__file__
    for module in (
        cache, detector, lease, plan, apply, cpu_count, kept, non_reentrant, stack, workers
    )
}  # fmt: skip
IMAGE = np.random.default_rng(0).integers(0, 256, (96, 80, 3), np.uint8)
GREY = IMAGE[:, :, 0].copy()


def interrupted(call: Callable[[], Any], number: int) -> bool:
    """Call with a KeyboardInterrupt before the ``number``-th line of the files; False where there are not so many."""
    left = number

    def lines(_frame: FrameType, event: str, _value: object) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return lines

    def trace(frame: FrameType, _event: str, _value: object) -> Any:
        return lines if frame.f_code.co_filename in FILES else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    assert left > 0, "the interrupt was swallowed"
    return False


def _engine(threads: int) -> Callable[[], Any]:
    engine = fastdefect.Engine(IMAGE.shape[:2], threads=threads)
    return lambda: engine(IMAGE).stages


CALLS: dict[str, Callable[[int], Callable[[], Any]]] = {
    "engine": _engine,
    "detect": lambda threads: lambda: fastdefect.detect(IMAGE, threads=threads).stages,
    "nl_means": lambda threads: lambda: {"": fastdefect.nl_means(GREY, threads=threads)},
    "dilate": lambda threads: lambda: {"": fastdefect.dilate(GREY, (5, 5), threads=threads)},
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", CALLS)
def test_an_interrupt_before_every_line(
    name: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = CALLS[name](threads)
    expected = call()
    number = 1
    while interrupted(call, number):
        if number % 5 == 0:  # also with the pool's threads still to start
            monkeypatch.setattr(workers, "_pool", workers._Pool())
        for key, value in call().items():
            np.testing.assert_array_equal(value, expected[key], err_msg=f"after line {number}")
        number += 1
    assert number > 10
    guard = workers._ExitGuard()
    guard.close()  # nobody is inside


@pytest.mark.parametrize("fresh", [False, True])
def test_after_an_interrupt_before_every_line_nobody_is_at_work(
    fresh: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, busy = 1, [0]

    def work(_index: int, _slot: int) -> None:
        busy.append(1)
        time.sleep(0.0005)
        busy.pop()

    while interrupted(lambda: Workers(3).run(work, 7), number):
        assert busy == [0], f"after line {number}"
        done: list[int] = []
        Workers(3).run(lambda index, _, done=done: done.append(index), 50)
        assert sorted(done) == list(range(50))
        if fresh:
            monkeypatch.setattr(workers, "_pool", workers._Pool())
        number += 1
    assert number > 20


@pytest.mark.long
def test_an_interrupt_before_every_line_of_the_exit() -> None:
    """It is registered twice, so one that is interrupted is followed by another, which waits."""
    number = 1
    more = True
    while more:
        guard = workers._ExitGuard()
        inside, left = threading.Event(), threading.Event()

        def stay(
            guard: workers._ExitGuard = guard,
            inside: threading.Event = inside,
            left: threading.Event = left,
        ) -> None:
            inside.set()
            while guard._closer is None:
                time.sleep(0.0001)
            left.set()

        thread = threading.Thread(target=guard.call, args=(stay, ()))
        thread.start()
        inside.wait()
        more = interrupted(guard.close, number)
        guard.close()
        assert left.is_set()
        thread.join()
        number += 1
    assert number > 4


def test_the_second_of_two_interrupts_may_come_anywhere_too() -> None:
    """A door whose call was interrupted twice is open, one whose call is at work is closed, also to the same thread."""
    door = NonReentrant("door")

    def again() -> None:
        with pytest.raises(EngineBusyError, match="one thread at a time"):
            door.call(lambda: None)
        raise KeyboardInterrupt

    for number in range(1, 40):
        interrupted(lambda: door.call(lambda: None), number)
        with pytest.raises(KeyboardInterrupt):
            door.call(again)
    assert door.call(lambda: 5) == 5


def test_one_of_many_threads_enters_a_door_left_by_an_interrupt() -> None:
    inside, most, refused = [0], [0], [0]

    def work() -> None:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.001)
        inside.pop()

    for number in range(1, 12):
        door = NonReentrant("door")
        interrupted(lambda door=door: door.call(lambda: None), number)
        start = threading.Barrier(4)

        def enter(door: NonReentrant = door, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                door.call(work)
            except EngineBusyError:
                refused.append(1)

        threads = [threading.Thread(target=enter) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(most) == 2  # the list's first entry, and one thread
    assert len(refused) > 1


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_child_forked_while_its_engine_works_may_use_it(threads: int) -> None:
    engine = fastdefect.Engine(IMAGE.shape[:2], threads=threads)
    expected = engine(IMAGE).mask
    stop = threading.Event()

    def inspect() -> None:
        while not stop.is_set():
            engine(IMAGE)

    thread = threading.Thread(target=inspect)
    thread.start()
    try:
        for _ in range(8):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    status = 0 if np.array_equal(engine(IMAGE).mask, expected) else 2
                finally:
                    os._exit(status)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            time.sleep(0.003)
    finally:
        stop.set()
        thread.join()


def test_the_processor_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from llvmlite import binding

    from fastdefect.kernels._numba import cpu

    fastdefect.nl_means(GREY[:19].copy(), threads=1)  # Numba, once it is there, has asked too
    monkeypatch.setattr(binding, "get_host_cpu_features", lambda: pytest.fail("asked anew"))
    cpu.cpu_path()
    for size in (20, 21):
        fastdefect.nl_means(GREY[:size].copy(), threads=1)
