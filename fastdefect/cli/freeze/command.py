"""``fastdefect freeze``: kernels compiled once, into a library that needs no compiler."""

from __future__ import annotations

from pathlib import Path

import click

from fastdefect.cli.progress import Bar
from fastdefect.errors import ArgumentValueError
from fastdefect.frozen import LEVELS, Level
from fastdefect.io.paths import printable


@click.command()
@click.option(
    "--target",
    "names",
    metavar="LEVEL,...",
    help=f"Processors to freeze for, any of {', '.join(LEVELS)}; this one's level if not given.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write DIR/ARCHITECTURE/lib and /include for C and C++, and leave this installation alone.",
)
def freeze(names: str | None, out: Path | None) -> None:
    """Compile kernels into a library, so that processes start without a compiler.

    Without --out the library becomes part of this installation: processes then start in a tenth
    of a second instead of two, and the first one on a machine without half a minute of compiling.
    What the library lacks is still compiled when it is first used.

    Needs a C compiler for linking: the system's, or the package ziglang
    (pip install ziglang), which also links for other architectures.

    \b
    Examples
      fastdefect freeze
      fastdefect freeze --target x86-64-v2,x86-64-v3,x86-64-v4 --out build
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    from fastdefect.freezer.freeze import freeze as make
    from fastdefect.freezer.freeze import host_level, install

    levels = [host_level()] if names is None else list(map(_level, names.split(",")))
    with Bar(1, "freezing") as bar:
        bar.say("loading libraries")
        written = install(levels, bar.say) if out is None else make(levels, out, bar.say)
    for path in written:
        click.echo(
            f"{printable(path)}: {path.stat().st_size / 1e6:.1f} MB, {', '.join(level.name for level in levels)}"
        )


def _level(name: str) -> Level:
    if name.strip() not in LEVELS:
        raise ArgumentValueError(
            f"--target: expected levels out of {', '.join(LEVELS)}, received {name!r}; "
            "leave it out to freeze for this processor"
        )
    return LEVELS[name.strip()]
