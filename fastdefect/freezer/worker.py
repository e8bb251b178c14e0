"""A process that makes the machine code of a level's kernels, or of every n-th of them.

    python -m fastdefect.freezer.worker LEVEL SHARE OF FOLDER [BEGINNING OF NAMES]

An instruction that the level's architecture lacks ends it, and nobody else.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fastdefect.freezer import engine_data
from fastdefect.freezer.exports import exports
from fastdefect.frozen import LEVELS, Level
from fastdefect.kernels import _numba


def symbols(level: Level, names: list[str]) -> list[str]:
    """The C names of exports: of those of one name the second and further ones have a number behind."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        number = f"_{seen[name]}" if seen[name] > 1 else ""
        found.append(f"fd_{level.prefix}_{name.replace('.', '_')}{number}")
    return found


def make(level: Level, share: int, of: int, folder: Path, only: str = "") -> None:
    """Write an object file for each of the exports whose number is ``share`` modulo ``of`` with its table line.

    The first share of all kernels has the level's part of the engine in C besides.
    """
    listed = exports(level)
    named = symbols(level, [export.name for export in listed])
    if share == 0 and not only:
        engine_data.write(level, listed, named, folder)
    for number, (export, symbol) in enumerate(zip(listed, named, strict=True)):
        if number % of != share or not export.name.startswith(only):
            continue
        text, returns = _numba.emit(export.kernel, export.arguments, export.images, symbol)
        code = _numba.machine_code(text, symbol, level)
        (folder / f"{symbol}.o").write_bytes(code)
        line = "\t".join((symbol, export.name, export.key, returns))
        (folder / f"{symbol}.line").write_text(f"{line}\n{export.words}", "utf-8")
        print(symbol, len(code), flush=True)


if __name__ == "__main__":
    make(LEVELS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), *sys.argv[5:])
