"""The benchmark as a gate: ratios against OpenCV now and in an earlier run, never absolute times.

A ratio of two medians of the same run survives another clock rate or a busy neighbour; milliseconds do not.
It does not survive another processor, so a baseline of another machine is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastdefect.bench.record import Row, Run
from fastdefect.errors import ArgumentValueError

# What makes two machines the same for a ratio. The thread count is that of the rows, hence not here.
_MACHINE = ("processor", "family", "features", "system")


@dataclass(frozen=True)
class Change:
    """One row now beside the same row of the baseline.

    Attributes
    ----------
    id : str
        The row's id.
    before, now : float
        Median ratios against OpenCV.
    """

    id: str
    before: float
    now: float

    @property
    def slowdown(self) -> float:
        """Share of the ratio that was lost; negative when it grew."""
        return 1 - self.now / self.before


def require_same_machine(earlier: Mapping[str, Any], machine: Mapping[str, Any]) -> None:
    """Refuse a baseline of another machine.

    Raises
    ------
    ArgumentValueError
        Names every field that differs.
    """
    other = [
        f"{name} {earlier.get(name)!r} there, {machine.get(name)!r} here"
        for name in _MACHINE
        if earlier.get(name) != machine.get(name)
    ]
    if other:
        raise ArgumentValueError(
            f"baseline: expected one measured on this machine, received one of another ({'; '.join(other)}); "
            "ratios depend on the processor, so write a baseline here with --save"
        )


def other_versions(earlier: Mapping[str, Any], machine: Mapping[str, Any]) -> list[str]:
    """Return one sentence per version or setting that differs from the baseline's, for a warning."""
    sentences = []
    for field in ("versions", "settings"):
        before, now = earlier.get(field, {}), machine.get(field, {})
        for name in sorted({*before, *now}):
            if before.get(name) != now.get(name):
                sentences.append(
                    f"{name} was {before.get(name, 'absent')}, now {now.get(name, 'absent')}"
                )
    return sentences


def changes(earlier: Run, rows: Sequence[Row]) -> list[Change]:
    """Pair the rows with those of an earlier run by id.

    Raises
    ------
    ArgumentValueError
        When not one row is in both.
    """
    before = {row.id: row for row in earlier.rows}
    pairs = [
        Change(row.id, before[row.id].ratio.median, row.ratio.median)
        for row in rows
        if row.id in before
    ]
    if not pairs:
        raise ArgumentValueError(
            f"baseline: expected rows such as {rows[0].id if rows else 'box_blur/512x512/1t'}, received "
            f"{', '.join(before) or 'none'}; measure the same sizes and threads, or write a new one with --save"
        )
    return pairs
