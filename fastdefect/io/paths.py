"""The names of files: what counts as one, how it is shown and exported, and why one could not be opened."""

from __future__ import annotations

import os
import re
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
    r"""Return a name or a sentence with names as one line that a terminal shows and does not obey.

    Parameters
    ----------
    text : object
        Taken as a str; a path may hold bytes that are not UTF-8 and control characters.

    Returns
    -------
    str
        Such characters are written as escapes: ``\x..`` for a control character of ASCII or a byte that is no UTF-8,
        ``\u....`` for others; all else, of any language, stays.
    """
    return "".join(
        _escape(c) if unicodedata.category(c) in _ESCAPED or c in _TURNS else c for c in str(text)
    )


_LIKE_AN_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4})")
_AN_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")


def exported_name(name: object) -> str:
    r"""Return a name as every export and every JSON line has it: text that any reader takes, and that leads back.

    Parameters
    ----------
    name : object
        Taken as a str.

    Returns
    -------
    str
        As `printable`; a backslash that already stands before what looks like an escape becomes ``\x5c``, so that no
        two names are exported as one. `original_name` gives the name.

    Examples
    --------
    >>> print(exported_name("roll\udcff.png"), exported_name("\x1b[2J.png"))
    roll\xff.png \x1b[2J.png
    >>> original_name(exported_name("roll\udcff.png")) == "roll\udcff.png"
    True
    """
    return printable(_LIKE_AN_ESCAPE.sub(lambda _: r"\x5c", str(name)))


def original_name(exported: str) -> str:
    """Return the name that `exported_name` was given.

    Parameters
    ----------
    exported : str

    Returns
    -------
    str
        As `os.fsdecode` gives names: opens the file even where its name is not UTF-8.
    """
    return _AN_ESCAPE.sub(_character, exported)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(0xDC00 + code if escape[1] and code > 127 else code)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte of a name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 128 else f"\\u{code:04x}"


def reason(error: Exception) -> str:
    """Return what the system says of a failure, without the file name it puts after it."""
    return getattr(error, "strerror", None) or str(error)
