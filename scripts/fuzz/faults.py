"""Faults of the system: the n-th operation of a call on files or decoders fails."""

from __future__ import annotations

import builtins
import errno
import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from reader import ROOT

PACKAGE = f"{ROOT / 'fastdefect'}{os.sep}"
# What an operation may raise. Memory may end where bytes are taken in.
ERRORS: dict[str, Callable[[], Exception]] = {
    "full": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "broken": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "forbidden": lambda: PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
}
LIES: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda _image: None,
    "black": lambda image: None if image is None else np.zeros_like(image),
    "deep": lambda image: None if image is None else image.astype(np.uint16),
    "large": lambda _image: np.zeros((300, 300, 3), np.uint8),
}
"""What a decoder may give in place of a picture."""
_ON_FILES = (
    (os, "open"), (os, "fstat"), (os, "stat"), (os, "fsync"), (os, "replace"), (os, "makedirs"), (builtins, "open"),
    (tempfile, "TemporaryFile"),
)  # fmt: skip


@contextmanager
def injected(number: int, kind: str) -> Iterator[list[str]]:
    """Let the ``number``-th operation of the package fail; gives a list that then has the operation's name.

    ``kind`` is one of `ERRORS` for operations on files; "memory" for the n-th of those that take memory for what a file
    holds, "decoder" or one of `LIES` for the n-th decoding, "package" for the n-th optional package that is asked for.
    """
    hit: list[str] = []
    count = 0

    def failing(name: str, real: Callable[..., Any], fails: Callable[[Any], Any]) -> Any:
        def operation(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            # memory may end where bytes are read, not where a file is made
            other = kind == "memory" and name == "open" and "rb" not in arguments
            if hit or other or not _ours(sys._getframe(1)):
                return real(*arguments, **options)
            count += 1
            if count < number:
                return real(*arguments, **options)
            hit.append(name)
            return fails(lambda: real(*arguments, **options))

        return operation

    with ExitStack() as stack:

        def replace(place: Any, name: str, fails: Callable[[Any], Any]) -> None:
            stack.enter_context(
                patch.object(place, name, failing(name, getattr(place, name), fails))
            )

        if kind in ERRORS:
            for place, name in _ON_FILES:
                replace(place, name, _raising(ERRORS[kind]))
        elif kind == "memory":
            replace(cv2, "imdecode", _raising(MemoryError))
            replace(builtins, "open", _raising(MemoryError))
        elif kind == "decoder":
            replace(cv2, "imdecode", _raising(lambda: cv2.error("no decoder")))
            replace(cv2, "imencode", _raising(lambda: cv2.error("no encoder")))
        elif kind == "package":
            replace(importlib, "import_module", _raising(lambda: ModuleNotFoundError("gone")))
        else:
            replace(cv2, "imdecode", lambda real: LIES[kind](real()))
        yield hit


def _raising(error: Callable[[], Exception]) -> Callable[[Any], Any]:
    def fails(_real: Any) -> Any:
        raise error()

    return fails


def _ours(frame: Any) -> bool:
    """Whether the package asked, itself or through two functions of the standard library or Numba."""
    for _ in range(3):
        if frame is None:
            return False
        if frame.f_code.co_filename.startswith(PACKAGE):
            return True
        frame = frame.f_back
    return False
