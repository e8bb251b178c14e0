"""Places for results, tried before long work."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastdefect.errors import OutputError
from fastdefect.io.atomic import remove_stale
from fastdefect.io.paths import PathLike, checked_path, is_folder, reason


def check_place(path: PathLike) -> Path:
    """Make sure, before long work, that a file can be written; its folder is made where it is missing.

    Raises
    ------
    OutputError
        A folder stands in the way, or the folder around cannot be made or written.
    """
    name = checked_path("path", path)
    make_folder(name.parent)
    if is_folder(name):
        raise OutputError(
            f"{name}: expected the name of a file to write, received a folder; name a file in it"
        )
    return name


def make_folder(path: PathLike) -> Path:
    """Make a folder, with its parents, where it is missing; half-written files of dead processes in it are removed.

    Raises
    ------
    OutputError
        It cannot be made, or files cannot be written into it.
    """
    name = checked_path("path", path)
    try:
        name.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=name):
            pass
        remove_stale(name)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{name}: expected a folder for the results that can be written, received one that "
            f"cannot ({reason(error)}); choose another"
        ) from error
    return name
