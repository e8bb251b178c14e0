"""Documents (what JSON and TOML hold) to other documents: damage that is still well formed."""

from __future__ import annotations

import copy
import math
from random import Random
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 4, 0.5, -0.5, 1e305, 1e-320, float("nan"), float("inf"), 2**31, 2**63, 10**400, "",
    "x", "\0", "x" * 5000, "\udcff", [], {}, [None], [[]], [1, 2], ["a.png"], {"x": 1}, [1e308] * 3, "a.png", "-1",
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a document."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        each = todo.pop()
        items = each.items() if isinstance(each, dict) else enumerate(each)
        for key, inner in items:
            found.append((each, key))
            if isinstance(inner, (dict, list)):
                todo.append(inner)
    return found


def changed(document: Any, chance: Random) -> Any:
    """One to three changes of a copy; entries near the root are taken as often as all that lie deeper."""
    made = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        found = places(made)
        if not found:
            return made
        if chance.random() < 0.3:
            # long lists would take nearly all changes otherwise
            found = [each for each in found if isinstance(each[0], dict)] or found
        place, key = chance.choice(found)
        _change(place, key, found, chance)
    return made


def _hostile(chance: Random) -> Any:
    """One of them, a copy: a list that is changed later would change for all, and could come to hold itself."""
    return copy.deepcopy(chance.choice(HOSTILE))


def _change(place: Any, key: Any, others: list[tuple[Any, Any]], chance: Random) -> None:
    value = place[key]
    kind = chance.randrange(7)
    if kind == 0:
        place[key] = _hostile(chance)
    elif kind == 1:
        del place[key]
    elif kind == 2:
        other, its = chance.choice(others)
        place[key] = copy.deepcopy(other[its]) if its in range(len(other)) or its in other else None
    elif kind == 3:
        if isinstance(place, dict):
            place[chance.choice((f"{key}s", "unknown", ""))] = value
        else:
            place.insert(key, copy.deepcopy(value))
    elif kind == 4 and isinstance(value, (list, str)):
        place[key] = value[: len(value) // 2] if chance.random() < 0.5 else value + value
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        place[key] = _hostile(chance)
    elif kind == 5:
        place[key] = -value
    else:
        place[key] = value + type(value)(chance.choice((1, -1, 2, 100)))


def same(one: Any, other: Any) -> bool:
    """Equal up to float32; entries of ``one`` that no one knows may be gone."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(name in one and same(one[name], other[name]) for name in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-44)
    return bool(one == other)
