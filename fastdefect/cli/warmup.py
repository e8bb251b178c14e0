"""``fastdefect warmup``: compile now, so that the next process starts quickly."""

from __future__ import annotations

import time

import click
import numpy as np

from fastdefect.cli.progress import Bar
from fastdefect.opencv import load_opencv
from fastdefect.params import THREADS_MAX

# Kernels are compiled per argument type, not per shape: any shape fills the cache for all.
_SHAPE = (512, 512)


def _draw_marks() -> None:
    """Compile what draws the article's output picture, which is no stage of a plan."""
    from fastdefect.compat import fab_defect_detect

    image = np.full((64, 64, 3), 255, np.uint8)
    image[:32] = 0
    fab_defect_detect(image)


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
    load_opencv()
    with Bar(3, "") as bar:
        bar.say("loading libraries")
        start = time.perf_counter()
        from fastdefect.engine import Engine

        engine = Engine(_SHAPE, threads=threads)  # loads its back end, and with it Numba
        loading = 1e3 * (time.perf_counter() - start)
        bar.step()
        bar.say("compiling")
        first = engine.warmup(stages=True)
        bar.step()
        bar.say("running once more")
        warm = engine.warmup(stages=True)
        _draw_marks()
        bar.step()
    click.echo(f"{'':<14}{'first call':>13}{'when warm':>13}")
    click.echo(f"{'libraries':<14}{loading:>10.1f} ms")
    for stage, milliseconds in first.items():
        click.echo(f"{stage:<14}{milliseconds:>10.1f} ms{warm[stage]:>10.3f} ms")

    from fastdefect.kernels.jit import cache_folders

    folders = [click.format_filename(folder) for folder in cache_folders()]
    where = ", ".join(folders) or "no folder: nothing is kept on disk"
    click.echo(f"{'kernels in':<14}   {where}")
