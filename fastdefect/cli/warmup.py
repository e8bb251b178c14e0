"""``fastdefect warmup``: compile now, so that the next process starts quickly."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from fastdefect.cli.progress import Bar
from fastdefect.params import THREADS_MAX

# Kernels are compiled per argument type, not per shape: any shape fills the cache for all.
_SHAPE = (512, 512)


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, THREADS_MAX),
    metavar="N",
    help="Threads of the plan; as many as this process may use if not given.",
)
def warmup(threads: int | None) -> None:
    """Compile all kernels of an inspection and keep them on disk.

    Prints the milliseconds of each step and the folder of the compiled kernels. The first call on
    a machine takes seconds, each later one shows what a process pays at its start. Set
    NUMBA_CACHE_DIR to keep the kernels elsewhere, for example in the image of a container.

    \b
    Example
      fastdefect warmup
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    steps: list[tuple[str, float]] = []
    with Bar(3, "") as bar:

        def timed(what: str, step: Callable[[], object]) -> None:
            bar.say(what)
            start = time.perf_counter()
            step()
            steps.append((what, 1e3 * (time.perf_counter() - start)))
            bar.step()

        def load() -> None:
            import fastdefect.engine  # noqa: F401  starts Numba and OpenCV

        def compile_kernels() -> None:
            from fastdefect.engine import Engine

            Engine(_SHAPE, threads=threads).warmup()

        timed("load libraries", load)
        timed("compile or load kernels", compile_kernels)
        timed("run once more, warm", compile_kernels)
    for what, milliseconds in steps:
        click.echo(f"{what:<24} {milliseconds:>9.1f} ms")

    from fastdefect.kernels.jit import cache_folders

    folders = [click.format_filename(folder) for folder in cache_folders()]
    where = ", ".join(folders) or "memory only: each process compiles anew"
    click.echo(f"{'compiled kernels in':<24} {where}")
