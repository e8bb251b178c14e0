"""What ``fastdefect bench`` prints: rows as tables, progress on the error stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fastdefect.bench.record import Row
from fastdefect.bench.regression import Change
from fastdefect.cli.console import table_console
from fastdefect.perf.document import figure
from fastdefect.perf.timing import Quartiles
from fastdefect.report.numbers import count_text

# Columns that hold a row with all its quartiles. Piped output, which has no width of its own, takes them; a
# narrower terminal gets the quartiles of the ratio only, and no column for the side that is fastdefect's.
_WIDE = 145


@contextmanager
def progress(total: int) -> Iterator[Callable[..., None]]:
    """Show which of ``total`` rows is being measured; yields what `measure_all` calls before each."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    # The clock is drawn by a thread; four times a second it costs less than a thousandth of a core.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, refresh_per_second=4
    ) as bar:
        task = bar.add_task("", total=total)
        done = iter(range(total))

        def started(case: Any, shape: tuple[int, int], threads: int) -> None:
            what = f"{case.name} {shape[0]}x{shape[1]}, {count_text(threads, 'thread')}"
            bar.update(task, completed=next(done), description=what)

        yield started


def rows(machine: Mapping[str, Any], measured: Sequence[Row]) -> None:
    """Print one table per size and number of threads, losses too."""
    console = table_console(_WIDE)
    versions = machine["versions"]
    wheels = [f"{name} {number}" for name, number in versions.items() if name.startswith("opencv")]
    console.print(
        f"{machine['processor']} · {' '.join(machine['features'])} · {machine['threads']} threads"
    )
    console.print(
        f"fastdefect {versions.get('fastdefect', '?')} · numba {versions.get('numba', '?')} · "
        f"numpy {versions.get('numpy', '?')} · {' '.join(wheels)}"
    )
    _tables(console, measured)
    console.print(
        "Medians with their quartiles. Every row was equal byte for byte before it was timed."
    )
    held = [row for row in measured if row.held_back]
    if held:
        console.print(
            f"Held back: heat or a quota slowed the processor in {len(held)} of {count_text(len(measured), 'row')}; "
            "both sides bear it, but milliseconds are too high there."
        )


def peers(measured: Sequence[Row]) -> None:
    """Print the rows against other libraries, and in what each result differs."""
    console = table_console(_WIDE)
    _tables(console, measured)
    for row in measured:
        console.print(f"{row.baseline}: {row.note}")
    console.print("Peers: not held to the same bytes; what differs stands above.")


def _tables(console: Console, measured: Sequence[Row]) -> None:
    wide = console.width >= _WIDE
    milliseconds = quartiles if wide else _median
    for (height, width, threads), group in groupby(
        measured, key=lambda row: (row.height, row.width, row.threads)
    ):
        table = _table(f"{height} x {width} pixels, {count_text(threads, 'thread')} on both sides")
        if wide:
            table.add_column("fastdefect")
        table.add_column("baseline")
        for heading in ("fastdefect ms" if wide else "ms", "baseline ms", "times as fast"):
            table.add_column(heading, justify="right", no_wrap=True)
        for row in group:
            table.add_row(
                row.name,
                *([row.subject] if wide else []),
                row.baseline,
                milliseconds(row.subject_ms),
                milliseconds(row.baseline_ms),
                quartiles(row.ratio),
                style="" if row.ratio.median >= 1 else "yellow",
            )
        console.print(table)


def _table(title: str) -> Table:
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("row", no_wrap=True)
    return table


def changes(found: Sequence[Change], limit: float) -> None:
    """Print the ratios beside the baseline's, the largest loss first, and the verdict."""
    console = table_console(_WIDE)
    table = _table("Times as fast as OpenCV, now and in the baseline")
    for heading in ("baseline", "now", "change", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for change in sorted(found, key=lambda change: -change.slowdown):
        table.add_row(
            change.id,
            quartiles(change.before),
            quartiles(change.now),
            f"{-change.slowdown:+.1%}",
            _judgement(change),
            style="red" if change.lost(limit) else "",
        )
    console.print(table)
    lost = [change for change in found if change.lost(limit)]
    if lost:
        console.print(f"Failed: {len(lost)} of {len(found)} rows lost more than {limit:.0%}.")
    else:
        console.print(f"Passed: none of {len(found)} rows lost more than {limit:.0%}.")
    vague = [change for change in found if not change.is_judged and change.noise > limit]
    if vague:
        console.print(
            f"Not judged: {count_text(len(vague), 'row')} whose noise alone is more than {limit:.0%}; "
            "measure longer with --seconds, or on a quieter machine."
        )


def _judgement(change: Change) -> str:
    if not change.is_judged:
        return f"within noise: ± {change.noise:.1%}"
    return "slower" if change.slowdown > 0 else "faster"


def quartiles(value: Quartiles) -> str:
    """Format a median with its quartiles to three digits."""
    return f"{figure(value.median)} ({figure(value.low)} - {figure(value.high)})"


def _median(value: Quartiles) -> str:
    return figure(value.median)
