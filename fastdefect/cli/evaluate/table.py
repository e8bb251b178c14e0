"""What ``fastdefect evaluate`` prints: the figures of one data set, or one line for each of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from rich import box
from rich.table import Table
from rich.text import Text

from fastdefect.cli.console import table_console
from fastdefect.evaluation import Evaluation
from fastdefect.evaluation.metrics import clopper_pearson
from fastdefect.io import printable
from fastdefect.perf.document import figure
from fastdefect.report.numbers import count_text, score_text

# Columns of several kinds with all intervals; piped output, which has no width of its own, takes them.
_WIDE = 132
_RANKINGS = {
    "image AUROC": "image_auroc",
    "pixel AUROC": "pixel_auroc",
    "pixel AP": "pixel_ap",
    "AUPRO to 0.3": "aupro",
    "best pixel F1": "best_f1",
}


class Line(NamedTuple):
    """What one detector reached on one data set; ``size`` is that of its model file in bytes, where it has one."""

    name: str
    detector: str
    found: Evaluation
    size: int | None


def show(lines: Sequence[Line], threads: int) -> None:
    """Print one evaluation as a list of figures; several as one line each, and the mean of each detector."""
    console = table_console(_WIDE)
    alone = len(lines) == 1
    console.print(_single(lines[0], threads) if alone else _several(lines, threads))
    console.print(
        "False alarms and recall are of images at the calibrated threshold; intervals hold with 95 % "
        "(Clopper and Pearson)."
    )
    found = [line.found for line in lines]
    if not alone and any(any(each.unusable) for each in found):
        good, bad = (sum(each.unusable[i] for each in found) for i in (0, 1))
        console.print(
            f"Unusable: {good} good images, which are false alarms too, and {bad} defective ones."
        )
    if len({line.name for line in lines}) > 1:
        console.print("Their last line counts the images of all kinds together.")
    if any(math.isnan(each.pixel_ap) for each in found):
        console.print("–: the data has no masks, or one class only.")


def mean(found: Sequence[Evaluation]) -> dict[str, Any]:
    """Means of the figures over the kinds that have them; false alarms and recall of all images together."""
    names = [*_RANKINGS.values(), "ms_per_megapixel"]
    values: dict[str, Any] = {
        name: _mean([getattr(each, name) for each in found]) for name in names
    }
    for name in ("false_positives", "recall"):
        pairs = [getattr(each, name) for each in found]
        total = sum(hits for hits, _ in pairs), sum(count for _, count in pairs)
        values[name] = total
        values[f"{name.removesuffix('s')}_interval"] = clopper_pearson(*total)
    return values


def _single(line: Line, threads: int) -> Table:
    name, found = line.name, line.found
    good, defective = found.false_positives[1], found.recall[1]
    table = _table(f"{name}: {good} good and {defective} defective images")
    table.add_column("")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    for heading, field in _RANKINGS.items():
        table.add_row(heading, _ranking(getattr(found, field)), "")
    table.add_section()
    table.add_row("threshold, calibrated", score_text(found.threshold), "")
    table.add_row(
        "threshold of the best F1",
        _score(found.best_f1_threshold),
        "",
    )
    for heading, pair, interval in (
        ("false alarms", found.false_positives, found.false_positive_interval),
        ("recall", found.recall, found.recall_interval),
    ):
        table.add_row(heading, _rate(pair), _interval(interval) if pair[1] else "")
    if any(found.unusable):
        alarms, lost = found.unusable
        table.add_row("unusable", f"{alarms} good, {lost} defective", "")
    table.add_section()
    speed = _number(found.ms_per_megapixel)
    table.add_row(f"ms per megapixel, {count_text(threads, 'thread')}", speed, "")
    return table


def _several(lines: Sequence[Line], threads: int) -> Table:
    kinds = list(dict.fromkeys(line.name for line in lines))
    labels = list(dict.fromkeys(line.detector for line in lines))
    compares = len(labels) > 1
    title = count_text(len(kinds), "kind") if len(kinds) > 1 else kinds[0]
    title += f", {count_text(len(labels), 'detector')}" if compares else ""
    table = _table(f"{title}, {count_text(threads, 'thread')}")
    if len(kinds) > 1:
        table.add_column("kind")
    if compares:
        table.add_column("detector")
    headings = [heading.replace(" ", "\n", 1) for heading in _RANKINGS]
    for heading in (
        *headings,
        "false alarms\n(95 %)",
        "recall\n(95 %)",
        "ms per\nMpx",
        *(["model\nkB"] * compares),
    ):
        table.add_column(heading, justify="right")
    for kind in kinds:
        for line in (each for each in lines if each.name == kind):
            found = line.found
            rates = (
                found.false_positives,
                found.false_positive_interval,
                found.recall,
                found.recall_interval,
            )
            names = [kind] * (len(kinds) > 1) + [line.detector] * compares
            size = ["–" if line.size is None else f"{line.size / 1e3:,.0f}"] * compares
            table.add_row(
                *(Text(printable(each)) for each in names), *_line(vars(found), *rates), *size
            )
        if compares:
            table.add_section()
    if len(kinds) > 1:
        table.add_section()
        for label in labels:
            values = mean([line.found for line in lines if line.detector == label])
            fields = ("false_positives", "false_positive_interval", "recall", "recall_interval")
            names = ["mean", *([label] * compares)]
            cells = (Text(printable(each)) for each in names)
            table.add_row(
                *cells,
                *_line(values, *(values[name] for name in fields)),
                *([""] * compares),
                style="bold",
            )
    return table


def _line(
    values: dict[str, Any],
    alarms: tuple[int, int],
    alarm_interval: tuple[float, float],
    recall: tuple[int, int],
    recall_interval: tuple[float, float],
) -> list[str]:
    cells = [_ranking(values[field]) for field in _RANKINGS.values()]
    for (hits, count), interval in ((alarms, alarm_interval), (recall, recall_interval)):
        cells.append(f"{hits}/{count} ({_interval(interval)})" if count else "–")
    return [*cells, _number(values["ms_per_megapixel"])]


def _table(title: str) -> Table:
    return Table(
        title=Text(printable(title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _ranking(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"


def _score(value: float) -> str:
    return "–" if math.isnan(value) else score_text(value)


def _number(value: float) -> str:
    return figure(None if math.isnan(value) else value)


def _rate(pair: tuple[int, int]) -> str:
    hits, count = pair
    return f"{hits} of {count}, {hits / count:.1%}" if count else "–"


def _interval(interval: tuple[float, float]) -> str:
    low, high = (f"{100 * end:.1f}" for end in interval)
    return f"{low} - {high} %"
