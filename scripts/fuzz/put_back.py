"""Faults that were mended here, put back one at a time: how long until the fuzzer finds each.

The source stays as it is: a process that fuzzes with a fault compiles the changed text when the module
is imported, so that kernels need no compiling anew.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

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

    @property
    def module(self) -> str:
        """The module that the file is."""
        return "fastdefect." + self.file.removesuffix(".py").replace("/", ".")

    def source(self) -> str:
        """The file's text with the fault; loud where it cannot be put back."""
        text = (ROOT / "fastdefect" / self.file).read_text("utf-8")
        if text.count(self.today) != 1:
            raise SystemExit(f"{self.file}: expected once, to put a fault back:\n{self.today}")
        return text.replace(self.today, self.then)


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


class _Loader(SourceFileLoader):
    """Gives the text with the fault, whatever bytecode is kept."""

    def __init__(self, fault: Fault, path: str) -> None:
        super().__init__(fault.module, path)
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self._fault.source(), self.path, "exec")
        return code


@dataclass(frozen=True)
class _Finder:
    fault: Fault

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of the fault, and no other."""
        if name != self.fault.module:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None:
            spec.loader = _Loader(self.fault, str(ROOT / "fastdefect" / self.fault.file))
        return spec


def install(name: str) -> None:
    """Put a fault back into this process, before the module is imported."""
    fault = FAULTS[name]
    if fault.module in sys.modules:
        raise SystemExit(f"{fault.module} is imported already")
    sys.meta_path.insert(0, _Finder(fault))  # type: ignore[arg-type]


def look(only: str, seed: int) -> list[Row]:
    """Put back each fault, or ``only`` one, and fuzz until the first failure; first the package as it is."""
    # long enough for every file that the others fail at, and compiles what they all need
    rows = [_until_failure("", seed, 1.0)]
    rows += [_until_failure(name, seed, MINUTES) for name in ([only] if only else FAULTS)]
    return rows


def _until_failure(name: str, seed: int, minutes: float) -> Row:
    what = FAULTS[name].what if name else "none"
    with tempfile.TemporaryDirectory() as corpus:
        command = [
            ROOT / "scripts" / "fuzz",
            minutes,
            "--seed",
            seed,
            "--corpus",
            corpus,
            "--until-failure",
        ]
        fault = ["--with-fault", name] if name else []
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, *map(str, command), *fault],
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
    row = Row(what, None if failure is None else seconds, failure[1] if failure else "", bool(name))
    found = (
        f"found by {failure[1]} after {seconds:.0f} s ({failure[2][:100]})"
        if failure
        else "nothing fails"
    )
    print(f"put back: {what}: {found}; seed {seed}", flush=True)
    return row
