"""Worker processes: several at a time, each for its share of the processor's seconds; their figures together."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = (
    "images",
    "models",
    "networks",
    "approvals",
    "drifts",
    "areas",
    "configuration",
    "kernel cache",
)
_HERE = Path(__file__).parent
_COUNTS = ("tried", "accepted", "refused", "failed", "special", "faults")


@dataclass
class Found:
    """What became of one reader, over all its processes."""

    good_files: int = 0
    tried: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    special: int = 0
    faults: int = 0
    reached: set[tuple[str, int]] = field(default_factory=set)
    lines: set[tuple[str, int]] = field(default_factory=set)

    def add(self, figures: dict[str, Any]) -> None:
        """Take the figures of a process along."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + figures[name])
        self.good_files = max(self.good_files, figures["good_files"])
        self.reached |= {(source, line) for source, line in figures["reached"]}
        self.lines |= {(source, line) for source, line in figures["lines"]}

    @property
    def said(self) -> str:
        """One line."""
        counts = ", ".join(f"{name} {getattr(self, name):,}" for name in _COUNTS)
        share = len(self.reached) / max(len(self.lines), 1)
        return f"{counts}, lines {len(self.reached)} of {len(self.lines)} ({share:.1%})"


@dataclass
class _Process:
    name: str
    state: Path
    process: subprocess.Popen[str]


def fuzz(
    names: Sequence[str],
    seed: int,
    seconds: float,
    jobs: int,
    corpus: Path,
    *,
    until_failure: bool = False,
    fault: str = "",
) -> dict[str, Found]:
    """Fuzz readers, ``jobs`` processes at a time, each reader with so many of them one after the other or at once.

    With ``until_failure`` all readers run at once, whatever ``jobs`` says, so that none waits for the others; ``fault`` is
    one of `put_back.FAULTS`.
    """
    each = seconds / len(names) / jobs
    todo = [(name, job) for job in range(jobs) for name in names]
    at_once = len(names) if until_failure else jobs
    found = {name: Found() for name in names}
    running: list[_Process] = []
    with tempfile.TemporaryDirectory() as place:
        try:
            while todo or running:
                while todo and len(running) < at_once:
                    running.append(_start(*todo.pop(0), seed, each, corpus, Path(place), fault))
                time.sleep(0.05)
                for one in [one for one in running if one.process.poll() is not None]:
                    running.remove(one)
                    _take(one, found[one.name], corpus)
                if until_failure and _failed(running, found):
                    break
        finally:
            for one in running:
                one.process.kill()
                one.process.wait()
    return found


def _start(
    name: str, job: int, seed: int, seconds: float, corpus: Path, place: Path, fault: str
) -> _Process:
    state = place / f"{name} {job}".replace(" ", "-")
    state.mkdir()
    command = [_HERE / "worker.py", name, seed, seconds, job, state, corpus, fault]
    # the decoders' own complaints, thousands of them, go nowhere
    process = subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return _Process(name, state, process)


def _take(one: _Process, found: Found, corpus: Path) -> None:
    """The figures of a process that has ended; one that died is a failure."""
    figures = one.state / "figures.json"
    if figures.exists():
        found.add(json.loads(figures.read_text()))
    code = one.process.returncode
    if code == 0:
        return
    current = one.state / "current"
    if not current.exists():
        raise SystemExit(f"{one.name}: the process ended with {code} before its first file")
    from worker import Case, keep

    which, action, data = current.read_bytes().split(b"\n", 2)
    keep(
        corpus,
        one.name,
        Case(which.decode(), action.decode(), data),
        f"the process ended with {code}: {_last_words(one.state)}",
    )
    found.failed += 1


def _last_words(state: Path) -> str:
    """Where a process that died was, as far as it could say."""
    lines = (state / "died").read_text().split("\n") if (state / "died").exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return " / ".join([*said[:3], *said[3:][-1:]]) or "nothing was said"


def _failed(running: list[_Process], found: dict[str, Found]) -> bool:
    states = (one.state / "figures.json" for one in running)
    failures = (json.loads(state.read_text())["failed"] for state in states if state.exists())
    return any(failures) or any(each.failed for each in found.values())
