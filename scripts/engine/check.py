"""Runs the engine in C under AddressSanitizer, UndefinedBehaviorSanitizer, ThreadSanitizer and valgrind.

    python scripts/engine/check.py FOLDER [--sets N]

FOLDER is what `fastdefect freeze --out` wrote for this machine, as build/x86_64: kernels come from its static library, and
the C part is compiled anew for each tool. Fuzzed arguments, four host threads of three threads each, and changed files of
texture models; prints a line for each run, and ends with 1 if one is not clean. Valgrind runs up to x86-64-v3, which it
knows.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from fastdefect import TextureModel
from fastdefect.freezer import engine_data
from fastdefect.freezer.freeze import host_level
from fastdefect.freezer.linking import SOURCE
from fastdefect.freezer.texture_file import export_texture
from fastdefect.frozen import LEVELS, Level

HERE = Path(__file__).parent
# a level's kernels are recorded in a process of its own, which compiles nothing from then on
DATA = """
import sys
from pathlib import Path
from fastdefect.freezer import engine_data
from fastdefect.freezer.exports import exports
from fastdefect.freezer.worker import symbols
from fastdefect.frozen import LEVELS
level = LEVELS[sys.argv[1]]
listed = exports(level)
engine_data.write(level, listed, symbols(level, [export.name for export in listed]), Path(sys.argv[2]))
"""
TOOLS = {
    "address": ("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "thread": ("-fsanitize=thread",),
    "valgrind": (),
}


def run(*command: str | Path, **told: str) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it says."""
    return subprocess.run(
        [*map(str, command)], env=os.environ | told, capture_output=True, text=True, check=False
    )


def must(*command: str | Path, **told: str) -> None:
    """Run a command that has to succeed."""
    done = run(*command, **told)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr}")


def levels_of(made: Path) -> list[Level]:
    """Levels whose kernels lie in a folder of objects."""
    there = {path.name.split("_")[1] for path in made.glob("fd_*.o")}
    return [level for level in LEVELS.values() if level.prefix in there]


def prepare(folder: Path, made: Path) -> list[Path]:
    """Write kernels' objects and the C part's data to ``made``; return the C files."""
    must("ar", "x", "--output", made, (folder / "lib/libfastdefect.a").resolve())
    for path in made.glob("*.o"):
        if not path.name.startswith("fd_") or path.stem.endswith("_engine"):
            path.unlink()
    levels = levels_of(made)
    told = {"NUMBA_OPT": "0", "FASTDEFECT_FROZEN": "off"}
    for level in levels:
        must(sys.executable, "-c", DATA, level.name, made, **told)
    (made / "constants.h").write_text(engine_data.constants(), "utf-8")
    (made / "engine_common.c").write_text(engine_data.common(levels), "utf-8")
    (made / "table.c").write_text("const char fd_table_text[1];\n", "utf-8")
    return [*sorted(made.glob("*.c")), *sorted(SOURCE.glob("*.c"))]


def build(sources: list[Path], made: Path, program: str, tool: str) -> Path:
    """Compile the C part and a program for a tool."""
    made_program = made / f"{program}-{tool}"
    kernels = sorted(path for path in made.glob("fd_*.o"))
    must(
        "cc", "-std=c11", "-g", "-O1", "-D_GNU_SOURCE", "-pthread", *TOOLS[tool], f"-I{SOURCE}", f"-I{made}",
        HERE / f"{program}.c", *sources, *kernels, "-lm", "-o", made_program,
    )  # fmt: skip
    return made_program


def main() -> int:
    """Run everything; 1 if something is not clean."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", type=int, default=1000)
    given = parser.parse_args()
    runs = [
        ("address", "fuzz", [given.sets]),
        ("address", "hosts", [4, 5]),
        ("address", "texture", ["{model}", given.sets // 5]),
        ("thread", "hosts", [4, 5]),
        ("thread", "texture", ["{model}", 5]),
    ]
    if shutil.which("valgrind") and host_level().number <= 3:
        runs += [("valgrind", "hosts", [4, 2, 90]), ("valgrind", "fuzz", [given.sets // 50])]
        runs += [("valgrind", "texture", ["{model}", 3])]
    else:
        print("valgrind: not installed, or this processor's level is one that it does not know")
    unclean = 0
    with tempfile.TemporaryDirectory() as place:
        made = Path(place).resolve()
        sources = prepare(given.folder, made)
        model = made / "model.fdm"
        random = np.random.default_rng(0)
        cloth = np.clip(random.normal(140, 20, (96, 112, 3)), 0, 255).astype(np.uint8)
        export_texture(TextureModel.zero_shot().freeze(cloth), model)
        for tool, program, arguments in runs:
            before = (
                ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full"]
                if tool == "valgrind"
                else []
            )
            done = run(
                *before,
                build(sources, made, program, tool),
                *(str(a).format(model=model) for a in arguments),
            )
            print(
                f"{tool}, {program}: {'clean' if done.returncode == 0 else 'NOT CLEAN'}; {done.stdout.strip()}",
                flush=True,
            )
            if done.returncode:
                unclean = 1
                print(done.stderr[-4000:])
    return unclean


if __name__ == "__main__":
    raise SystemExit(main())
