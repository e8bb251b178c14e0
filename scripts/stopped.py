#!/usr/bin/env python3
"""A run over many images that is killed, stopped or finds the disk full, at each of its images: what is lost.

    scripts/stopped.py [IMAGES]         40, with four ends at each: three minutes

Every run is a process of its own, forked from one that has loaded the package. Prints a table; ends with 1 where anything
that was finished is not on disk or cannot be read.
"""

from __future__ import annotations

import builtins
import csv
import errno
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from fastdefect import io
from fastdefect.cli.detect.inspection import Inspector
from fastdefect.cli.main import cli

TABLES = {"csv": "t.csv", "jsonl": "t.jsonl", "coco": "t.json"}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number in range(count):
            image = np.full((48, 64, 3), 210, np.uint8)
            image[10:20, 20 : 30 + number % 20] = 30
            Path("photos").mkdir(exist_ok=True)
            io.write_image(f"photos/{number:02}.png", image)
        assert _run("whole", count, lambda: None) == 0, "a run without a fault fails"
        assert _found(Path("whole")) == [count] * 4, _found(Path("whole"))
        print("end        runs  exit status   lines lost  tables of all  masks lost  half files")
        for end, (strike, tables) in ENDS.items():
            states: Counter[int] = Counter()
            lines = masks = whole = half = 0
            for number in range(count):
                out = Path(f"{end} {number}")
                states[_run(str(out), number, strike)] += 1
                in_csv, in_lines, in_coco, pictures = _found(out)
                lines += abs(number - in_lines)
                masks += max(0, number - pictures)
                whole += in_csv == in_coco == number
                half += len(list(out.glob("*.part")))
            said = ", ".join(f"{state} x {times}" for state, times in states.items())
            print(f"{end:10} {count:4}  {said:12} {lines:11} {whole:14} {masks:11} {half:11}")
            # a killed process leaves the file that it was at; the next run in its place takes it away
            lost += (
                lines + masks + (count - whole if tables else 0) + (half if end != "kill" else 0)
            )
    sys.exit(1 if lost else 0)


def _full() -> None:
    """From now on nothing more fits on the disk; terminal and pipes take what they get."""

    def refused(*_: object, **__: object) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write, opened = os.write, builtins.open
    os.fsync = os.replace = refused
    os.write = lambda file, data: write(file, data) if file < 3 else refused()
    builtins.open = lambda file, mode="r", *rest, **options: (  # type: ignore[assignment]
        refused() if {*mode} & {*"wxa"} else opened(file, mode, *rest, **options)
    )


# What strikes, and whether the tables that are written at the end tell of all finished images.
ENDS: dict[str, tuple[Callable[[], None], bool]] = {
    "kill": (lambda: os.kill(os.getpid(), signal.SIGKILL), False),
    "TERM": (lambda: signal.raise_signal(signal.SIGTERM), True),
    "INT": (lambda: signal.raise_signal(signal.SIGINT), True),
    "full disk": (_full, False),
}


def _run(out: str, number: int, strike: Callable[[], None]) -> int:
    """Inspect all photographs in a child that is struck before the ``number``-th; its exit status, below 0 of a signal."""
    child = os.fork()
    if not child:
        _inspect(out, number, strike)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _inspect(out: str, number: int, strike: Callable[[], None]) -> NoReturn:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell has what is behind its back ignore it
    left = [number]
    whole = Inspector.__call__

    def struck(self: Inspector, path: Path) -> Any:
        if left[0] == 0:
            strike()
        left[0] -= 1
        return whole(self, path)

    Inspector.__call__ = struck  # type: ignore[method-assign]
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    status = 99
    try:
        names = [word for kind, name in TABLES.items() for word in (f"--{kind}", f"{out}/{name}")]
        cli(["detect", "photos", "--no-overlay", "--masks", "--out", out, *names])
    except SystemExit as error:
        status = int(error.code or 0)
    finally:
        os._exit(status)


def _found(out: Path) -> list[int]:
    """Images that CSV, JSON lines and COCO tell of, and masks that can be read; 0 where a file is not there."""
    found = [0, 0, 0, 0]
    if (out / "t.csv").exists():
        with (out / "t.csv").open(encoding="utf-8", newline="") as file:
            found[0] = len({row["image"] for row in csv.DictReader(file, strict=True)})
    if (out / "t.jsonl").exists():
        text = (out / "t.jsonl").read_text(encoding="utf-8")
        found[1] = len({json.loads(line)["image"] for line in text.splitlines()})
    if (out / "t.json").exists():
        found[2] = len(json.loads((out / "t.json").read_text(encoding="utf-8"))["images"])
    found[3] = sum(io.read_image(path).any() for path in out.glob("*_mask.png"))
    return found


if __name__ == "__main__":
    main()
