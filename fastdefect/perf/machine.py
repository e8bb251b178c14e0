"""What a figure was measured on: processor, versions, commit. Reads files of the system, imports nothing heavy."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import fastdefect
from fastdefect.optional import OPENCV_WHEELS
from fastdefect.perf.scheduling import scheduling

# The features that decide which path a kernel takes.
_FEATURES = (
    "sse4_1", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vbmi", "avx512vbmi", "avx512_vnni",
    "asimd", "asimddp", "sve",
)  # fmt: skip
_CPUINFO = Path("/proc/cpuinfo")
_CLOCK = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq")
_THERMAL = Path("/sys/class/thermal")


def describe(threads: int) -> dict[str, Any]:
    """Describe this machine and process.

    Parameters
    ----------
    threads : int
        Threads that this process may keep busy, see `fastdefect.tiling.workers.available_threads`.

    Returns
    -------
    dict
        ``processor``, ``features``, ``family``, ``cores``, ``threads``, ``system``, ``megahertz``, ``celsius``,
        ``scheduling``, ``versions``, ``commit`` and ``settings``; ready for JSON, None where the system does not tell.
    """
    fields = _cpuinfo()
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    family = [fields[key] for key in ("vendor_id", "cpu family", "model") if key in fields]
    return {
        "processor": fields.get("model name") or platform.processor() or platform.machine(),
        "family": " ".join(family) or None,
        "features": [name for name in _FEATURES if name in flags],
        "cores": os.cpu_count(),
        "threads": threads,
        "system": f"{platform.system()} {platform.machine()}",
        "megahertz": megahertz(),
        "celsius": celsius(),
        "scheduling": scheduling(),
        "versions": versions(),
        "commit": commit(),
        "settings": {
            name: os.environ[name] for name in sorted(os.environ) if name.startswith("FASTDEFECT_")
        },
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of every installed package that can change a figure."""
    found = {"python": platform.python_version(), "fastdefect": fastdefect.__version__}
    for name in (
        "numpy",
        "numba",
        "llvmlite",
        *OPENCV_WHEELS,
        "onnxruntime",
        "scikit-image",
        "scipy",
    ):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """Return the git commit of the package's folder, with ``+changes`` when tracked files differ from it."""
    folder = Path(__file__).resolve().parents[2]
    head = _git(folder, "rev-parse", "HEAD") if (folder / ".git").exists() else None
    if head is None:
        return None
    return head[:12] + (
        "+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else ""
    )


def megahertz() -> int | None:
    """Return the clock rate of the first core now, in MHz."""
    try:
        return int(_CLOCK.read_text()) // 1000
    except (OSError, ValueError):
        rate = _cpuinfo().get("cpu MHz")
        return round(float(rate)) if rate else None


def celsius() -> float | None:
    """Return the highest temperature of the system's thermal zones, in degrees Celsius."""
    found = []
    for zone in sorted(_THERMAL.glob("thermal_zone*/temp")):
        try:
            found.append(int(zone.read_text()) / 1000)
        except (OSError, ValueError):
            continue
    return max(found, default=None)


def _cpuinfo() -> dict[str, str]:
    """Fields of the first core; empty where the system has no such file."""
    try:
        first = _CPUINFO.read_text(errors="replace").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
