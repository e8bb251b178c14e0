"""``results.json`` and the declarations to Markdown: RESULTS.md, the README's table and PARITY.md's come from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, product

from benchmarks import sources
from fastdefect.bench.record import Record, Row, Run
from fastdefect.cli.bench.table import quartiles
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation
from fastdefect.perf.document import figure

BEGIN, END = "<!-- {}:begin -->", "<!-- {}:end -->"
# What is written between markers, and in which file.
MARKERS = {"frames": "README.md", "results": "README.md", "operations": "PARITY.md"}
_WHOLE = "engine"  # the row of whole images
# What a reader of the README wants to know first: these rows, at these sizes.
README_ROWS = ("engine", "fab_defect_detect", "nl_means", "value_blur", "defect_mask")
README_SIZES = ((512, 512), (1024, 1024))
# The paths that most readers have, and who has them.
README_PATHS = {
    "avx512": "servers, AMD from Zen 4 on",
    "avx2": "Intel Core from the 12th generation on, N100, AMD up to Zen 3",
}


def results(record: Record) -> str:
    """Return the text of RESULTS.md."""
    intro = (
        "# Results\n\n"
        "Generated from `benchmarks/results.json`; do not edit. Milliseconds per call, medians with their"
        " quartiles. *Times as fast* is the median of the ratios within each round, the two sides taking turns in"
        " one process on the same number of threads. Every row against OpenCV was equal byte for byte before it was"
        " timed. A row whose quartiles are more than 1.5 times apart was measured again; the narrower sample counts,"
        " whoever wins. Both sides of a row write into buffers made beforehand, except for the whole pipelines. One part"
        " per processor path of the kernels; which operations `auto` leaves to OpenCV follows from the rows of the path."
        " All with kernels that are compiled; what frozen ones bring, at the start above all: benchmarks/FROZEN.md."
    )
    commits = _commits(record)
    parts = [part for run in record.runs for part in _run(run, commits)]
    return "\n\n".join([intro, *parts]) + "\n"


def _commits(record: Record) -> dict[str, str | None]:
    return {run.path: run.machine["commit"] for run in record.runs}


def _run(run: Run, commits: Mapping[str, str | None]) -> list[str]:
    """The parts of one processor path."""
    opencv = [row for row in run.rows if not row.note]
    sets = [row for row in opencv if ":" in row.name]
    peers = [row for row in run.rows if row.note]
    lost = [row for row in opencv if row.ratio.median < 1]
    parts = [
        f"## Processor path {run.path}\n\n" + machine(run, commits),
        f"Losses: {len(lost)} of {len(opencv)} rows against OpenCV are slower"
        + (", marked **slower**." if lost else "."),
    ]
    for (height, width, threads), group in groupby(
        [row for row in opencv if row not in sets], _place
    ):
        parts.append(
            f"### {run.path}, {height} × {width}, {_threads(threads)}\n\n" + table(list(group))
        )
    if sets:
        parts.append(
            f"### {run.path}, NL-means with other parameters (h, template window, search window) and images\n\n"
            + table(sets)
        )
    if peers:
        parts.append(
            f"### {run.path}, scikit-image and SciPy\n\nOne thread. Most compute something else; the last column"
            " says what."
        )
        for (height, width, _), group in groupby(peers, _place):
            parts.append(
                f"#### {run.path}, peers, {height} × {width}\n\n" + table(list(group), notes=True)
            )
    if run.startup_ms:
        lines = ["| what | ms |", "| --- | --- |"]
        lines += [f"| {name} | {quartiles(value)} |" for name, value in run.startup_ms.items()]
        parts.append(
            f"### {run.path}, start of a process\n\nEach sample is a process of its own with its own cache folder"
            " for compiled kernels; the start of Python itself is not counted.\n\n"
            + "\n".join(lines)
        )
    return parts


def machine(
    run: Run, commits: Mapping[str, str | None], table: sources.Table = sources.RESULTS
) -> str:
    """Return the list of what the figures of a table were measured on; ``commits`` are those of all runs, by path."""
    facts = run.machine
    settings = ", ".join(f"{name}={value}" for name, value in facts["settings"].items())
    lines = [
        f"processor: {facts['processor']} ({facts['family']}), {facts['cores']} cores, {facts['threads']} for this"
        f" process, {facts['megahertz'] or 'unknown'} MHz at the start",
        f"features: {' '.join(facts['features'])}",
        f"system: {facts['system']}",
        "versions: " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items()),
        sources.named(table, run.path, commits).replace("commit ", "commit: ", 1),
        f"settings: {settings or 'none'}",
        f"command: `{run.command}`",
    ]
    if "load" in facts:
        before, after = facts["load"]
        lines.append(
            f"load average of the machine: {before} at the start, {after} at the end; above 1 other programs ran too,"
            " so milliseconds are upper bounds, and only ratios compare"
        )
    return "\n".join(f"- {line}" for line in lines)


def table(rows: Sequence[Row], *, notes: bool = False) -> str:
    """Return a Markdown table of rows of one size."""
    headings = ["row", "fastdefect", "baseline", "fastdefect ms", "baseline ms", "times as fast"]
    headings += ["difference"] if notes else []
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    for row in rows:
        ratio = quartiles(row.ratio) + ("" if row.ratio.median >= 1 else " **slower**")
        cells = [
            f"`{row.id}`",
            row.subject,
            row.baseline,
            quartiles(row.subject_ms),
            quartiles(row.baseline_ms),
            ratio,
        ]
        lines.append("| " + " | ".join(cells + ([row.note] if notes else [])) + " |")
    return "\n".join(lines)


def readme_table(record: Record) -> str:
    """Return the README's short table: the headline rows by processor path, side by side."""
    runs = [run for path in README_PATHS for run in record.runs if run.path == path]
    found = {
        (run.path, row.name, (row.height, row.width), row.threads): row
        for run in runs
        for row in run.rows
    }
    headings = ["", "size", "threads"]
    for run in runs:
        headings += [f"{run.path}: OpenCV ms", "fastdefect ms", "times as fast"]
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    threads = sorted({row.threads for row in found.values()})
    for name, size, count in product(README_ROWS, README_SIZES, threads):
        rows = [found.get((run.path, name, size, count)) for run in runs]
        if any(rows):
            cells = [f"`{name}`", f"{size[0]} × {size[1]}", str(count)]
            for row in rows:
                values = (row.baseline_ms, row.subject_ms, row.ratio) if row else ()
                cells += [figure(value.median) for value in values] or ["–"] * 3
            lines.append("| " + " | ".join(cells) + " |")
    commits = _commits(record)
    notes = [
        f"{run.path} ({README_PATHS[run.path]}): measured on {run.machine['processor']}"
        f" ({run.machine['family']}), {sources.named(sources.RESULTS, run.path, commits)}"
        for run in runs
    ]
    return "\n".join([*lines, "", "; ".join(notes) + ". All rows in RESULTS.md."])


