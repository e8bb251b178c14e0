"""The benchmark as a gate: ratios against OpenCV now and in an earlier run, never absolute times.

A ratio of two medians of the same run survives another clock rate or a busy neighbour; milliseconds do not.
It does not survive another processor, so a baseline of another machine is refused. Nor is a difference judged that is
smaller than the noise of the two runs, which is measured with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from fastdefect.bench.record import Row, Run
from fastdefect.errors import ArgumentValueError
from fastdefect.perf.timing import Quartiles

# What makes two machines the same for a ratio. The thread count is that of the rows, hence not here.
_MACHINE = ("processor", "family", "features", "system")


@dataclass(frozen=True)
class Change:
    """One row now beside the same row of the baseline.

    Attributes
    ----------
    id : str
        The row's id.
    before, now : Quartiles
        Ratios against OpenCV.
    """

    id: str
    before: Quartiles
    now: Quartiles

    @property
    def slowdown(self) -> float:
        """Share of the ratio that was lost; negative when it grew."""
        return 1 - self.now.median / self.before.median

    @property
    def noise(self) -> float:
        """Share that the ratios of both runs scatter by: half of each one's quartile distance, as independent errors.

        Half the rounds of a run lie within it. The median of many rounds is known better than that where they are
        independent, but what disturbs one round, another program or clock rate, disturbs its neighbours too.
        """
        return hypot(*((q.high - q.low) / (2 * q.median) for q in (self.before, self.now)))

    @property
    def is_judged(self) -> bool:
        """Whether the difference is larger than the noise, so that it says something."""
        return abs(self.slowdown) > self.noise

    def lost(self, limit: float) -> bool:
        """Whether more than that share of the ratio was lost, as far as the noise lets anyone say."""
        return self.is_judged and self.slowdown > limit


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
    pairs = [Change(row.id, before[row.id].ratio, row.ratio) for row in rows if row.id in before]
    if not pairs:
        raise ArgumentValueError(
            f"baseline: expected rows such as {rows[0].id if rows else 'box_blur/512x512/1t'}, received "
            f"{', '.join(before) or 'none'}; measure the same sizes and threads, or write a new one with --save"
        )
    return pairs
