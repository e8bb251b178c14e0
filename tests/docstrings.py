"""A numpydoc docstring, taken apart: its sections and the names that they describe."""

from __future__ import annotations

import re

HEADING = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
NAMES = re.compile(r"^(?P<names>[*\w]+(?:, [*\w]+)*)(?: ?:.*)?$")


def sections(doc: str) -> dict[str, str]:
    """The text of each section under its title; the summary is none."""
    marks = list(HEADING.finditer(doc))
    ends = [mark.start() for mark in marks[1:]] + [len(doc)]
    return {
        mark["title"]: doc[mark.end() : end].strip("\n")
        for mark, end in zip(marks, ends, strict=False)  # no heading at all: one end too many
    }


def described(section: str) -> set[str]:
    """Names that a section of parameters or attributes describes: those on its unindented lines."""
    found: set[str] = set()
    for line in section.splitlines():
        match = NAMES.match(line)
        if match:
            found |= {name.lstrip("*") for name in match["names"].split(", ")}
    return found
