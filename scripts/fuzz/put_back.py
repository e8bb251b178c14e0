"""Faults that were mended here, put back one at a time into a copy of the package: how long until the fuzzer finds each."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 10.0
"""Of the clock, within which each has to be found."""


@dataclass(frozen=True)
class Fault:
    """What was wrong, where, and the text that stands there today with the one that puts the fault back."""

    what: str
    file: str
    today: str
    then: str


FAULTS = {
    "digest": Fault(
        "a model's digest is not looked at",
        "detectors/model_file.py",
        '    if "digest" in content:\n        _check_digest(target, content)\n',
        "",
    ),
    "black": Fault(
        "a TIFF decoder's failure is taken for a black picture",
        "io/tiff.py",
        "MemoryError) as error:\n        raise TiffError(",
        "MemoryError) as error:\n        return True\n        raise TiffError(",
    ),
    "pages": Fault(
        "of several pages the first is read in silence",
        "io/images.py",
        "    if header.frames > 1 and page is None:",
        "    if header.frames < 0 and page is None:",
    ),
    "mask": Fault(
        "a mask of 0 and 1 is empty",
        "io/masks.py",
        "np.asarray(read_image(path).any(axis=2))",
        "np.asarray((read_image(path) > 127).any(axis=2))",
    ),
    "pipe": Fault(
        "a pipe in place of a file is waited for",
        "io/guarded.py",
        "os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY",
        "os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY",
    ),
    "number": Fault(
        "a number of 400 digits is converted before it is checked",
        "cli/config.py",
        "    if any(numbers):\n",
        "    if any(numbers) and not value:\n",
    ),
    "cache": Fault(
        "a damaged file of the kernel cache is trusted",
        "kernels/_numba/disk_cache.py",
        "        if content[:at] != _MARK + _digest(name, body):\n",
        "        if content[: len(_MARK)] != _MARK:\n",
    ),
}


@dataclass(frozen=True)
class Row:
    """A fault, the seconds until the first failure, or None, and what failed."""

    what: str
    seconds: float | None
    reader: str
    hoped: bool

    @property
    def is_as_hoped(self) -> bool:
        """Whether a fault was found, or the package as it is was not blamed."""
        return (self.seconds is not None and self.seconds <= 60 * MINUTES) == self.hoped


def look(only: str, seed: int, jobs: int) -> list[Row]:
    """Put back each fault, or ``only`` one, and fuzz until the first failure; first the package as it is."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "copy"
        _copy(copy)
        # long enough for every file that the others fail at, and compiles what they all need
        rows.append(_until_failure("none", copy, seed, jobs, minutes=1.0, hoped=False))
        for fault in [FAULTS[only]] if only else FAULTS.values():
            path = copy / "fastdefect" / fault.file
            text = path.read_text("utf-8")
            if text.count(fault.today) != 1:
                raise SystemExit(
                    f"{fault.file}: expected once, to put a fault back:\n{fault.today}"
                )
            path.write_text(text.replace(fault.today, fault.then), "utf-8")
            rows.append(_until_failure(fault.what, copy, seed, jobs, MINUTES, hoped=True))
            path.write_text(text, "utf-8")
    return rows


def _copy(copy: Path) -> None:
    nothing = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
    for name in ("fastdefect", "scripts"):
        shutil.copytree(ROOT / name, copy / name, ignore=nothing)
    (copy / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "image_samples.py", copy / "tests")


def _until_failure(
    what: str, copy: Path, seed: int, jobs: int, minutes: float, *, hoped: bool
) -> Row:
    with tempfile.TemporaryDirectory() as corpus:
        # processor minutes: as many as the processors have in that time
        budget = minutes * min(jobs, os.cpu_count() or 1)
        command = [
            copy / "scripts" / "fuzz",
            budget,
            "--jobs",
            1,
            "--seed",
            seed,
            "--corpus",
            corpus,
            "--until-failure",
        ]
        variables = os.environ | {
            "PYTHONPATH": str(copy),
            "NUMBA_CACHE_DIR": str(copy.parent / "kernels"),
        }
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            env=variables,
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - start
    failure = re.search(r"^(.+?): (.*); kept as (.*)$", done.stdout, re.MULTILINE)
    if failure is None and done.returncode:
        raise SystemExit(
            f"{what}: the fuzzer ended with {done.returncode}: {done.stdout}{done.stderr}"
        )
    row = Row(what, None if failure is None else seconds, failure[1] if failure else "", hoped)
    found = (
        f"found by {failure[1]} after {seconds:.0f} s ({failure[2][:100]})"
        if failure
        else "nothing fails"
    )
    print(f"put back: {what}: {found}; seed {seed}", flush=True)
    return row
