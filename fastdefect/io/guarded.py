"""The one way in which a file is read: opened without waiting, looked at while open, read up to a limit.

Images, masks, models, areas, configurations, baselines and profiles all come through here. What is looked at is the
open descriptor and not the name, so a file that is swapped in between changes nothing, and whoever decodes gets the
bytes that were read and never opens the file again.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from fastdefect.io.paths import reason

# A FIFO without a writer is not waited for, and a terminal does not become that of the process.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_KINDS = (
    (stat.S_ISDIR, "a folder; name a file in it"),
    (stat.S_ISFIFO, "a device or pipe; copy its content to a file"),
    (stat.S_ISCHR, "a device or pipe; copy its content to a file"),
    (stat.S_ISBLK, "a device or pipe; copy its content to a file"),
)


def read_file(
    path: Path,
    most: int,
    fault: Callable[[str], Exception],
    *,
    remedy: str = "check that it is the one meant",
    first: int | None = None,
) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path : Path
    most : int
        Bytes; a larger file is refused before any of it is read.
    fault : callable
        Makes the error that is raised from what was received and the remedy: ``"received a folder; name a file in it"``.

    remedy : str
        What to do about a file that is too large.
    first : int, optional
        Read only so many bytes from the beginning.

    Returns
    -------
    bytes
        As many as the file had when it was opened, or fewer where it shrank meanwhile.

    Raises
    ------
    Exception
        What ``fault`` makes, for anything but a regular file of at most ``most`` bytes that may be read.
    """
    descriptor, size = open_file(path, fault)

    def unread(error: Exception) -> Exception:
        told = reason(error) or "not enough memory"
        return fault(f"received one that cannot be read ({told}); copy it again")

    try:
        if size > most:
            raise fault(f"received {size} bytes, more than the {most} that are read; {remedy}")
        try:
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(size if first is None else first)
        except (OSError, MemoryError) as error:
            raise unread(error) from error
    finally:
        os.close(descriptor)


def open_file(path: Path, fault: Callable[[str], Exception]) -> tuple[int, int]:
    """Open a regular file without waiting; return its descriptor and how many bytes it has.

    Raises
    ------
    Exception
        What ``fault`` makes, for anything but a regular file that may be read.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError as error:
        raise fault("found nothing of that name; check the path") from error
    except (OSError, ValueError) as error:
        # a socket cannot be opened; the system's sentence for that is about addresses
        told = "a socket" if _is_socket(path) else f"one that cannot be opened ({reason(error)})"
        raise fault(f"received {told}; check path and permissions") from error
    try:
        try:
            status = os.fstat(descriptor)
        except OSError as error:  # a share that is gone
            told = reason(error)
            raise fault(f"received one that cannot be read ({told}); copy it again") from error
        for is_kind, what in _KINDS:
            if is_kind(status.st_mode):
                raise fault(f"received {what}")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status.st_size


def _is_socket(path: Path) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