def readme_frames(record: Record) -> str:
    """Return the README's first figures: whole images a second, of what size on what machine."""
    runs = [run for path in README_PATHS for run in record.runs if run.path == path]
    threads = sorted({row.threads for run in runs for row in run.rows if row.name == _WHOLE})
    places = list(product(README_SIZES, threads))
    lines = [
        "| images a second, and OpenCV's | "
        + " | ".join(f"{h} × {w}, {_threads(count)}" for (h, w), count in places)
        + " |",
        "| --- |" + " --- |" * len(places),
    ]
    for run in runs:
        rows = {
            ((row.height, row.width), row.threads): row for row in run.rows if row.name == _WHOLE
        }
        cells = [
            f"**{_per_second(rows[place].subject_ms.median)}**, {_per_second(rows[place].baseline_ms.median)}"
            if place in rows
            else "–"
            for place in places
        ]
        lines.append(
            f"| {run.path}: {run.machine['processor']} ({run.machine['family']}) | {' | '.join(cells)} |"
        )
    lines += [
        "",
        "No 64-bit Arm was at hand: its kernels give the same bytes in an emulator, which tells no speed.",
    ]
    return "\n".join(lines)


def _per_second(milliseconds: float) -> str:
    return figure(1000 / milliseconds)


def operations_table() -> str:
    """Return PARITY.md's table of the declared operations."""
    lines = [
        "| operation | computes | same bytes as | parameters | halo in pixels | tolerance |",
        "|" + " --- |" * 6,
    ]
    for operation in OPERATIONS.values():
        parameters = ", ".join(map(str, (*operation.parameters, *operation.arguments))) or "none"
        cells = [f"`{operation.name}`", operation.summary, f"`{operation.equals}`", parameters, _halo(operation),
                 str(operation.tolerance)]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tables(record: Record) -> dict[str, str]:
    """Return every generated table by its mark."""
    return {
        "frames": readme_frames(record),
        "results": readme_table(record),
        "operations": operations_table(),
    }


def _halo(operation: Operation) -> str:
    if operation.halo is None:
        return "the whole image"
    if not operation.cases:
        return "as its structure says"
    setting = operation.cases[0]
    pixels = operation.halo(*setting.plan)
    return f"{pixels} for {', '.join(map(str, setting.plan))}" if setting.plan else str(pixels)


def replaced(mark: str, text: str, table: str) -> str:
    """Return a file's text with what stands between the two markers called ``mark`` replaced."""
    begin, end = (marker.format(mark) for marker in (BEGIN, END))
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(
            f"{MARKERS[mark]}: expected the markers {begin} and {end} on lines of their own"
        )
    return f"{before}{begin}\n{table}\n{end}{after}"


def _place(row: Row) -> tuple[int, int, int]:
    return row.height, row.width, row.threads


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}"
