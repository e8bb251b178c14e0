"""Threads by default: never more than the container may use."""

import io
import os
from typing import Any

import pytest

import fastdefect
from fastdefect.tiling import cpu_count as quota

V2 = "/sys/fs/cgroup/cpu.max"
V1_QUOTA, V1_PERIOD = (f"/sys/fs/cgroup/cpu/cpu.cfs_{name}_us" for name in ("quota", "period"))
SERVICE = "/sys/fs/cgroup/plant.slice/camera.service/cpu.max"
SLICE = "/sys/fs/cgroup/plant.slice/cpu.max"
GROUP = "/proc/self/cgroup"
OWN_V1 = "/sys/fs/cgroup/cpu/docker/1a"


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine of eight cores whose system files are those of the returned mapping."""
    files: dict[str, str] = {}

    def open_fake(path: str, **options: Any) -> io.StringIO:
        if path not in files:
            raise FileNotFoundError(path)
        return io.StringIO(files[path])

    monkeypatch.setattr(quota, "open", open_fake, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(quota, "_quota", (0.0, 0.0))
    monkeypatch.setattr(quota, "_recent", (0, 0.0))
    return files


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({V2: "max 100000\n"}, 8),
        ({V2: "250000 100000\n"}, 2),
        ({V2: "50000 100000\n"}, 1),
        ({V2: "9900000 100000\n"}, 8),
        ({V2: "nonsense"}, 8),
        ({V1_QUOTA: "300000", V1_PERIOD: "100000"}, 3),
        ({V1_QUOTA: "-1", V1_PERIOD: "100000"}, 8),
        ({GROUP: "0::/plant.slice/camera.service\n", SERVICE: "300000 100000"}, 3),
        ({GROUP: "0::/plant.slice/camera.service\n", SERVICE: "max 100000", SLICE: "200000 100000"}, 2),
        ({GROUP: "0::/\n", V2: "400000 100000"}, 4),
        ({GROUP: "3:cpu,cpuacct:/docker/1a\n0::/x\n", f"{OWN_V1}/cpu.cfs_quota_us": "200000",
          f"{OWN_V1}/cpu.cfs_period_us": "100000"}, 2),
        ({}, 8),
    ],
)  # fmt: skip
def test_threads_of_a_container(
    files: dict[str, str], expected: int, eight_cores: dict[str, str]
) -> None:
    eight_cores.update(files)
    assert quota.available_threads() == expected


def test_a_quota_below_the_cores_caps_an_engine(eight_cores: dict[str, str]) -> None:
    eight_cores[V2] = "200000 100000"
    assert fastdefect.Engine((8, 8)).threads == 2
    assert fastdefect.Engine((8, 8), threads=5).threads == 5  # asked for


def test_a_quota_is_looked_at_again_after_a_second(
    eight_cores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    opened: list[str] = []
    read = quota._read
    monkeypatch.setattr(quota, "monotonic", lambda: clock[0])
    monkeypatch.setattr(quota, "_read", lambda path: opened.append(path) or read(path))
    eight_cores[V2] = "200000 100000"
    assert quota.available_threads() == 2
    looked = len(opened)
    assert looked > 0
    eight_cores[V2] = "300000 100000"
    for clock[0] in (100.0, 100.5, 100.999):
        assert quota.available_threads() == quota.recent_threads() == 2
    assert len(opened) == looked  # no file was opened meanwhile
    clock[0] = 101.0
    assert quota.available_threads() == quota.recent_threads() == 3


def test_the_affinity_counts_at_once_for_a_plan(
    eight_cores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan keeps its number; a call of a function alone may be one second behind."""
    eight_cores[V2] = "400000 100000"
    assert quota.available_threads() == quota.recent_threads() == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {5}, raising=False)
    assert quota.available_threads() == 1
    assert fastdefect.Engine((8, 8)).threads == 1
    assert quota.recent_threads() == 4
