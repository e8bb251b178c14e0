"""A folder that one run alone writes to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastdefect.errors import OutputError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder for the block's time.

    The lock belongs to the folder's descriptor, so it leaves no file behind, and the system lifts it when the process ends,
    however that happens. A file system that knows no locks of folders grants it.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    OutputError
        Another run is in it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(
                f"{folder}: expected a folder that no other run writes to, received one that a run is at work in; wait for "
                "its end, or choose another folder"
            ) from error
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)
