"""How many bytes a step keeps, for the bound on kept plans."""

from __future__ import annotations

from functools import partial
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from fastdefect.backends.table import Step


def held_bytes(step: Step) -> int:
    """Bytes of all arrays that a step keeps: in its closure, in its parts and in theirs."""
    parts: list[Any] = [step]
    known: dict[int, Any] = {}
    while parts:
        part = parts.pop()
        while isinstance(part, np.ndarray) and isinstance(part.base, np.ndarray):
            part = part.base  # a view, however small, keeps the whole
        if id(part) not in known:
            known[id(part)] = part
            parts += _parts(part)
    return sum(part.nbytes for part in known.values() if isinstance(part, np.ndarray))


def _parts(part: Any) -> list[Any]:
    """What an object holds that may hold arrays; other packages' objects are left alone."""
    if isinstance(part, FunctionType):
        return [cell.cell_contents for cell in part.__closure__ or ()]
    if isinstance(part, MethodType):
        return [part.__self__]
    if isinstance(part, partial):
        return [part.func, *part.args]
    if isinstance(part, (tuple, list)):
        return list(part)
    if isinstance(part, dict):
        return list(part.values())
    if not type(part).__module__.startswith("fastdefect."):
        return []
    slots = [getattr(part, name, None) for name in getattr(type(part), "__slots__", ())]
    return [*slots, *getattr(part, "__dict__", {}).values()]
