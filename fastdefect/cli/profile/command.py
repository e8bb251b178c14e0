"""``fastdefect profile``: how fast this machine is, how steadily, and which web speed it can follow."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from fastdefect.cli.parameters import THREADS, Size
from fastdefect.cli.progress import Bar
from fastdefect.errors import ArgumentValueError
from fastdefect.io.paths import printable


@click.command()
@click.option(
    "--shape",
    metavar="HxW",
    type=Size(),
    default="512x512",
    show_default=True,
    help="Image size in pixels, height along the web.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=5.0,
    show_default=True,
    help="Time to inspect images, for each number of threads; p99.9 wants thousands of images.",
)
@click.option(
    "--threads",
    type=THREADS,
    multiple=True,
    metavar="N",
    help="Number of threads; repeat for several. Default: 1, 2, 4 ... and all this process may use.",
)
@click.option(
    "--web-width",
    type=click.FloatRange(0, min_open=True),
    default=1600.0,
    show_default=True,
    metavar="MM",
    help="Width of the web in millimetres.",
)
@click.option(
    "--resolution",
    type=click.FloatRange(0, min_open=True),
    default=0.5,
    show_default=True,
    metavar="MM",
    help="Millimetres per pixel.",
)
@click.option(
    "--starts",
    type=click.IntRange(0, 99),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes to start per kind of start, half a minute each; 0 leaves them out.",
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write DIR/profile.json and DIR/profile.html, a page of pictures in one file.",
)
@click.option(
    "--compare",
    "pair",
    type=click.Path(dir_okay=False, path_type=Path),
    nargs=2,
    metavar="A.json B.json",
    help="Measure nothing: show two profiles side by side, with --report also as DIR/compare.html.",
)
def profile(
    shape: tuple[int, int],
    seconds: float,
    threads: Sequence[int],
    web_width: float,
    resolution: float,
    starts: int,
    report: Path | None,
    pair: tuple[Path, Path] | None,
) -> None:
    """Profile this machine.

    Times whole images and stages, holds them against what the machine's memory and vector units
    reach in the same run, and says which web speed it can follow at the 99th percentile.

    \b
    Example
      fastdefect profile --shape 1024x2048 --web-width 1600 --resolution 0.2 --report out
      fastdefect profile --compare out/profile.json other/profile.json
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    if pair is not None:
        _compare(pair, report)
        return
    import json

    from fastdefect.cli.profile.table import profile_table
    from fastdefect.io import make_folder, write_text
    from fastdefect.optional import load_opencv
    from fastdefect.perf.web_speed import Web

    load_opencv()
    if report is not None:
        from fastdefect.report.profile import page

        page.require_packages()  # fails now rather than after minutes of measuring
        make_folder(report)
    from fastdefect.perf.run import machine_profile

    counts = sorted(set(threads)) or _counts()
    with Bar(2 * len(counts) + bool(starts), "profiling") as bar:

        def progress(what: str) -> None:
            bar.step()
            bar.say(what)

        document = machine_profile(
            shape,
            counts,
            Web(web_width, resolution),
            seconds=seconds,
            starts=starts,
            command=shlex.join(["fastdefect", *sys.argv[1:]]),
            progress=progress,
        )
    profile_table(document)
    if report is None:
        return
    _say_written(write_text(report / "profile.json", json.dumps(document, indent=1) + "\n"))
    _say_written(write_text(report / "profile.html", page.profile_page(document)))


def _compare(pair: tuple[Path, Path], report: Path | None) -> None:
    from fastdefect.cli.profile.table import compare_table
    from fastdefect.io import make_folder, write_text
    from fastdefect.perf.document import read

    a, b = (read(path) for path in pair)
    names = (str(pair[0]), str(pair[1]))
    try:
        compare_table(a, b, names)
    except (KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ArgumentValueError(
            f"--compare: expected two profiles that this fastdefect wrote, received {names[0]} and {names[1]}, of "
            f"which one lacks a figure ({type(error).__name__}: {error}); write it again with --report"
        ) from error
    if report is not None:
        from fastdefect.report.profile.page import compare_page

        make_folder(report)
        _say_written(write_text(report / "compare.html", compare_page(a, b, names)))


def _counts() -> list[int]:
    """1, 2, 4 ... and all threads that this process may use."""
    from fastdefect.tiling.cpu_count import available_threads

    most = available_threads()
    return sorted({min(2**power, most) for power in range(most.bit_length() + 1)})


def _say_written(path: Path) -> None:
    click.echo(f"wrote {printable(path)}")
