"""Consoles for tables."""

from __future__ import annotations

from rich.console import Console


def table_console(width: int) -> Console:
    """Return standard output as a console: a terminal has its own width, a file or pipe gets this one."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=width, highlight=False)
