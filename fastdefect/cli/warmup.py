"""``fastdefect warmup``: compile now, so that the next process starts quickly."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
import numpy as np

from fastdefect.cli.progress import Bar
from fastdefect.operations.limits import THREADS_MAX
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.kernels._numba import CompileEvent

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

    Prints the milliseconds of each kernel and the folder of the compiled ones. The first call on
    a machine takes seconds, each later one shows what a process pays at its start. Set
    NUMBA_CACHE_DIR to keep the kernels elsewhere, for example in the image of a container.

    \b
    Example
      fastdefect warmup
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    prepared: list[CompileEvent] = []
    with Bar(3, "") as bar:
        bar.say("loading libraries")
        start = time.perf_counter()
        from fastdefect.detectors.article.compat import fab_defect_detect
        from fastdefect.detectors.article.engine import Engine

        engine = Engine(_SHAPE, threads=threads)  # loads its back end, and with it Numba
        from fastdefect.defects.find import warm_regions
        from fastdefect.kernels._numba import cache_folders, compile_events

        def callback(kernel: CompileEvent) -> None:
            prepared.append(kernel)
            bar.say(f"{kernel.kernel} {kernel.milliseconds:.0f} ms")

        with compile_events(callback):
            loading = 1e3 * (time.perf_counter() - start)
            bar.step()
            bar.say("compiling")
            engine.warmup(stages=True)
            bar.step()
            bar.say("running once more")
            warm = engine.warmup(stages=True)
            # what draws the article's output picture is no stage of a plan
            half_dark = np.full((64, 64, 3), 255, np.uint8)
            half_dark[:32] = 0
            fab_defect_detect(half_dark)
            # nor are regions and areas
            warm_regions()
            Engine((64, 64), threads=threads, roi=[[[0, 0], [64, 0], [64, 64]]])(half_dark)
        bar.step()
    click.echo(f"{'libraries':<20}{loading:>10.1f} ms")
    for name, milliseconds, how in _kernels(prepared):
        click.echo(f"{name:<20}{milliseconds:>10.1f} ms {how}")
    click.echo("\nstages when warm")
    for stage, milliseconds in warm.items():
        click.echo(f"{stage:<20}{milliseconds:>10.3f} ms")
    folders = [click.format_filename(folder) for folder in cache_folders()]
    where = ", ".join(folders) or "no folder: nothing is kept on disk"
    click.echo(f"\nkernels in {where}")


def _kernels(prepared: Sequence[CompileEvent]) -> Iterator[tuple[str, float, str]]:
    """Name, milliseconds and how, one line per kernel in the order of preparation."""
    for name in dict.fromkeys(kernel.kernel for kernel in prepared):
        same = [kernel for kernel in prepared if kernel.kernel == name]
        how = "compiled" if any(kernel.compiled for kernel in same) else "loaded"
        times = f" for {len(same)} sets of types" if len(same) > 1 else ""
        yield name, sum(kernel.milliseconds for kernel in same), how + times
