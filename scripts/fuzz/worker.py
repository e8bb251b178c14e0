"""One reader, fuzzed in a process of its own."""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import faults
import put_back
from lines import Lines, lines_of, traced
from reader import ROOT, Reader, WrongError
from special import SPECIAL

from fastdefect.errors import FastDefectError

SECONDS = 20
RESIDENT = 2**30
ADDRESS_SPACE = 8 * 2**30
"""Of which the code itself takes up to half."""
_TRACED = 8
"""One of so many changed files is read with its lines counted."""
_SAME = 3
"""So many files that fail alike are kept."""
_MOST_OPERATIONS = 14


class Late(BaseException):
    """No `Exception`, nor TimeoutError, which is an OSError: the package must not catch it."""


@dataclass(frozen=True)
class Case:
    """A seed's name, what is done with it, and the bytes of the file.

    ``action`` is "" for reading the file, "special NAME", "fault N KIND", or "call N SEED" without any file.
    """

    which: str
    action: str
    data: bytes
    is_seed: bool = False

    @property
    def name(self) -> str:
        """A name for a file that keeps it."""
        digest = hashlib.sha256(self.data).hexdigest()[:12]
        return "+".join((self.which, self.action, digest))


@dataclass
class Figures:
    """What was tried so far."""

    good_files: int = 0
    tried: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    special: int = 0
    faults: int = 0
    why: list[str] = field(default_factory=list)
    reached: list[tuple[str, int]] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)


