"""Names in single backticks of docstrings: links where they are public, code where they are not.

So a link never leads to a private name, and ``nitpicky`` holds for all that is left.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from public_objects import public_objects

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# a word between single backticks, which no role precedes and no underscore follows
_WORD = re.compile(r"(?<![`:\w\\])`([^`\n]+)`(?![`_])")


@cache
def public_names() -> frozenset[str]:
    """Every public name as a user writes it."""
    return frozenset(public.name for public in public_objects())


@cache
def _defined() -> dict[str, str]:
    """Where each is defined: docstrings of neighbours call it by that module."""
    return {
        f"{public.value.__module__}.{public.value.__qualname__}": public.name
        for public in public_objects()
        if not public.is_property
    }


def target(word: str, owner: str) -> str | None:
    """The public name that a word means in the docstring of `owner`: there, around it, at the top, or by its module."""
    parts = owner.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join([*parts[:length], word])
        if name in public_names():
            return name
    return word if word in public_names() else _defined().get(word)


def linked(line: str, owner: str) -> str:
    """A line with its single backticks replaced by links or by double ones."""

    def replace(found: re.Match[str]) -> str:
        word = found[1]
        name = target(word.removesuffix("()"), owner)
        shown = name if name and word.startswith("fastdefect.") else word
        return f":py:obj:`{shown} <{name}>`" if name else f"``{word}``"

    return _WORD.sub(replace, line)


def _process(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    del app, what, value, options
    inside = False  # an example's output may have a backtick
    for number, line in enumerate(lines):
        inside = line.lstrip().startswith(">>>") or (inside and bool(line.strip()))
        if not inside:
            lines[number] = linked(line, name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run before numpydoc, which takes sections apart."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process, priority=100)
    return {"parallel_read_safe": True}
