"""CHANGELOG's table of old and new names: each new one is there, none of the old ones is."""

from __future__ import annotations

import importlib
import re

import pytest
from conftest import ROOT

BEGIN, END = "<!-- renames:begin -->", "<!-- renames:end -->"
ROW = re.compile(r"\| `(?P<old>[\w.]+)` \| `(?P<new>[\w.]+)` \|")


def _table() -> list[str]:
    """Its rows, without the two lines of its head."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip().splitlines()[2:]


def _exists(dotted: str) -> bool:
    """Whether the longest part that is a module has the rest as attributes."""
    words = dotted.split(".")
    for count in range(len(words), 0, -1):
        name = ".".join(words[:count])
        try:
            value = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if not f"{name}.".startswith(f"{error.name}."):
                raise  # the module is there, something that it imports is not
            continue
        for word in words[count:]:
            if not hasattr(value, word):
                return False
            value = getattr(value, word)
        return True
    return False


def test_every_row_is_two_names() -> None:
    rows = _table()
    assert rows
    assert not [row for row in rows if not ROW.fullmatch(row)]
    old = [row["old"] for row in map(ROW.fullmatch, rows) if row]
    assert len(old) == len(set(old))


def test_new_names_are_there_and_old_ones_are_gone() -> None:
    pairs = [(row["old"], row["new"]) for row in map(ROW.fullmatch, _table()) if row]
    wrong = [f"{new} is missing" for _, new in pairs if not _exists(new)]
    wrong += [f"{old} is still there" for old, _ in pairs if _exists(old)]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("fastdefect.checks.check_int", True),
        ("fastdefect.checks.nothing", False),
        ("nothing", False),
    ],
)
def test_a_name_is_looked_up(name: str, there: bool) -> None:
    assert _exists(name) is there
