"""One way to write a file, for pictures, texts and models: whole or not at all; and files that grow line by line."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from pathlib import Path

from fastdefect.errors import OutputError
from fastdefect.io.paths import PathLike, checked_path, reason


def write_text(path: PathLike, text: str) -> Path:
    """Write a text file in UTF-8, whole or not at all; see `write_bytes`.

    Parameters
    ----------
    path : str or os.PathLike
    text : str

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ArgumentTypeError, OutputError
        As `write_bytes`.
    """
    return write_bytes(path, text.encode("utf-8", "surrogateescape"))


def write_bytes(path: PathLike, data: bytes) -> Path:
    """Write a file, whole or not at all: beside its place first, then renamed over it.

    Parameters
    ----------
    path : str or os.PathLike
        The file; a file or link that stands there is replaced, never written into.
    data : bytes
        Its content.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ArgumentTypeError
        ``path`` is no path.
    OutputError
        The folder is missing or not writable, the disk is full, or a folder stands in the way.
        Nothing is left behind and an older file of that name is unchanged.

    Notes
    -----
    The content is on the disk before the name changes hands, so that after a power failure too the name stands for the
    old file or the new one.
    """
    name = checked_path("path", path)
    beside = _beside(name)
    try:
        try:
            with open(beside, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, name)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise _refused(name, error) from error
    return name


class GrowingFile:
    """A text file that keeps what was appended so far, whatever becomes of the process.

    It takes its name with the first text, in place of an older file or link there. Each text is on the file whole or not at
    all; what a full disk did not take is tried again with the next text and at `close`.

    Parameters
    ----------
    path : Path
    begin : str
        What it begins with, there as soon as the file has its name.
    """

    def __init__(self, path: Path, begin: str = "") -> None:
        self.path = path
        self._begin = begin.encode("utf-8", "surrogateescape")
        self._file: int | None = None
        self._size = len(self._begin)
        self._left = b""

    def append(self, text: str) -> None:
        """Write a text at the end.

        Raises
        ------
        OutputError
            It cannot be written now.
        """
        self._left += text.encode("utf-8", "surrogateescape")
        try:
            self._write()
        except (OSError, ValueError) as error:
            raise _refused(self.path, error) from error

    def close(self) -> Path:
        """Write what is left; return where.

        Raises
        ------
        OutputError
            Something was appended that is not on the disk.
        """
        try:
            os.fsync(self._write())
        except (OSError, ValueError) as error:
            raise _refused(self.path, error) from error
        return self.path

    def _write(self) -> int:
        file = self._file
        if file is None:
            write_bytes(self.path, self._begin)
            file = self._file = os.open(self.path, _APPEND)
        left = memoryview(self._left)
        size = self._size + len(left)
        try:
            os.truncate(file, self._size)  # half a text, of a fault before
            while left:
                left = left[os.write(file, left) :]
        except BaseException:
            os.truncate(file, self._size)
            raise
        self._size, self._left = size, b""
        return file


_APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _refused(name: Path, error: Exception) -> OutputError:
    return OutputError(
        f"{name}: cannot be written ({reason(error)}); choose another place, or make room and "
        "permission there"
    )


def _system() -> str:
    """What a process number belongs to: the host and, on Linux, the container's numbering of processes."""
    try:
        numbering = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        numbering = 0
    return hashlib.sha256(f"{platform.node()} {numbering}".encode()).hexdigest()[:12]


def _beside(name: Path) -> Path:
    # A name that no one can guess and put a link at; not tempfile, whose files are private whatever the umask says.
    return name.parent / f".fastdefect-{_system()}-{os.getpid()}-{secrets.token_hex(8)}.part"


def remove_stale(folder: Path) -> None:
    """Remove what processes of this system that live no more left half-written in a folder; never another's."""
    ours = re.compile(rf"\.fastdefect-{_system()}-(\d+)-[0-9a-f]{{16}}\.part")
    with os.scandir(folder) as entries:
        found = [(entry.path, ours.fullmatch(entry.name)) for entry in entries]
    for path, match in found:
        if match is not None and not _alive(int(match[1])):
            Path(path).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass  # another user's, or a system without the question
    return True
