"""Fuzz every reader of files for some minutes, keep what fails, and write the figures into RELIABILITY.md.

    python scripts/fuzz MINUTES [--seed N] [--corpus FOLDER] [--write]

Each reader has a process of its own for its share of the time; a file at which it crashes, hangs (20 s), takes
more than 4 GB, raises what is no error of the package, or returns something else than the file holds, is kept in
the corpus (default fuzz-failures), and tried first the next time. The seed is printed; with the same one the same
files come in the same order. --write puts the figures into RELIABILITY.md. Exit status 1 if anything failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

NAMES = ("images", "models", "areas", "configuration", "kernel cache")
SECONDS, BYTES = 20, 4 * 2**30
ROOT = Path(__file__).resolve().parents[2]


def lines_of(path: Path) -> set[int]:
    """Lines inside functions: those that run when a file is read, and not at import."""
    found: set[int] = set()
    todo = [compile(path.read_text("utf-8"), str(path), "exec")]
    while todo:
        code = todo.pop()
        inner = [each for each in code.co_consts if isinstance(each, CodeType)]
        todo += inner
        if code.co_flags & 1:  # a function's own, no module's or class's
            found |= {
                line for _, _, line in code.co_lines() if line and line != code.co_firstlineno
            }
    return found


def work(name: str, seed: int, seconds: float, corpus: Path) -> dict[str, Any]:
    """Fuzz one reader; ``corpus/current`` holds the file that is being tried."""
    from mutation import mutated
    from readers import READERS

    from fastdefect.errors import FastDefectError

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reader = READERS[name](folder)
        sources = {str(ROOT / "fastdefect" / source) for source in reader.sources}
        reached: set[tuple[str, int]] = set()

        def trace(frame: FrameType, event: str, _arg: object) -> Any:
            if frame.f_code.co_filename not in sources:
                return None
            if event == "line":
                reached.add((frame.f_code.co_filename, frame.f_lineno))
            return trace

        def late(_number: int, _frame: object) -> None:
            raise TimeoutError(f"more than {SECONDS} s")

        signal.signal(signal.SIGALRM, late)
        resource.setrlimit(
            resource.RLIMIT_AS, (BYTES + 2**32, BYTES + 2**32)
        )  # address space of the code itself beside
        chance = random.Random(f"{seed} {name}")
        seeds = sorted(reader.seeds)
        kept = [
            (each.name.split("+")[1], each.read_bytes())
            for each in sorted(corpus.glob(f"{name}+*"))
        ]
        figures: dict[str, Any] = {
            "tried": 0,
            "accepted": 0,
            "refused": 0,
            "failed": 0,
            "seeds": len(seeds),
        }
        cases = [*kept, *((each, reader.seeds[each]) for each in seeds)]
        end = time.monotonic() + seconds
        while cases or time.monotonic() < end:
            if cases:
                which, data = cases.pop(0)
            else:
                which = chance.choice(seeds)
                data = mutated(reader.seeds[which], reader.seeds[chance.choice(seeds)], chance)
            for each, good in reader.seeds.items():
                (folder / each).write_bytes(good)
            (folder / which).write_bytes(data)
            (corpus / "current").write_bytes(f"{which}\n".encode() + data)
            figures["tried"] += 1
            signal.alarm(SECONDS)
            sys.settrace(trace)
            try:
                reader.read(which, folder / which)
                figures["accepted"] += 1
            except FastDefectError:
                figures["refused"] += 1
            except BaseException as error:
                figures["failed"] += 1
                sys.settrace(None)
                keep(corpus, name, which, data, repr(error))
            finally:
                sys.settrace(None)
                signal.alarm(0)
        every = {(source, line) for source in sources for line in lines_of(Path(source))}
        (corpus / "current").unlink(missing_ok=True)
        return figures | {"reached": len(reached & every), "lines": len(every)}


def keep(corpus: Path, name: str, which: str, data: bytes, why: str) -> None:
    """Put a file that failed into the corpus."""
    place = corpus / f"{name}+{which}+{hashlib.sha256(data).hexdigest()[:12]}"
    place.write_bytes(data)
    print(f"{name}: {why[:200]}; kept as {place}", flush=True)


def fuzz(name: str, seed: int, seconds: float, corpus: Path) -> dict[str, Any]:
    """Fuzz one reader in a process of its own; one that dies is a failure."""
    command = [sys.executable, __file__, "--work", name, str(seed), str(seconds), str(corpus)]
    # the decoders' own complaints, thousands of them, go nowhere
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    )
    lines = done.stdout.splitlines()
    if done.returncode == 0:
        print(*lines[:-1], sep="\n", end="\n" * (len(lines) > 1), flush=True)
        found: dict[str, Any] = json.loads(lines[-1])
        return found
    print(*lines, sep="\n", flush=True)
    if not (corpus / "current").exists():
        raise SystemExit(f"{name}: the process ended with {done.returncode} before its first file")
    which, _, data = (corpus / "current").read_bytes().partition(b"\n")
    keep(corpus, name, which.decode(), data, f"the process ended with {done.returncode}")
    return dict.fromkeys(("tried", "accepted", "refused", "seeds", "reached", "lines"), 0) | {
        "failed": 1
    }


def document(found: dict[str, dict[str, Any]], seed: int, minutes: float) -> str:
    """RELIABILITY.md."""
    rows = [
        f"| {name} | {f['seeds']} | {f['tried']:,} | {f['accepted']:,} : {f['refused']:,} | {f['failed']} "
        f"| {f['reached']} of {f['lines']}, {f['reached'] / max(f['lines'], 1):.0%} |"
        for name, f in found.items()
    ]
    return f"""# Reliability

Written by `python scripts/fuzz {minutes:g} --seed {seed} --write`: good files of each kind, changed by
cuts, bits, lengths and parts of other files, are given to the reader. It has to refuse each with an error of the package, or
to take it for what it is: an image has the pixels that OpenCV decodes, a model is the one that was saved, a kernel the one
that was kept. All else has failed: other exceptions, a crash, {SECONDS} s, {BYTES / 2**30:g} GB.

| reader | good files | tried | accepted : refused | failed | lines of the reader reached |
| --- | --- | --- | --- | --- | --- |
""" + "\n".join(rows) + "\n"  # fmt: skip


def main() -> int:
    """Share the minutes among the readers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    given.corpus.mkdir(parents=True, exist_ok=True)
    print(f"seed {given.seed}", flush=True)
    found = {}
    for name in NAMES:
        share = 60 * given.minutes / len(NAMES)
        found[name] = fuzz(name, given.seed, share, given.corpus.resolve())
        print(f"{name}: {found[name]}", flush=True)
    if given.write:
        (ROOT / "RELIABILITY.md").write_text(document(found, given.seed, given.minutes), "utf-8")
    return int(any(each["failed"] for each in found.values()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        print(
            json.dumps(work(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5])))
        )
    else:
        sys.exit(main())
