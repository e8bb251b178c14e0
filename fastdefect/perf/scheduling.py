"""What the system lets a process have of its processors: governor, affinity, quota, and how often it was held back.

Reads files of Linux; None where the system does not tell.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_CPUS = Path("/sys/devices/system/cpu")
_STATS = (Path("/sys/fs/cgroup/cpu.stat"), Path("/sys/fs/cgroup/cpu/cpu.stat"))


def scheduling() -> dict[str, Any]:
    """Governor, affinity and quota as they are now.

    Returns
    -------
    dict
        ``governor``: of the first core, such as ``performance``; ``affinity``: numbers of the cores that this process may
        run on; ``turbo``: whether the clock may rise above the nominal one. Ready for JSON.
    """
    return {
        "governor": _word(_CPUS / "cpu0/cpufreq/scaling_governor"),
        "affinity": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "turbo": _turbo(),
    }


def times_held_back() -> int | None:
    """How often so far cores were slowed down for their heat, or this control group for its quota.

    Returns
    -------
    int or None
        A count that only grows: what lies between two looks concerns what ran in between. None where neither is told.
    """
    counts = [
        _number(path) for path in _CPUS.glob("cpu[0-9]*/thermal_throttle/core_throttle_count")
    ]
    for path in _STATS:
        fields = dict(line.split(" ", 1) for line in _text(path).splitlines() if " " in line)
        if fields.get("nr_throttled", "").isdecimal():
            counts.append(int(fields["nr_throttled"]))
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _turbo() -> bool | None:
    boost = _word(_CPUS / "cpufreq/boost")
    if boost is not None:
        return boost == "1"
    off = _word(_CPUS / "intel_pstate/no_turbo")
    return None if off is None else off == "0"


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdecimal() else None


def _word(path: Path) -> str | None:
    return _text(path).strip() or None


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