class Worker:
    """Tries one case after the other; ``state`` holds the one that is being tried, for whoever finds the process dead."""

    def __init__(self, name: str, reader: Reader, folder: Path, state: Path, corpus: Path) -> None:
        self.name, self.reader = name, reader
        self.folder, self.state, self.corpus = folder, state, corpus
        self.sources = {str(ROOT / "fastdefect" / source) for source in reader.sources}
        self.figures = Figures(good_files=len(reader.seeds))
        self.reached: Lines = set()
        self._alike: Counter[str] = Counter()
        self.figures.lines = sorted(
            (source, line) for source in self.sources for line in lines_of(Path(source))
        )
        self._resident = _peak()
        self._began = 0
        self._trying = False
        self._last_words = os.open(state / "died", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        signal.signal(signal.SIGALRM, self._late)

    def run(self, chance: Random, seconds: float, first: bool) -> None:
        """Try kept and fixed cases, then changed files for so many seconds of processor time."""
        cases = self._fixed() if first else []
        pool = [(which, seed.data) for which, seed in sorted(self.reader.seeds.items())]
        saved = time.monotonic()
        end = time.process_time() + seconds
        while cases or time.process_time() < end:
            case = cases.pop(0) if cases else self._chosen(pool, chance)
            counted = bool(cases) or bool(case.action) or self.figures.tried % _TRACED == 0
            before = len(self.reached)
            self.try_one(case, counted)
            if not case.action and len(self.reached) > before and not case.is_seed:
                pool.append((case.which, case.data))
            if time.monotonic() > saved + 1:
                self.save()
                saved = time.monotonic()
        self.save()

    def save(self) -> None:
        """Leave the figures for the parent."""
        self.figures.reached = sorted(self.reached & set(self.figures.lines))
        beside = self.state / "figures.part"
        beside.write_text(json.dumps(asdict(self.figures)))
        beside.replace(self.state / "figures.json")

    def _fixed(self) -> list[Case]:
        """What failed before; every seed; every special file in place of each; every fault of the system."""
        kept = (each.name.split("+") for each in sorted(self.corpus.glob(f"{self.name}+*")))
        cases = []
        for _, which, action, rest in kept:
            data = (self.corpus / "+".join((self.name, which, action, rest))).read_bytes()
            seed = self.reader.seeds.get(which)
            # a good file that was refused is one again
            is_seed = not action and seed is not None and seed.data == data
            cases.append(Case(which, action, data, is_seed))
        kinds_of_name: set[str] = set()
        for which, seed in sorted(self.reader.seeds.items()):
            cases.append(Case(which, "", seed.data, is_seed=True))
            if seed.good is None or not (
                seed.good and (seed.lies or Path(which).suffix not in kinds_of_name)
            ):
                continue
            kinds_of_name.add(Path(which).suffix)
            cases += [Case(which, f"special {special}", b"") for special in SPECIAL]
            kinds = (*faults.ERRORS, "memory", "decoder", "package", *seed.lies)
            cases += [
                Case(which, f"fault {n} {kind}", seed.data) for kind in kinds for n in (1, 2, 3)
            ]
        return cases

    def _chosen(self, pool: list[tuple[str, bytes]], chance: Random) -> Case:
        which, data = chance.choice(pool)
        kind = chance.random()
        if kind < 0.01:
            return Case(which, f"special {chance.choice(sorted(SPECIAL))}", b"")
        if kind < 0.04:
            kinds = (*faults.ERRORS, "memory", "decoder", "package", *self.reader.seeds[which].lies)
            number = chance.randrange(1, _MOST_OPERATIONS)
            return Case(
                which, f"fault {number} {chance.choice(kinds)}", self.reader.seeds[which].data
            )
        if kind < 0.07 and self.reader.calls:
            number = chance.randrange(len(self.reader.calls))
            return Case(which, f"call {number} {chance.randrange(2**32)}", b"")
        return Case(which, "", self.reader.mutate(data, chance.choice(pool)[1], chance))

    def try_one(self, case: Case, counted: bool) -> None:
        """Read one file and judge what comes."""
        self._lay_out(case)
        (self.state / "current").write_bytes(f"{case.which}\n{case.action}\n".encode() + case.data)
        self.figures.tried += 1
        self.figures.special += case.action.startswith("special")
        self.figures.faults += case.action.startswith("fault")
        self._began = _own_time()
        self._trying = True
        signal.alarm(SECONDS)
        # where Python's own handler does not get a turn
        faulthandler.dump_traceback_later(10 * SECONDS, exit=True, file=self._last_words)
        try:
            self._judge(case, counted)
        except (Exception, Late) as error:
            self.figures.failed += 1
            why = f"{type(error).__name__}: {str(error)[:200]}"
            self._alike[why[:60]] += 1
            if self._alike[why[:60]] <= _SAME:
                keep(self.corpus, self.name, case, why)
                self.figures.why.append(f"{self.name}: {case.which} {case.action}: {why}")
            self.save()
        finally:
            self._trying = False  # an alarm that comes from here on is nobody's
            signal.alarm(0)
            faulthandler.cancel_dump_traceback_later()

    def _late(self, _number: int, _frame: object) -> None:
        """Too long, unless the processor was others'."""
        left = SECONDS - (_own_time() - self._began) / 1e9
        if not self._trying:
            return
        if left < 0.1:
            raise Late(f"more than {SECONDS} s")
        signal.setitimer(signal.ITIMER_REAL, left)

    def _judge(self, case: Case, counted: bool) -> None:
        path = self.folder / case.which
        action, number, rest = (*case.action.split(), "", "", "")[:3]
        fault = faults.injected(int(number), rest) if action == "fault" else nullcontext([])
        found: Any = None
        refused = ""
        with traced(self.sources, self.reached) if counted else nullcontext(), fault as hit:
            try:
                if action == "call":
                    self.reader.calls[int(number)](self.folder, Random(int(rest)))
                else:
                    found = self.reader.read(case.which, path)
            except FastDefectError as error:
                refused = str(error) or "?"
        self.figures.refused += bool(refused)
        self.figures.accepted += not refused
        taken = _peak() - self._resident
        if taken > RESIDENT:
            self._resident = _peak()
            raise WrongError(f"{taken >> 20} MiB for {len(case.data)} bytes")
        half = [each.name for each in self.folder.glob(".fastdefect-*")]
        # an injected fault may hit the removal as well, as it would on a disk that fails
        if half and not hit:
            raise WrongError(f"left behind: {half}")
        if action == "special":
            if not refused:
                raise WrongError(f"took a {number} for a file")
        elif action != "call":
            good = self.reader.seeds[case.which].good
            if case.is_seed and good is not None and good == bool(refused):
                raise WrongError(
                    f"a good file refused: {refused}" if refused else "taken, not refused"
                )
            if not refused:
                self.reader.check(case.which, case.data, found)

    def _lay_out(self, case: Case) -> None:
        """Only good files, and the case's in place of its own."""
        for each in self.folder.iterdir():
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
            else:
                each.unlink()
        for name, seed in self.reader.seeds.items():
            if name.partition(".")[0] == case.which.partition(".")[0]:
                (self.folder / name).write_bytes(seed.data)
        path = self.folder / case.which
        if case.action.startswith("special"):
            path.unlink()
            SPECIAL[case.action.split()[1]](path)
        else:
            path.write_bytes(case.data)


def keep(corpus: Path, name: str, case: Case, why: str) -> None:
    """Put a case that failed into the corpus."""
    place = corpus / f"{name}+{case.name}"
    place.write_bytes(case.data)
    print(f"{name}: {why}; kept as {place}", flush=True)


def _own_time() -> int:
    """Nanoseconds of the clock, without those in which the process was ready and others had the processor."""
    queued = 0
    with suppress(OSError, IndexError):
        queued = int(Path("/proc/self/schedstat").read_text().split()[1])
    return time.monotonic_ns() - queued


def _peak() -> int:
    """Most bytes of memory that the process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(name: str, seed: str, seconds: str, job: str, state: str, corpus: str, fault: str) -> None:
    """Be the process; its standard output is what failed."""
    if fault:
        put_back.install(fault)
    from readers import READERS

    folder = Path(state) / "files"
    folder.mkdir(parents=True)
    os.chdir(folder)
    reader = READERS[name](folder)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    worker = Worker(name, reader, folder, Path(state), Path(corpus))
    try:
        worker.run(Random(f"{seed} {name} {job}"), float(seconds), first=job == "0")
    except BaseException:  # standard error goes nowhere
        (Path(state) / "died").write_text(traceback.format_exc())
        raise


if __name__ == "__main__":
    main(*sys.argv[1:])
