"""``results.json`` to Markdown: every figure in RESULTS.md and in the README's table comes from here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fastdefect.bench.record import Record, Row
from fastdefect.cli.bench_table import figure, spread

BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
# What a reader of the README wants to know first: these rows, at these sizes.
README_ROWS = ("engine", "fab_defect_detect", "nl_means", "value_blur", "defect_mask")
README_SIZES = ((512, 512), (1024, 1024), (2048, 2048))


def results(record: Record) -> str:
    """Return the text of RESULTS.md."""
    opencv = [row for row in record.rows if not row.note]
    sets = [row for row in opencv if ":" in row.name]
    peers = [row for row in record.rows if row.note]
    lost = [row for row in opencv if row.ratio.median < 1]
    parts = [
        "# Results\n\n"
        "Generated from `benchmarks/results.json`; do not edit. Milliseconds per call, medians with their"
        " quartiles. *Times as fast* is the median of the ratios within each round, the two sides taking turns in"
        " one process on the same number of threads. Every row against OpenCV was equal byte for byte before it was"
        " timed. Both sides of a row write into buffers made beforehand, except for the whole pipelines.",
        machine(record),
        f"Losses: {len(lost)} of {len(opencv)} rows against OpenCV are slower"
        + (", marked **slower**." if lost else "."),
    ]
    for (height, width, threads), group in groupby(
        [row for row in opencv if row not in sets], _place
    ):
        parts.append(f"## {height} × {width}, {_threads(threads)}\n\n" + table(list(group)))
    if sets:
        parts.append(
            "## NL-means with other parameters (h, template window, search window) and images\n\n"
            + table(sets)
        )
    if peers:
        parts.append(
            "## scikit-image and SciPy\n\nOne thread. Most compute something else; the last column says what."
        )
        for (height, width, _), group in groupby(peers, _place):
            parts.append(f"### {height} × {width}\n\n" + table(list(group), notes=True))
    if record.startup_ms:
        lines = ["| what | ms |", "| --- | --- |"]
        lines += [f"| {name} | {spread(value)} |" for name, value in record.startup_ms.items()]
        parts.append(
            "## Start of a process\n\nEach sample is a process of its own with its own cache folder for compiled"
            " kernels; the start of Python itself is not counted.\n\n" + "\n".join(lines)
        )
    return "\n\n".join(parts) + "\n"


def machine(record: Record) -> str:
    """Return the list of what the figures were measured on."""
    facts = record.machine
    settings = ", ".join(f"{name}={value}" for name, value in facts["settings"].items())
    lines = [
        f"processor: {facts['processor']} ({facts['family']}), {facts['cores']} cores, {facts['threads']} for this"
        f" process, {facts['megahertz'] or 'unknown'} MHz at the start",
        f"features: {' '.join(facts['features'])}",
        f"system: {facts['system']}",
        "versions: " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items()),
        f"commit: {facts['commit']}",
        f"settings: {settings or 'none'}",
        f"command: `{record.command}`",
    ]
    return "\n".join(f"- {line}" for line in lines)


def table(rows: Sequence[Row], *, notes: bool = False) -> str:
    """Return a Markdown table of rows of one size."""
    headings = ["row", "fastdefect", "against", "fastdefect ms", "against ms", "times as fast"]
    headings += ["difference"] if notes else []
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    for row in rows:
        ratio = spread(row.ratio) + ("" if row.ratio.median >= 1 else " **slower**")
        cells = [
            f"`{row.id}`",
            row.subject,
            row.against,
            spread(row.subject_ms),
            spread(row.against_ms),
            ratio,
        ]
        lines.append("| " + " | ".join(cells + ([row.note] if notes else [])) + " |")
    return "\n".join(lines)


def readme_table(record: Record) -> str:
    """Return the README's short table: the headline rows, OpenCV's milliseconds and the ratios."""
    found = {(row.name, (row.height, row.width), row.threads): row for row in record.rows}
    lines = ["| | size | threads | OpenCV ms | fastdefect ms | times as fast |", "|" + " --- |" * 6]
    for name in README_ROWS:
        for size in README_SIZES:
            for threads in sorted({row.threads for row in record.rows}):
                row = found.get((name, size, threads))
                if row:
                    cells = [f"`{name}`", f"{size[0]} × {size[1]}", threads, figure(row.against_ms.median),
                             figure(row.subject_ms.median), figure(row.ratio.median)]  # fmt: skip
                    lines.append("| " + " | ".join(map(str, cells)) + " |")
    facts = record.machine
    lines.append(
        f"\n{facts['processor']} ({facts['family']}), commit {facts['commit']}; all rows in RESULTS.md."
    )
    return "\n".join(lines)


def replaced(text: str, table: str) -> str:
    """Return the README's text with what stands between its two markers replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README.md: expected the markers {BEGIN} and {END} on lines of their own")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _place(row: Row) -> tuple[int, int, int]:
    return row.height, row.width, row.threads


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}"
