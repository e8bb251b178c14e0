"""How many threads this process may keep busy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from time import monotonic

_V2 = "/sys/fs/cgroup"
_V1 = "/sys/fs/cgroup/cpu"
# Reading the groups' files takes some 180 us, 40 times as long as a dilation of a small image, and a running container's
# quota changes seldom: it is read again only after so many seconds.
SECONDS = 1.0
_quota: tuple[float, float] = 0.0, 0.0
_recent: tuple[int, float] = 0, 0.0
"""The least quota, and the threads; and until when they count as known, on the clock."""


def available_threads() -> int:
    """Threads that this process may keep busy: the least of affinity mask and container quota.

    Returns
    -------
    int
        At least 1. The quota is the least of the process's control group and all groups above it, from cgroup v2
        (``cpu.max``) or v1 (``cpu.cfs_quota_us``), rounded down; a change of it is seen within a second.
    """
    global _quota
    quota, known = _quota
    now = monotonic()
    if now >= known:
        quota = min(_quotas(), default=float("inf"))
        _quota = quota, now + SECONDS
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, int(min(count, quota)))


def recent_threads() -> int:
    """The same as it was within the last second, for calls that ask too often to ask the system (0.9 us)."""
    global _recent
    count, known = _recent
    now = monotonic()
    if now >= known:
        count = available_threads()
        _recent = count, now + SECONDS
    return count


def _quotas() -> Iterator[float]:
    """Processors per control group that has a limit."""
    for folder in _upwards(_V2, ""):
        limit, _, period = _read(f"{folder}/cpu.max").partition(" ")
        if limit.isdecimal() and period.isdecimal():
            yield int(limit) / int(period)
    for folder in _upwards(_V1, "cpu"):
        limit, period = _read(f"{folder}/cpu.cfs_quota_us"), _read(f"{folder}/cpu.cfs_period_us")
        if limit.isdecimal() and period.isdecimal():  # no limit is -1
            yield int(limit) / int(period)


def _upwards(root: str, controller: str) -> Iterator[str]:
    """Folders of this process's group and of the groups above it.

    Inside a container the root is the container's own group; a service of the host stands deeper, and its limit
    or that of its slice counts.
    """
    group = PurePosixPath("/")
    for line in _read("/proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):  # v2: no controllers, one empty word
            group = PurePosixPath(path)
    for part in (group, *group.parents):
        yield root + str(part).rstrip("/")


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError):
        return ""
