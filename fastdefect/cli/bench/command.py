"""``fastdefect bench``: this machine's table against OpenCV, parity first; with a baseline, a gate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fastdefect.cli.parameters import THREADS, Size
from fastdefect.errors import ArgumentValueError


def _share(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Read ``10%`` or ``10`` as 0.1."""
    try:
        share = float(value.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise click.BadParameter(
            f"expected a percentage from 0 to below 100, such as 10%, received {value!r}"
        )
    return share


@click.command()
@click.option(
    "--size",
    "sizes",
    metavar="HxW",
    type=Size(),
    multiple=True,
    default=["512x512", "1024x1024"],
    show_default=True,
    help="Image size; repeat for several.",
)
@click.option(
    "--threads",
    type=THREADS,
    multiple=True,
    help="Threads of both sides; repeat for several. Default: 1 and all that this process may use.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Time budget per row; slow rows take longer.",
)
@click.option(
    "--row",
    "names",
    multiple=True,
    metavar="NAME",
    help="Measure only this row, for example nl_means; repeatable.",
)
@click.option(
    "--save",
    "--json",
    "save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures as JSON, which --baseline reads.",
)
@click.option(
    "--google-json",
    "google",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures as Google Benchmark does, for its compare.py.",
)
@click.option(
    "--bencher-json",
    "metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures in Bencher's metric format: latency in nanoseconds, times as fast.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compare the ratios with those of this file; absolute times are never compared.",
)
@click.option(
    "--fail-above", metavar="PERCENT", callback=_share, default="10%", show_default=True,
    help="With --baseline: end with exit status 1 when a ratio fell by more than this and by more than the noise.",
)  # fmt: skip
@click.option(
    "--peers", is_flag=True,
    help="Also time scikit-image and SciPy; most of them compute something else, and the table says what.",
)  # fmt: skip
def bench(
    sizes: Sequence[tuple[int, int]],
    threads: Sequence[int],
    seconds: float,
    names: Sequence[str],
    save: Path | None,
    google: Path | None,
    metrics: Path | None,
    baseline: Path | None,
    fail_above: float,
    peers: bool,
) -> None:
    """Time every stage and the whole pipeline against OpenCV.

    Results are compared byte for byte before anything is timed; a difference ends the command with the first
    differing pixel. Both sides take turns in this process, on the same number of threads. The ratio
    is the median of those within each round, with its quartiles.

    With --baseline a difference smaller than the noise of the two runs is not judged ("within noise:
    ± 4.0%"): half of each run's quartile distance, the two as independent errors.

    \b
    Examples
      fastdefect bench --save before.json
      fastdefect bench --baseline before.json --fail-above 5%
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    from fastdefect.bench.compare import measure_all, planned
    from fastdefect.bench.formats import bencher, figures_of, google_benchmark
    from fastdefect.bench.record import Record, Run
    from fastdefect.bench.regression import changes, other_versions, require_same_machine
    from fastdefect.cli.bench import table as show
    from fastdefect.io import write_text
    from fastdefect.kernels._numba import cpu_path
    from fastdefect.perf.machine import describe
    from fastdefect.tiling.workers import available_threads

    machine = describe(available_threads())
    earlier = None if baseline is None else Record.from_file(baseline).run(cpu_path())
    if earlier is not None:
        require_same_machine(earlier.machine, machine)
    chosen = _chosen(names)
    counts = list(dict.fromkeys(threads or (1, available_threads())))
    with show.progress(len(planned(sizes, counts, chosen))) as started:
        rows = list(measure_all(sizes, counts, seconds, cases=chosen, before_row=started))
    show.rows(machine, rows)
    click.echo(f"nl_means took: {_nl_means_path(sizes[-1], counts[-1])}")
    if peers:
        show.peers(_peer_rows(sizes, seconds))
    run = Run(cpu_path(), machine, _command_line(), rows)
    if save is not None:
        write_text(save, Record([run]).to_json())
    if google is not None:
        write_text(google, google_benchmark(figures_of(run), machine, run.command))
    if metrics is not None:
        write_text(metrics, bencher(figures_of(run)))
    if earlier is None:
        return
    for sentence in other_versions(earlier.machine, machine):
        click.echo(f"Note: another version than the baseline's: {sentence}.", err=True)
    found = changes(earlier, rows)
    suspects = {change.id for change in found if change.slowdown > fail_above}  # judged or not
    if suspects:
        found = changes(earlier, _second_look(rows, suspects, seconds, chosen))
    show.changes(found, fail_above)
    if any(change.lost(fail_above) for change in found):
        raise SystemExit(1)


def _chosen(names: Sequence[str]) -> list[Any]:
    from fastdefect.bench.cases import CASES

    known = {case.name: case for case in CASES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ArgumentValueError(
            f"--row: expected one of {', '.join(known)}, received {', '.join(unknown)}; choose from the list"
        )
    return [known[name] for name in dict.fromkeys(names)] or list(CASES)


def _second_look(
    rows: Sequence[Any], suspects: set[str], seconds: float, cases: Sequence[Any]
) -> list[Any]:
    """Measure suspect rows once more, longer; the better figure counts, because noise only makes a run slower."""
    from fastdefect.bench.compare import measure

    known = {case.name: case for case in cases}
    looked = []
    for row in rows:
        if row.id in suspects:
            again = measure(known[row.name], (row.height, row.width), row.threads, seconds, again=3)
            row = max(row, again, key=lambda found: found.ratio.median)
        looked.append(row)
    return looked


def _peer_rows(sizes: Sequence[tuple[int, int]], seconds: float) -> list[Any]:
    """Rows against scikit-image and SciPy, on one thread."""
    from fastdefect.bench.compare import opencv_threads
    from fastdefect.bench.peers import PEERS, measure

    with opencv_threads(1):
        return [
            measure(peer, shape, seconds)
            for shape in sizes
            for peer in PEERS
            if shape[0] * shape[1] <= peer.max_pixels
        ]


def _nl_means_path(shape: tuple[int, int], threads: int) -> str:
    """Run the article's NL-means once on the picture of its row, and say which path it took."""
    import numpy as np

    from fastdefect.backends import load
    from fastdefect.bench.compare import picture
    from fastdefect.operations.nl_means import NL_MEANS
    from fastdefect.tiling.workers import Workers

    step = load().nl_means(shape, *NL_MEANS.cases[0].plan, Workers(threads))
    step(picture("blurred", shape, 1), np.empty(shape, np.uint8))
    return str(getattr(step, "path", "OpenCV"))


def _command_line() -> str:
    import shlex
    import sys

    return shlex.join(["fastdefect", *sys.argv[1:]])
