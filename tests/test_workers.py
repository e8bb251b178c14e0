"""The thread owner: every index once, slots of one's own, errors, forks, quotas."""

import io
import os
import threading
import time
from typing import Any

import pytest

from fastdefect.tiling import workers as pool
from fastdefect.tiling.workers import Workers, available_threads


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


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/sys/fs/cgroup/cpu.max": "max 100000\n"}, 8),
        ({"/sys/fs/cgroup/cpu.max": "250000 100000\n"}, 2),
        ({"/sys/fs/cgroup/cpu.max": "50000 100000\n"}, 1),
        ({"/sys/fs/cgroup/cpu.max": "9900000 100000\n"}, 8),
        ({"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, 3),
        ({"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, 8),
        ({}, 8),
    ],
)  # fmt: skip
def test_threads_of_a_container(
    files: dict[str, str], expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_fake(path: str, **options: Any) -> io.StringIO:
        if path not in files:
            raise FileNotFoundError(path)
        return io.StringIO(files[path])

    monkeypatch.setattr(pool, "open", open_fake, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    assert available_threads() == expected
