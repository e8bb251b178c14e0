"""Files that are no files: each made at a path, or the name of one that is there already."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path


def _folder(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket has room for some hundred bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _sparse(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(2**40)  # takes no room on the disk


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _none(_path: Path) -> None:
    pass


SPECIAL: dict[str, Callable[[Path], None]] = {
    "folder": _folder,
    "fifo": _fifo,
    "socket": _socket,
    "sparse": _sparse,
    "zero": _link("/dev/zero"),
    "null": _link("/dev/null"),
    "dangling": _link("nothing of that name"),
    "loop": lambda path: path.symlink_to(path.name),
    "missing": _none,
}
