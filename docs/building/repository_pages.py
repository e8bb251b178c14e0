"""Text of the repository's own pages inside pages of the site, so that nothing is written twice and no figure is typed.

A page of the site takes a whole file, or what stands under one heading, by a comment on a line of its own::

    <!-- from PARITY.md -->
    <!-- from README.md, part "When not to use it" -->

Links between these files become links between pages; of a file that is no page the path is shown instead, for the site
knows no address of the repository.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs"
_FROM = re.compile(r'^<!-- from (?P<file>\S+?)(?:, part "(?P<part>[^"]+)")? -->$', re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<file>[\w./-]+)(?P<anchor>#[\w-]+)?\)")
_FENCE = re.compile(r"^( *)(```+|~~~+)")


class MissingPartError(ValueError):
    """A page asks for a heading that its file lacks."""


@cache
def pages() -> dict[str, str]:
    """The page of the site that holds all of a file: its path in the repository, the page's path in the site."""
    found = {}
    for page in sorted(SITE.glob("**/*.md")):
        for match in _FROM.finditer(page.read_text("utf-8")):
            if match["part"] is None:
                found[match["file"]] = page.relative_to(SITE).as_posix()
    return found


def part(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or above; a ``#`` in a code block is no heading."""
    lines: list[str] = []
    level, fence = 0, ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[2]
        elif mark and line.strip() == fence:
            fence = ""
        depth = 0 if fence else len(line) - len(line.lstrip("#"))
        if depth and level and depth <= level:
            break
        if level:
            lines.append(line)
        if depth and line[depth:].strip() == heading:
            level = depth
    if not level:
        raise MissingPartError(
            f"no heading {heading!r}; there are {re.findall('^#+ (.*)', text, re.M)}"
        )
    return "\n".join(lines).strip() + "\n"


def relinked(text: str, file: str, page: str) -> str:
    """Links of `file`, which stand in `page` of the site now, led to where their targets are there."""

    def replace(link: re.Match[str]) -> str:
        wanted = normpath((PurePosixPath(file).parent / link["file"]).as_posix())
        up = "../" * page.count("/")
        if wanted in pages():
            return f"[{link['text']}]({up}{pages()[wanted]}{link['anchor'] or ''})"
        if wanted.startswith("docs/") and (ROOT / wanted).is_file():
            return f"[{link['text']}]({up}{wanted.removeprefix('docs/')})"
        return link["text"] if link["text"] == wanted else f"{link['text']} (`{wanted}`)"

    return _LINK.sub(replace, text)


def filled(text: str, page: str) -> tuple[str, list[Path]]:
    """A page with its comments replaced, and the files that it was made of."""
    files: list[Path] = []

    def replace(found: re.Match[str]) -> str:
        files.append(ROOT / found["file"])
        whole = files[-1].read_text("utf-8")
        taken = whole if found["part"] is None else part(whole, found["part"])
        return relinked(taken, found["file"], page)

    return _FROM.sub(replace, text), files


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    if app.env.doc2path(name).suffix != ".md":
        return
    source[0], files = filled(source[0], f"{name}.md")
    for file in files:
        app.env.note_dependency(file)


def setup(app: Sphinx) -> dict[str, Any]:
    """Read every page through `filled`."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}
