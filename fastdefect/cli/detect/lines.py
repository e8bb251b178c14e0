"""What ``detect`` prints on its way through the images: lines for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdefect.cli.progress import Bar
from fastdefect.io.paths import exported_name, printable
from fastdefect.report.numbers import count_text, score_text

if TYPE_CHECKING:
    from fastdefect.cli.detect.inspection import Inspected

_NAME_WIDTH = 60  # columns kept for file names; a longer one pushes its line to the right
_TOLD = 0.5  # milliseconds of kernels from which on a line names them
_BAR_WIDTH = 24  # characters of a stage that takes all of the time


class Lines:
    """Called with each image in turn; failures on standard error, and nothing else."""

    def __init__(self, bar: Bar) -> None:
        self.failures = self.defective = self.unusable = 0
        self._errors = bar.errors

    def passed(self, inspected: Inspected, files: Mapping[str, Path]) -> None:
        """Take a result and the files written of it, by kind."""
        self.defective += inspected.detection.verdict == "defective"
        self.unusable += inspected.detection.is_unusable

    def failed(self, sentence: str) -> None:
        """Take the reason why an image has no result."""
        self.failures += 1
        _complain(self._errors, sentence)

    def unwritten(self, sentence: str) -> None:
        """Take the reason why a file of a result cannot be written; the result is passed besides."""
        self.failed(sentence)

    def end(self) -> None:
        """Print what belongs after the last image."""


class JsonLines(Lines):
    """One JSON object per line on standard output; failures on standard error."""

    def passed(self, inspected: Inspected, files: Mapping[str, Path]) -> None:
        """Print a result."""
        super().passed(inspected, files)
        click.echo(json.dumps(record(inspected, files), allow_nan=False))


class TextLines(Lines):
    """One line per image; what each stage cost for a single image or where ``verbose`` is set."""

    def __init__(self, bar: Bar, images: Sequence[Path], verbose: bool) -> None:
        super().__init__(bar)
        self._single = len(images) == 1
        self._verbose = verbose
        self._passed = 0
        self._unwritten = 0
        self._folder: Path | None = None
        names = (printable(image) for image in images)
        self._width = min(max(map(len, names), default=0), _NAME_WIDTH)
        self._console = bar.lines

    def passed(self, inspected: Inspected, files: Mapping[str, Path]) -> None:
        """Print a line, and the table of stages where it is wanted."""
        super().passed(inspected, files)
        self._passed += 1
        _print(self._console, verdict_line(inspected, self._width))
        if self._single or self._verbose:
            self._console.print(stage_table(inspected))
            for kind, path in files.items():
                _print(self._console, f"  {kind:<8} {printable(path)}")
        for path in files.values():
            self._folder = path.parent

    def unwritten(self, sentence: str) -> None:
        """Name a file that is missing."""
        self._unwritten += 1
        self.failed(sentence)

    def end(self) -> None:
        """Print the sums on standard error, so that standard output has one line per image."""
        uninspected = self.failures - self._unwritten
        count = self._passed + uninspected
        if count < 2:
            return
        good = self._passed - self.defective - self.unusable
        parts = [f"{self.defective} with defects", f"{good} without"]
        if self.unusable:
            parts.append(f"{self.unusable} unusable")
        if uninspected:
            parts.append(f"{uninspected} not inspected")
        if self._unwritten:
            parts.append(f"{self._unwritten} not written whole")
        where = "" if self._folder is None else f"; pictures in {printable(self._folder)}"
        _print(self._errors, f"{count} images: {', '.join(parts)}{where}")


def _print(console: Console, line: str | Text) -> None:
    # Soft: not broken at the width of the terminal, which for a file or pipe is a guess.
    # Text: brackets and colons of a file name are no markup.
    console.print(Text(line) if isinstance(line, str) else line, soft_wrap=True)


def _complain(console: Console, sentence: str) -> None:
    _print(console, f"Error: {printable(sentence)}")


def verdict_line(inspected: Inspected, width: int) -> Text:
    """Return name, verdict, score with its limit, milliseconds, what kernels took besides, and notes."""
    detection = inspected.detection
    line = Text(printable(inspected.path).ljust(width) + "  ")
    if detection.is_unusable:
        line.append("UNUSABLE ", "bold yellow")
    elif detection.is_defective:
        line.append("DEFECT   ", "bold red")
    else:
        line.append("no defect", "green")
    score, limit = score_text(detection.score), score_text(detection.threshold)
    line.append(f"  score {score} (limit {limit})")
    line.append(f"  {detection.speed['total']:.2f} ms", "bold")
    kernels = inspected.preparation
    if kernels.milliseconds >= _TOLD:
        what = "compiling" if kernels.compiled else "loading"
        line.append(f" + {kernels.milliseconds:.0f} ms {what} kernels", "dim")
    if detection.notes:
        line.append(f"  {printable('; '.join(detection.notes))}", "yellow")
    return line


def stage_table(inspected: Inspected) -> Table:
    """Return what each stage cost, and its share of the whole."""
    (height, width, _), threads = inspected.image.shape, inspected.threads
    title = f"{width} x {height} pixels, {count_text(threads, 'thread')}"
    table = Table(box=box.SIMPLE_HEAD, title=title)
    table.add_column("stage")
    table.add_column("ms", justify="right")
    table.add_column("share", justify="right")
    table.add_column("", min_width=_BAR_WIDTH)
    speed = inspected.detection.speed
    total = speed["total"]
    for stage, ms in speed.items():
        share = ms / total if total > 0 else 0.0
        if stage == "total":
            table.add_section()
        bar = "" if stage == "total" else "━" * round(share * _BAR_WIDTH)
        table.add_row(stage, f"{ms:.3f}", f"{share:.1%}", Text(bar, "cyan"))
    return table


def record(inspected: Inspected, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return a result as plain data: that of `fastdefect.report.export.record`, ``preparation_ms`` and ``files``."""
    from fastdefect.report import export

    made = export.record(str(inspected.path), inspected.image, inspected.detection)
    written = {kind: exported_name(path) for kind, path in files.items()}
    return made | {"preparation_ms": inspected.preparation.milliseconds, "files": written}
