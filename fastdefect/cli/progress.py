"""A progress bar on standard error that is there only for a person at a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """A bar over ``total`` steps; a context manager that leaves nothing on the screen.

    Parameters
    ----------
    total : int
        Number of steps.
    what : str
        What is done in a step, one word or two.
    hidden : bool
        Show nothing, whatever the terminal.

    Attributes
    ----------
    lines : Console
        Where to print lines meanwhile: standard output. Where that and standard error are the same
        terminal, the bar's own console, which keeps lines and bar apart.
    errors : Console
        Likewise for standard error.
    """

    def __init__(self, total: int, what: str, *, hidden: bool = False) -> None:
        console = Console(stderr=True)
        self.errors = console
        self.lines = console if console.is_terminal and sys.stdout.isatty() else Console()
        self._what = what
        self._progress = _progress(console) if console.is_terminal and not hidden else None
        self._task = self._progress.add_task(what, total=total) if self._progress else None

    def __enter__(self) -> Bar:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def say(self, what: str) -> None:
        """Show what is done now, at once, until the next step."""
        self._update(description=what, refresh=True)

    def step(self) -> None:
        """Count one step."""
        self._update(advance=1, description=self._what)

    def at(self, done: int, total: int, what: str | None = None) -> None:
        """Show that ``done`` of ``total`` steps are done, and what is done in one; from any thread."""
        self._update(completed=done, total=total, description=what or self._what)

    def _update(self, **what: Any) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, **what)


def _progress(console: Console) -> Progress:
    """The bar itself; its module costs 10 ms of a start, which only a person at a terminal pays."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,  # into a file or pipe it must not pass through this console,
        redirect_stderr=False,  # and what goes to a terminal comes from the two consoles
        refresh_per_second=4,
    )
