"""One way to write a file, for pictures, texts and models: whole or not at all."""

from __future__ import annotations

import os
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
    # A name that no one can guess and put a link at; not tempfile, whose files are private whatever the umask says.
    beside = name.parent / f".fastdefect-{secrets.token_hex(8)}.part"
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
        raise OutputError(
            f"{name}: cannot be written ({reason(error)}); choose another place, or make room and "
            "permission there"
        ) from error
    return name
