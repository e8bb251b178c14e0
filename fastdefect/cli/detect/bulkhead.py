"""A run that ends early keeps what it has: signals and faults in the middle of many images."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from fastdefect.cli.detect.outputs import Outputs
from fastdefect.cli.stopping import cause, end
from fastdefect.errors import OutputError


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
    try:
        yield
        outputs.write()
    except OutputError:  # of the writing: all that could be written is, and said
        raise
    except BaseException as error:
        click.echo(_rescued(outputs, count, cause(error)), err=True)
        end(error)


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
