"""What calls leave behind is seen, whichever kind it is."""

import mmap
import threading
from pathlib import Path

import numpy as np
import pytest

from fastdefect.perf import memory
from fastdefect.perf.memory import growth, peak_resident_bytes, resident_bytes, system_threads

pytestmark = pytest.mark.usefixtures("short_collections")


def test_calls_that_keep_nothing() -> None:
    scratch = np.empty(1000)
    found = growth(lambda: np.add(scratch, 1, out=scratch), 50)
    assert found.calls == 50
    assert found.threads == 0
    assert max(found.traced.values()) < 50
    assert found.largest < 2000


def test_what_is_kept_is_seen_by_domain() -> None:
    kept: list[object] = []
    found = growth(lambda: kept.append(np.empty(1000, np.uint8)), 50)
    numpy_domain = np.lib.tracemalloc_domain
    assert found.traced[numpy_domain] == 50 * 1000
    assert found.traced[0] > 50 * 50
    assert found.largest > 50 * 1000


def test_what_is_held_for_a_moment_is_seen() -> None:
    assert growth(lambda: np.empty(100_000, np.uint8).sum(), 20).largest > 100_000


def test_a_started_thread_is_seen() -> None:
    leave = threading.Event()
    found = growth(lambda: threading.Thread(target=leave.wait, daemon=True).start(), 3)
    leave.set()
    assert found.threads == 3


def test_resident_memory_and_its_peak() -> None:
    before = resident_bytes()
    # asked of the system itself: even a large array may come from memory that other tests have freed
    block = np.frombuffer(mmap.mmap(-1, 2**26), np.uint8)
    block[:] = 1
    assert resident_bytes() - before > 2**25
    del block
    assert peak_resident_bytes() >= resident_bytes()
    assert system_threads() >= threading.active_count()


def test_the_status_of_the_process_is_read_in_bytes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "status"
    file.write_text("Name:\tpython\nVmHWM:\t     300 kB\nVmRSS:\t     200 kB\n")
    monkeypatch.setattr(memory, "_STATUS", file)
    assert (resident_bytes(), peak_resident_bytes()) == (200 * 1024, 300 * 1024)
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "none")
    assert resident_bytes() is None


@pytest.mark.parametrize(("kept", "held"), [(3, 3), (0, 0)])
def test_resident_growth_is_the_difference_of_two_looks(
    monkeypatch: pytest.MonkeyPatch, kept: int, held: int
) -> None:
    """What the system says before and after the calls, and nothing else."""
    looks = iter([1000, 1000 + kept])
    monkeypatch.setattr(memory, "resident_bytes", lambda: next(looks))
    assert growth(lambda: None, 5).resident == held
