"""What ``fastdefect COMMAND --help`` prints, where a page says ``<!-- help of the commands -->``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.main import ALIASES, cli

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_MARK = "<!-- help of the commands -->"
_WIDTH = 88  # characters that a code block of the site shows at once


def _help(command: click.Command, name: str) -> list[str]:
    context = click.Context(
        command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    return ["```text", command.get_help(context), "```", ""]


def pages() -> str:
    """The program's help and that of each command, with its second names."""
    context = click.Context(cli, info_name="fastdefect")
    said = ["## fastdefect", "", *_help(cli, "fastdefect")]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        said += [f"## fastdefect {name}", ""]
        said += [f"Also `fastdefect {other}`.\n" for other, of in ALIASES.items() if of == name]
        said += _help(command, f"fastdefect {name}")
    return "\n".join(said)


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    if _MARK in source[0]:
        source[0] = source[0].replace(_MARK, pages())


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the page when it is read."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}
