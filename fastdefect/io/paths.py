"""The names of files: what counts as one, and why one could not be opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from fastdefect.errors import ArgumentTypeError

PathLike: TypeAlias = str | os.PathLike[str]


def checked_path(argument: str, path: object) -> Path:
    """Return ``path`` as a Path, or raise an error that names ``argument``."""
    if isinstance(path, (str, os.PathLike)):
        name = os.fspath(path)
        if isinstance(name, str):
            return Path(name)
    raise ArgumentTypeError(
        f"{argument}: expected a str or pathlib.Path, received {type(path).__name__}; pass the "
        "name of a file"
    )


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; a name that the system does not take is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def reason(error: Exception) -> str:
    """Return what the system says of a failure, without the file name it puts after it."""
    return getattr(error, "strerror", None) or str(error)
