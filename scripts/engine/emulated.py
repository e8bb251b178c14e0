"""Runs the engine in C on processors of other architectures, emulated: the bytes that this one gives.

    python scripts/engine/emulated.py OUT

OUT is what `fastdefect freeze --out OUT` wrote, for this machine's architecture and others:
OUT/x86_64, OUT/aarch64, OUT/riscv64. Each is linked to a static program by Zig (package ziglang), and run by
QEMU's user mode (qemu-aarch64-static of Debian's qemu-user-static; QEMU names a folder with it). Prints a line
for each, and ends with 1 where a digest differs from this processor's.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from check import HERE, must, prepare, run

from fastdefect.freezer.linking import SOURCE


def program(folder: Path, made: Path) -> Path:
    """Build ``digests.c`` for the architecture that a folder is named by."""
    sources, target = prepare(folder, made), made / "digests"
    must(
        sys.executable, "-m", "ziglang", "cc", "-target", f"{folder.name}-linux-musl", "-mcpu=baseline", "-static",
        "-std=c11", "-O2", "-D_GNU_SOURCE", "-pthread", f"-I{SOURCE}", f"-I{made}", HERE / "digests.c", *sources,
        *sorted(made.glob("fd_*.o")), "-lm", "-o", target,
    )  # fmt: skip
    return target


def emulator(machine: str) -> list[str]:
    """What a program for a machine is run by; nothing where it is this one's own."""
    if machine == platform.machine():
        return []
    name = f"qemu-{machine}-static"
    found = shutil.which(name, path=f"{os.environ.get('QEMU', '')}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        raise SystemExit(f"{name}: expected on the path or in the folder QEMU, received nothing")
    return [found]


def main() -> int:
    """Run every architecture; 1 if one gives other digests."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    folders = sorted(parser.parse_args().out.glob("*/lib/libfastdefect.a"))
    found = {}
    for folder in (path.parents[1] for path in folders):
        before = emulator(folder.name)
        with tempfile.TemporaryDirectory() as place:
            done = run(*before, program(folder, Path(place)))
        if done.returncode:
            raise SystemExit(f"{folder.name}: {done.stderr}")
        found[folder.name] = done.stdout.splitlines()
    wanted = found.get(platform.machine())
    if wanted is None or len(found) < 2:
        raise SystemExit(f"{', '.join(found)}: expected {platform.machine()} and another one")
    for machine, lines in found.items():
        other = [
            f"{line}, here {own.rpartition(' ')[2]}"
            for line, own in zip(lines, wanted, strict=True)
            if line != own
        ]
        print(f"{machine}: {len(lines)} digests, {len(other)} differ", *other[:5], sep="\n  ")
    return int(any(lines != wanted for lines in found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
