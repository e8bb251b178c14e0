"""Memory of a plan that a result borrows, and copies of what was borrowed."""

from __future__ import annotations

from typing import Any

import numpy as np


class Lease:
    """How often the memory of a plan was used; a result that borrowed it remembers the number."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0


def copied(value: Any) -> Any:
    """Arrays of one's own in place of arrays, also in tuples and mappings."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    return {k: copied(v) for k, v in value.items()} if isinstance(value, dict) else value
