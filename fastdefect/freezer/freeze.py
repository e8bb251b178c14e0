"""Freezing: processes that make machine code, level by level, and libraries of what they made."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import fastdefect
from fastdefect.errors import ArgumentValueError, OutputError
from fastdefect.freezer import engine_data, header
from fastdefect.freezer.linking import compiler, link
from fastdefect.frozen import LEVELS, PLACE, Level
from fastdefect.io import write_bytes
from fastdefect.kernels._numba import cpu_path, sources
from fastdefect.tiling.workers import available_threads

Say = Callable[[str], object]


def host_level() -> Level:
    """The level of this processor."""
    path = cpu_path()
    machine = "x86-64" if path in ("avx512", "avx2") else os.uname().machine.replace("x86_", "x86-")
    return next(
        level for level in LEVELS.values() if level.path == path and level.name.startswith(machine)
    )


def freeze(levels: Sequence[Level], out: Path, say: Say, only: str = "") -> list[Path]:
    """Write a library for each architecture of some levels, with what C programs need.

    Parameters
    ----------
    levels : sequence of Level
    out : Path
        Folder; ``out/x86_64/lib``, ``out/x86_64/include`` and so on are written.
    say : callable
        Takes a word on each kernel that is done.
    only : str
        Beginning of the names of kernels to freeze; by default all.

    Returns
    -------
    list of Path
        The shared libraries.

    Raises
    ------
    MissingPackageError
        No C compiler for one of the architectures.
    OutputError
        A kernel cannot be frozen, or a file not be written.
    """
    machines = {level.architecture: None for level in levels}
    for machine in machines:
        compiler(machine)  # said before minutes of work
    written = []
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        _make_objects(levels, made, say, only)
        for machine in machines:
            here = [level for level in levels if level.architecture == machine]
            written.append(_library(machine, here, made, out / machine))
    return written


def install(levels: Sequence[Level], say: Say) -> list[Path]:
    """Freeze into this installation, which takes the library from its next start on.

    Raises
    ------
    ArgumentValueError
        Levels of another architecture than this machine's.
    MissingPackageError, OutputError
        As `freeze`.
    """
    own = host_level().triple
    others = [level.name for level in levels if level.triple != own]
    if others:
        raise ArgumentValueError(
            f"--target: expected levels of this machine's architecture, received {', '.join(others)}; give --out for others"
        )
    with tempfile.TemporaryDirectory() as folder:
        (shared,) = freeze(levels, Path(folder), say)
        write_bytes(PLACE, shared.read_bytes())
    return [PLACE]


def _make_objects(levels: Sequence[Level], folder: Path, say: Say, only: str) -> None:
    """Run a process for each level and share, as many at a time as there are processors."""
    count = available_threads()
    waiting = [(level.name, share) for level in levels for share in range(count)]
    running: list[subprocess.Popen[str]] = []
    told = {"NUMBA_OPT": "0", "FASTDEFECT_FROZEN": "off", "PYTHONUNBUFFERED": "1"}
    try:
        while waiting or running:
            while waiting and len(running) < count:
                level, share = waiting.pop(0)
                running.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "fastdefect.freezer.worker", level, str(share), str(count),
                         str(folder), only],
                        env=os.environ | told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                    )
                )  # fmt: skip
            _follow(running.pop(0), say)
    finally:
        for process in running:
            process.kill()
            process.wait()


def _follow(process: subprocess.Popen[str], say: Say) -> None:
    last = ""
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            last = line.strip() or last
            say(last)
    if process.returncode != 0:
        raise OutputError(
            f"freezing kernels: expected machine code, received: {last} (exit status {process.returncode})"
        )


def _library(machine: str, levels: Sequence[Level], made: Path, out: Path) -> Path:
    lines, declarations, objects = [], [], []
    for level in levels:
        for path in sorted(made.glob(f"fd_{level.prefix}_*.line")):
            line, words = path.read_text("utf-8").split("\n")
            symbol, _, arguments, returns = line.split("\t")
            lines.append(line)
            declarations.append(header.prototype(symbol, arguments, returns, words))
            objects.append(path.with_suffix(".o"))
    place = out / "lib"
    place.mkdir(parents=True, exist_ok=True)
    engines = [level for level in levels if (made / engine_data.file_of(level)).exists()]
    shared, _ = link(objects, "\n".join([sources(), *lines]), machine, place, made, engines)
    header.write(out, fastdefect.__version__, declarations)
    return shared
