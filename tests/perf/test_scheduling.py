"""What the system tells of governor, affinity and throttling; None where it tells nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fastdefect.perf import scheduling


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scheduling, "_CPUS", tmp_path / "cpu")
    monkeypatch.setattr(scheduling, "_STATS", (tmp_path / "cpu.stat",))
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_system_that_tells_nothing(system: Path) -> None:
    assert scheduling.times_held_back() is None
    found = scheduling.scheduling()
    assert (found["governor"], found["turbo"]) == (None, None)


def test_affinity_is_that_of_this_process(system: Path) -> None:
    affinity = scheduling.scheduling()["affinity"]
    assert affinity is None or set(affinity) == os.sched_getaffinity(0)


@pytest.mark.parametrize(
    ("file", "text", "turbo"),
    [
        ("cpufreq/boost", "1\n", True), ("cpufreq/boost", "0\n", False),
        ("intel_pstate/no_turbo", "1\n", False), ("intel_pstate/no_turbo", "0\n", True),
    ],
)  # fmt: skip
def test_governor_and_turbo(system: Path, file: str, text: str, turbo: bool) -> None:
    put(system / "cpu" / "cpu0" / "cpufreq" / "scaling_governor", "powersave\n")
    put(system / "cpu" / file, text)
    found = scheduling.scheduling()
    assert (found["governor"], found["turbo"]) == ("powersave", turbo)


def test_heat_and_quota_count_together(system: Path) -> None:
    for core, count in enumerate(["3", "4", "unreadable"]):
        put(system / "cpu" / f"cpu{core}" / "thermal_throttle" / "core_throttle_count", count)
    assert scheduling.times_held_back() == 7
    put(system / "cpu.stat", "nr_periods 90\nnr_throttled 5\nthrottled_time 1000\n")
    assert scheduling.times_held_back() == 12
