"""The names of files: what counts as one, and why one could not be opened."""

from __future__ import annotations

import os
import unicodedata
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


# Marks that turn the direction of what follows, so that a name reads as another.
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPED = frozenset(
    {"Cc", "Cs", "Zl", "Zp"}
)  # control characters, bytes that are no text, ends of lines


def printable(text: object) -> str:
    """Return a name or a sentence with names as one line that a terminal shows and does not obey.

    Parameters
    ----------
    text : object
        Taken as a str; a path may hold bytes that are not UTF-8 and control characters.

    Returns
    -------
    str
        Such characters are written as escapes, as in a literal of Python; all others, of any language, stay.
    """
    return "".join(
        _escape(c) if unicodedata.category(c) in _ESCAPED or c in _TURNS else c for c in str(text)
    )


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte of a name that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def reason(error: Exception) -> str:
    """Return what the system says of a failure, without the file name it puts after it."""
    return getattr(error, "strerror", None) or str(error)
