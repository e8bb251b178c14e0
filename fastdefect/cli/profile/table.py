"""What ``fastdefect profile`` prints."""

from __future__ import annotations

from rich import box
from rich.table import Table

from fastdefect.cli.console import table_console
from fastdefect.perf.document import (
    BEYOND,
    NAMES,
    Document,
    best_run,
    beyond_limits,
    compare,
    doubtful_tail,
    figure,
    sentence,
    share,
)

_WIDE = 100  # columns for a pipe, which has no width of its own


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(headings[0], no_wrap=True)
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    return table


def profile_table(document: Document) -> None:
    """Print latency, stages, starts and the web speed."""
    console = table_console(_WIDE)
    machine, run = document["machine"], best_run(document)
    console.print(f"{machine['processor']} · {' '.join(machine['features'])}")
    height, width = document["shape"]
    threads = [str(each["threads"]) for each in document["runs"]]
    console.print(f"Images of {height} x {width} pixels, ms")
    table = _table("threads", *threads)
    for mark, name in NAMES.items():
        table.add_row(name, *(figure(each["latency"][mark]) for each in document["runs"]))
    table.add_row("images", *(str(each["latency"]["calls"]) for each in document["runs"]))
    console.print(table)
    console.print(f"Stages, threads: {run['threads']}, beside the limits measured in this run")
    table = _table(
        "stage", "median ms", "p99 ms", "share", "GB/s", "of memory", "Gop/s", "of units",
    )  # fmt: skip
    for name, stage in run["stages"].items():
        bytes_, operations = stage["bytes_per_second"], stage["operations_per_second"]
        table.add_row(
            name,
            figure(stage["latency"]["p50"]),
            figure(stage["latency"]["p99"]),
            f"{stage['share']:.1%}",
            figure(bytes_ / 1e9),
            f"{share(bytes_ / run['roofs']['memory'])} %",
            figure(operations / 1e9),
            f"{share(operations / run['roofs']['arithmetic'])} %",
        )
    roofs = run["roofs"]
    table.add_row(
        "limit",
        "",
        "",
        "",
        figure(roofs["memory"] / 1e9),
        "",
        figure(roofs["arithmetic"] / 1e9),
        "",
    )
    console.print(table)
    if beyond_limits(run):
        console.print(f"{BEYOND}: {', '.join(beyond_limits(run))}")
    if doubt := doubtful_tail(run):
        console.print(f"Note: {doubt}")
    for name, milliseconds in document["start_ms"].items():
        console.print(f"{name}: {figure(milliseconds)} ms")
    if document["memory"]["peak"]:
        console.print(f"memory peak of the process: {document['memory']['peak'] / 1e6:.0f} MB")
    console.print(sentence(document))


def compare_table(a: Document, b: Document, names: tuple[str, str]) -> None:
    """Print two profiles side by side."""
    console = table_console(_WIDE)
    for letter, name, document in zip("AB", names, (a, b), strict=True):
        console.print(f"{letter}: {name}, {document['machine']['processor']}")
    table = _table("", "A", "B", "B / A")
    for side in compare(a, b):
        table.add_row(side.what, *map(figure, (side.a, side.b, side.ratio)))
    console.print(table)
    for letter, document in zip("AB", (a, b), strict=True):
        console.print(f"{letter}: {sentence(document)}")
