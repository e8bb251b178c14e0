"""A run that ends early keeps what it has: signals and faults in the middle of many images."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from fastdefect.cli.detect.outputs import Outputs
from fastdefect.errors import OutputError


class _Terminated(BaseException):
    """SIGTERM, on its way to the end of the run."""


_SIGNALS = {KeyboardInterrupt: signal.SIGINT, _Terminated: signal.SIGTERM}


@contextmanager
def kept(outputs: Outputs, count: int) -> Iterator[None]:
    """Write the tables at the end of the block, however it ends, and say how far an early end came.

    Parameters
    ----------
    outputs : Outputs
    count : int
        Images of the whole run.

    Notes
    -----
    After SIGINT and SIGTERM the exit status is 128 and the signal's number, as a shell gives it. A second signal ends the
    writing too; each table is then whole or not there.
    """
    ours = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _terminate) if ours else None
    try:
        try:
            yield
            outputs.write()
        except OutputError:  # of the writing: all that could be written is, and said
            raise
        except BaseException as error:
            number = _SIGNALS.get(type(error))
            why = "fault" if number is None else signal.Signals(number).name
            click.echo(_rescued(outputs, count, why), err=True)
            if number is not None:
                sys.exit(128 + number)
            raise
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before)


def _rescued(outputs: Outputs, count: int, why: str) -> str:
    done = f"Error: stopped by {why} after {outputs.done} of {count} images"
    if not outputs.files:
        return done
    if not outputs.done:
        return f"{done}; nothing was written"
    try:
        outputs.write()
    except OutputError as error:
        return f"{done}; {error}"
    return f"{done}; their results are in {', '.join(map(str, outputs.files.values()))}"


def _terminate(*_: object) -> NoReturn:
    raise _Terminated
