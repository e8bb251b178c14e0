"""What a calibration rests on and what it lacks, printed by every command that makes one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.io.paths import printable
from fastdefect.report.numbers import score_text

if TYPE_CHECKING:
    from fastdefect.cli.fit.training_images import Groups

# Below these a threshold is said to be uncertain; the interval cannot know a sheet of another kind.
_FEW_IMAGES = 20
_FEW_GROUPS = 5


def report(
    detector: Any,
    shape: tuple[int, int],
    sheets: Groups,
    out: Path,
    *,
    colour: bool,
    scores: str | None = None,
) -> None:
    """Print what the calibration rests on, and what it lacks; ``scores`` says whose scores these are."""
    found = getattr(detector, "calibration", None)
    kind = "colour" if colour else "grey"
    if found is None:
        click.echo(
            f"threshold  {score_text(detector.threshold)}, of a detector without a calibration"
        )
        return
    low, high = found.interval
    domain = getattr(detector, "domain", None)
    parts = [found.false_alarms] if domain is None else [found.false_alarms, domain.false_alarms]
    rate = f"{100 * sum(parts):g} % false alarms"
    click.echo(
        f"images     {found.images} good ones of {shape[1]} x {shape[0]} pixels, judged in {kind}"
    )
    click.echo(f"groups     {found.groups}, {sheets.how}")
    if scores is not None:
        click.echo(f"scores     {scores}")
    click.echo(
        f"threshold  {score_text(found.threshold)} for {rate} (90 % interval {score_text(low)} - {score_text(high)})"
    )
    if domain is not None:
        click.echo(
            f"unusable   images that look unlike good ones: beyond {domain.limit:.3g} deviations, which takes "
            f"{100 * domain.false_alarms:g} of the {100 * sum(parts):g} %"
        )
    click.echo(f"model      {printable(out)}, {out.stat().st_size / 1e3:.1f} kB")
    few = []
    if found.images < _FEW_IMAGES:
        few.append(f"{found.images} images")
    if found.groups < _FEW_GROUPS:
        few.append(f"{found.groups} groups")
    if few:
        click.echo(
            f"Note: {' in '.join(few)} are few; a sheet of another kind may score beyond the interval.",
            err=True,
        )
    if sheets.names is None:
        click.echo(
            "Note: without groups the threshold holds for the sheets seen only; see --groups.",
            err=True,
        )
