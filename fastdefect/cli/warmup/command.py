"""``fastdefect warmup``: compile now, so that the next process starts quickly."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fastdefect.cli.parameters import THREADS, Size
from fastdefect.cli.progress import Bar
from fastdefect.io.paths import printable
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.kernels._numba import CompileEvent


@click.command()
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Only what inspections with this model need.",
)
@click.option(
    "--size",
    type=Size(),
    metavar="HxW",
    default="512x512",
    show_default=True,
    help="With --model: size of an image that it takes; kernels are the same for all sizes.",
)
@click.option(
    "--threads",
    type=THREADS,
    metavar="N",
    help="Threads of the plans; as many as this process may use if not given.",
)
def warmup(model: Path | None, size: tuple[int, int], threads: int | None) -> None:
    """Compile kernels and keep them on disk.

    Without --model all of the core package: inspecting, areas, measures of defects, the public
    operations, training, and inspecting with what was learned, in colour and in grey. That takes
    a minute or more the first time on a machine, and later what a process pays at its start.

    Prints the milliseconds of each kernel and the folder of the compiled ones. Set
    NUMBA_CACHE_DIR to keep the kernels elsewhere, for example in the image of a container.

    \b
    Examples
      fastdefect warmup
      fastdefect warmup --model cloth.model
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    prepared: list[CompileEvent] = []
    with Bar(1, "compiling") as bar:
        bar.say("loading libraries")
        start = time.perf_counter()
        from fastdefect.cli.warmup import workloads
        from fastdefect.kernels._numba import cache_folders, compile_events

        every = workloads.everything(threads)
        steps = list(every if model is None else workloads.model(str(model), size, threads))
        loading = 1e3 * (time.perf_counter() - start)

        def on_event(kernel: CompileEvent) -> None:
            prepared.append(kernel)
            bar.say(f"{kernel.kernel} {kernel.milliseconds:.0f} ms")

        results = []
        for done, (what, work) in enumerate(steps):
            bar.at(done, len(steps))
            bar.say(what)
            # anew for each: kernels that a step imports are seen by the next
            with compile_events(on_event):
                results.append(work())
    click.echo(f"{'libraries':<20}{loading:>10.1f} ms")
    for name, milliseconds, how in _kernels(prepared):
        click.echo(f"{name:<20}{milliseconds:>10.1f} ms {how}")
    click.echo("\nstages when warm")
    for stage, milliseconds in results[0].items():
        click.echo(f"{stage:<20}{milliseconds:>10.3f} ms")
    folders = [printable(folder) for folder in cache_folders()]
    where = ", ".join(folders) or "no folder: nothing is kept on disk"
    click.echo(f"\nkernels in {where}")


def _kernels(prepared: Sequence[CompileEvent]) -> Iterator[tuple[str, float, str]]:
    """Name, milliseconds and how, one line per kernel in the order of preparation."""
    for name in dict.fromkeys(kernel.kernel for kernel in prepared):
        same = [kernel for kernel in prepared if kernel.kernel == name]
        how = "compiled" if any(kernel.compiled for kernel in same) else "loaded"
        times = f" for {len(same)} sets of types" if len(same) > 1 else ""
        yield name, sum(kernel.milliseconds for kernel in same), how + times
