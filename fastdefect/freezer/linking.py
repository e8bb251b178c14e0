"""Object files to libraries: by the system's C compiler where it makes code for the machine, else by Zig's."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from fastdefect.errors import MissingPackageError, OutputError
from fastdefect.freezer import engine_data
from fastdefect.frozen import Level
from fastdefect.optional import install_line

SOURCE = Path(__file__).parents[1] / "frozen" / "source"
# Zig's own default is the processor that links; of the C library, the oldest that it knows well, on RISC-V the first
_ZIG = "-mcpu=baseline"
_GLIBC = "2.17"
_FIRST_GLIBC = {"riscv64": "2.27"}
_C = ("-std=c11", "-O2", "-fPIC", "-pthread", "-Wall", "-Wextra")


def compiler(machine: str) -> tuple[str, ...]:
    """The command that compiles and links C for a machine.

    Parameters
    ----------
    machine : str
        `fastdefect.frozen.Level.architecture`.

    Returns
    -------
    tuple of str

    Raises
    ------
    MissingPackageError
        There is none.
    """
    own = platform.machine().replace("arm64", "aarch64").replace("AMD64", "x86_64") == machine
    names = [os.environ.get("CC"), "cc", "gcc", "clang"] if own else [f"{machine}-linux-gnu-gcc"]
    for name in names:
        if name and shutil.which(name):
            return (name,)
    if find_spec("ziglang") is not None:
        return zig(machine)
    raise MissingPackageError(
        f"frozen kernels are linked by a C compiler for {machine}, and neither {names[-1]} nor the package ziglang is "
        f"installed: run `{install_line('freeze', 'ziglang')}`"
    )


def zig(machine: str) -> tuple[str, ...]:
    """The command of the package ziglang, whose libraries run on systems from 2012 on (macOS: 2020)."""
    glibc = _FIRST_GLIBC.get(machine, _GLIBC)
    target = f"{machine}.11.0" if machine.endswith("-macos") else f"{machine}-linux-gnu.{glibc}"
    return (sys.executable, "-m", "ziglang", "cc", "-target", target, _ZIG)


def link(
    objects: Sequence[Path],
    table: str,
    machine: str,
    folder: Path,
    made: Path,
    engines: Sequence[Level],
) -> tuple[Path, Path]:
    """Write ``libfastdefect.so`` and ``libfastdefect.a`` to a folder.

    Parameters
    ----------
    objects : sequence of Path
    table : str
        What `fd_table` of the library answers.
    machine : str
        As in `compiler`.
    folder : Path
    made : Path
        Folder with the C files of `fastdefect.freezer.engine_data`.
    engines : sequence of Level
        Whose files are there: the engine in C runs on them.

    Returns
    -------
    (Path, Path)

    Raises
    ------
    MissingPackageError
        See `compiler`.
    OutputError
        It failed; the message has the compiler's last line.
    """
    command = compiler(machine)
    bytes_ = ",".join(map(str, table.encode()))
    written = {
        "table.c": f"const char fd_table_text[] = {{{bytes_},0}};\n",
        "constants.h": engine_data.constants(),
        "engine_common.c": engine_data.common(engines),
    }
    for name, text in written.items():
        (made / name).write_text(text, "utf-8")
    parts = [made / name for name in ("table.c", "engine_common.c")]
    parts += [
        *(made / engine_data.file_of(level) for level in engines),
        *sorted(SOURCE.glob("*.c")),
    ]
    own = [made / f"{source.stem}.o" for source in parts]
    for source, target in zip(parts, own, strict=True):
        places = f"-I{SOURCE}", f"-I{made}"
        _run([*command, *_C, *places, "-c", str(source), "-o", str(target)])
    every = [*map(str, own), *map(str, objects)]
    shared, static = folder / "libfastdefect.so", folder / "libfastdefect.a"
    _run(
        [
            *command,
            "-shared",
            "-Wl,-install_name,@rpath/libfastdefect.so"
            if machine.endswith("-macos")
            else "-Wl,-soname,libfastdefect.so",
            "-s",
            "-o",
            str(shared),
            *every,
            "-lm",
            "-pthread",
        ]
    )
    archive = [sys.executable, "-m", "ziglang", "ar"] if "ziglang" in command else ["ar"]
    static.unlink(missing_ok=True)
    _run([*archive, "rcs", str(static), *every])
    return shared, static


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr.strip() or "no message").splitlines()
        said = next((line for line in lines if "error" in line), lines[-1])
        raise OutputError(f"{' '.join(command[:3])} ...: expected a library, received: {said}")
