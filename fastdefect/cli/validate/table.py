"""What ``fastdefect validate`` prints and writes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.io import exported_name, plain
from fastdefect.io.paths import printable
from fastdefect.perf.document import figure
from fastdefect.report.numbers import count_text

if TYPE_CHECKING:
    from fastdefect.evaluation.approval.run import Validation

_NAMED = 10  # images that lines name; the report has all
_WORDS = {
    "same": "SAME: what runs is what was approved",
    "different": "DIFFERENT: what runs is not what was approved",
    "incomplete": "NOT PROVED: not every approved image was compared",
}


def document(found: Validation, files: Mapping[str, Path]) -> dict[str, Any]:
    """All that was found as plain data."""
    approval = found.approval
    then = {
        "ms_per_megapixel": approval.ms_per_megapixel,
        "threshold": approval.threshold,
        **approval.machine,
    }
    now = {
        "ms_per_megapixel": found.ms_per_megapixel,
        "threshold": found.threshold,
        **found.machine,
    }
    made: dict[str, Any] = plain(
        {
            "format": "fastdefect validation",  # docs/schemas/validation.v1.json
            "version": 1,
            "outcome": found.outcome,
            "words": _WORDS[found.outcome],
            "files": {name: exported_name(path) for name, path in files.items()},
            "kind": approval.kind,
            "same_model": found.same_model,
            "tolerance": approval.tolerance,
            "images": len(approval.images),
            "compared": found.compared,
            "differences": [
                {"image": each.name, "what": printable(each.what)} for each in found.differences
            ],
            "missing": found.missing,
            "changed": found.changed,
            "then": then,
            "now": now,
        }
    )
    return made


def show(found: Validation, model: Path) -> None:
    """Print it."""
    approval = found.approval
    state = "the approved file" if found.same_model else "not the approved file"
    click.echo(f"model      {printable(model)}, {approval.kind}: {state}")
    click.echo(f"images     {found.compared} of {len(approval.images)} compared")
    if found.compared and found.threshold != approval.threshold:
        click.echo(
            f"{'differs':<10} threshold {approval.threshold:.9g} then, {found.threshold:.9g} now"
        )
    allowed = (
        "the same bits"
        if approval.tolerance == 0
        else f"within {approval.tolerance:g} of the map's 0.9995 quantile"
    )
    click.echo(f"wanted     scores, maps and verdicts {allowed}")
    for word, names in (("changed", found.changed), ("missing", found.missing)):
        for name in names[:_NAMED]:
            click.echo(f"{word:<10} {printable(name)}")
        _more(word, len(names))
    for each in found.differences[:_NAMED]:
        click.echo(f"{'differs':<10} {printable(each.name)}: {printable(each.what)}")
    _more("differs", len(found.differences))
    click.echo(f"speed      {_speed(approval.ms_per_megapixel, approval.machine)} then")
    click.echo(f"           {_speed(found.ms_per_megapixel, found.machine)} now")
    click.echo(f"versions   {_versions(approval.machine['versions'], found.machine['versions'])}")
    click.echo(f"result     {_WORDS[found.outcome]}")


def _more(word: str, count: int) -> None:
    if count > _NAMED:
        click.echo(f"{word:<10} and {count - _NAMED} more")


def _speed(milliseconds: float, machine: Mapping[str, Any]) -> str:
    speed = "no image" if math.isnan(milliseconds) else f"{figure(milliseconds)} ms per megapixel"
    place = f"{machine['processor']} ({machine['path']})"
    return f"{speed}, {count_text(machine['threads'], 'thread')}, {printable(place)}"


def _versions(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Those that changed, or that none did."""
    changed = [
        f"{name} {then.get(name, 'none')} then, {now.get(name, 'none')} now"
        for name in dict.fromkeys([*then, *now])
        if then.get(name) != now.get(name)
    ]
    return printable("; ".join(changed)) if changed else "the same"
