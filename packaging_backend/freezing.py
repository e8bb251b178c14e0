"""Freezing for the machine that installs: what it needs, and the process that does it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
_IMPORTED = ("numpy", "numba", "opencv-python", "lazy-loader")
"""What the planners import, which say which kernels there are."""
_NO_INDEX = ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_OFFLINE")


class NotFrozenError(Exception):
    """Why there is no library."""


@dataclass(frozen=True)
class Made:
    """A library for this machine.

    Attributes
    ----------
    library : Path
    level : str
        ``x86-64-v3`` or another.
    """

    library: Path
    level: str

    @property
    def platform(self) -> str:
        """As in the name of a wheel."""
        return re.sub(r"[^0-9A-Za-z]", "_", sysconfig.get_platform())

    @property
    def local(self) -> str:
        """Local version of a wheel for one level; empty where an architecture has no others."""
        _, mark, number = self.level.rpartition("-v")
        return f"v{number}" if mark else ""


def impossible() -> str:
    """Why nothing can be frozen here, as far as that is known without trying; empty where it can."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ("x86_64", "aarch64"):
        return (
            f"that is done on Linux on x86-64 and aarch64, and this is {sys.platform} on {machine}"
        )
    if platform.libc_ver()[0] != "glibc":
        return "that is done where the C library is glibc"  # no wheels of Numba elsewhere
    return ""


def _linker() -> bool:
    names = (os.environ.get("CC"), "cc", "gcc", "clang")
    return any(name and shutil.which(name) for name in names) or find_spec("ziglang") is not None


def requirements() -> list[str]:
    """The packages that freezing needs here, within the bounds of pyproject.toml."""
    if os.environ.get("FASTDEFECT_FROZEN") or impossible():
        return []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bounds = {re.split(r"[^\w-]", text)[0]: text for text in project["dependencies"]}
    needed = [bounds[name] for name in _IMPORTED]
    if _linker():
        return needed
    if any(os.environ.get(name, "0").lower() not in ("", "0", "false") for name in _NO_INDEX):
        return []  # asked for without an index, a package that is not at hand would end the installation
    return needed + project["optional-dependencies"]["freeze"]


def freeze_for_host(folder: Path) -> Made:
    """Make the library in a process of its own, which knows neither the user's home nor settings of Numba and Zig.

    Raises
    ------
    NotFrozenError
    """
    reason = impossible()
    if reason:
        raise NotFrozenError(reason)
    if not _linker():
        raise NotFrozenError("there is neither a C compiler nor the package ziglang to link with")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "ZIG_", "XDG_"))}
    home = {name: str(folder / "home") for name in ("HOME", "NUMBA_CACHE_DIR")}
    (folder / "home").mkdir()
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-B", str(Path(__file__).with_name("freeze_host.py")), str(folder / "frozen")],
        env=kept | home | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    print(done.stdout, end="", flush=True)
    last = (done.stdout.strip() or "no message").splitlines()[-1]
    if done.returncode != 0:
        raise NotFrozenError(last)
    level, library = last.split("\t")
    return Made(Path(library), level)
