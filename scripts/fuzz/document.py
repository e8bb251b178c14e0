"""RELIABILITY.md, made of its template and of figures that stay until they are measured again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from put_back import MINUTES, ROOT, Row
from run import Found
from worker import RESIDENT, SECONDS

_HERE = Path(__file__).parent
_FIGURES = _HERE / "figures.json"
_CONTROL = "\nThe package without any of them is fuzzed first, for a minute of the processor, and nothing fails."


def write_figures(found: Mapping[str, Found], seed: int, minutes: float, jobs: int) -> None:
    """Take the figures of a run into the document; readers that it left out keep those of theirs."""
    rows = {
        name: {
            "seed": seed,
            "minutes": minutes / len(found),
            "jobs": jobs,
            "good_files": each.good_files,
            "tried": each.tried,
            "special": each.special,
            "faults": each.faults,
            "accepted": each.accepted,
            "refused": each.refused,
            "failed": each.failed,
            "reached": len(each.reached),
            "lines": len(each.lines),
            "not_reached": _not_reached(each),
        }
        for name, each in found.items()
    }
    _write(readers=_kept().get("readers", {}) | rows)


def write_put_back(rows: Sequence[Row], seed: int) -> None:
    """Take the times until faults were found into the document."""
    listed = [[row.what, row.seconds, row.reader] for row in rows if row.hoped]
    without = any(not row.hoped and row.is_as_hoped for row in rows)
    _write(put_back={"seed": seed, "rows": listed, "nothing_fails_without": without})


def _not_reached(found: Found) -> list[list[str]]:
    """Files and text of the lines that no file reached."""
    lines = []
    for source, number in sorted(found.lines - found.reached):
        path = Path(source)
        text = path.read_text("utf-8").splitlines()[number - 1].strip()
        lines.append([str(path.relative_to(ROOT / "fastdefect")), text])
    return lines


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FIGURES.read_text("utf-8")) if _FIGURES.exists() else {}
    return found


def _write(**new: Any) -> None:
    figures = _kept() | new
    _FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (ROOT / "RELIABILITY.md").write_text(text(figures), "utf-8")


def text(figures: Mapping[str, Any]) -> str:
    """RELIABILITY.md."""
    readers, back = figures.get("readers", {}), figures.get("put_back")
    template = Template((_HERE / "RELIABILITY.md.in").read_text("utf-8"))
    return template.substitute(
        seconds=SECONDS,
        gib=f"{RESIDENT / 2**30:g}",
        most=f"{MINUTES:g}",
        minutes=f"{sum(each['minutes'] for each in readers.values()):g}",
        rows="\n".join(_row(name, each) for name, each in readers.items()),
        not_reached=_listed(readers),
        control=_CONTROL if back and back["nothing_fails_without"] else "",
        put_back_seed=back["seed"] if back else "",
        put_back="\n".join(_found(*row) for row in back["rows"]) if back else "",
    )


def _row(name: str, f: Mapping[str, Any]) -> str:
    share = f["reached"] / max(f["lines"], 1)
    return (
        f"| {name} | {f['seed']}, {f['jobs']} | {f['minutes']:g} | "
        f"{f['good_files']} | {f['tried']:,} | {f['special']:,} | {f['faults']:,} | {f['accepted']:,} : "
        f"{f['refused']:,} | {f['failed']} | {f['reached']} of {f['lines']}, {share:.1%} |"
    )


def _listed(readers: Mapping[str, Any]) -> str:
    lines = [
        f"- {name}: `{source}`: `{line}`"
        for name, each in readers.items()
        for source, line in each["not_reached"]
    ]
    return "\n".join(lines) or "- none"


def _found(what: str, seconds: float | None, reader: str) -> str:
    return f"| {what} | {reader or '-'} | {'not found' if seconds is None else f'{seconds:.0f}'} |"
