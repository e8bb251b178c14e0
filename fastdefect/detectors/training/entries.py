"""Entries of a model file: which types and ranges are believed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fastdefect.errors import ModelFileError

MOST_COLUMNS = 2**18


def number(content: dict[str, Any], name: str, least: float, most: float) -> float:
    """A finite number of a range."""
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise ModelFileError(f"{name} is not a number from {least:g} to {most:g}")
    return float(value)


def integer(content: dict[str, Any], name: str, least: int, most: int) -> int:
    """An integer of a range."""
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelFileError(f"{name} is not an integer from {least} to {most}")
    return value


def numbers(
    content: dict[str, Any], name: str, count: int | None, least: float, most: float, dtype: Any
) -> Any:
    """Finite numbers of a range, ``count`` of them, or up to `MOST_COLUMNS`."""
    values = content[name]
    limit = MOST_COLUMNS if count is None else count
    if (
        not isinstance(values, list)
        or len(values) > limit
        or (count is not None and len(values) != count)
    ):
        raise ModelFileError(f"{name} is not a list of {count or 'numbers'}")
    for value in values:
        whole = np.issubdtype(dtype, np.integer)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ModelFileError(f"{name} holds something that is no number")
        if not (least <= value <= most and math.isfinite(value)):
            raise ModelFileError(f"{name} holds a number beyond {least:g} ... {most:g}")
    return np.array(values, dtype)


def mapping(content: dict[str, Any], name: str) -> dict[str, Any]:
    """A part with entries of its own."""
    value = content[name]
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} is missing")
    return value
