"""Signals that end a command: every command cleans up, says so, and ends with the status that a shell expects."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click


class _Terminated(BaseException):
    """SIGTERM, on its way to the end of the command."""


_SIGNALS = {KeyboardInterrupt: signal.SIGINT, _Terminated: signal.SIGTERM}


def cause(error: BaseException) -> str:
    """What ended the work, in a word: the name of the signal, or a fault."""
    number = _SIGNALS.get(type(error))
    return "fault" if number is None else signal.Signals(number).name


def end(error: BaseException) -> NoReturn:
    """End as the signal wants: exit status 128 and its number, as a shell gives it. A fault goes on."""
    number = _SIGNALS.get(type(error))
    if number is None:
        raise error
    sys.exit(128 + number)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM, like Ctrl-C, run through what cleans up and keeps what is finished, and say what ended the block."""
    ours = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _terminate) if ours else None
    try:
        yield
    except tuple(_SIGNALS) as error:
        click.echo(f"Error: stopped by {cause(error)}", err=True)
        end(error)
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before)


def _terminate(*_: object) -> NoReturn:
    raise _Terminated
