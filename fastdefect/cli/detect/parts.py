"""Images that are too large to be read whole: inspected in parts, within the memory that the user names."""

from __future__ import annotations

import os
from pathlib import Path

from fastdefect.errors import FastDefectError
from fastdefect.io import MAX_PIXELS
from fastdefect.io.tiles import Source, open_source
from fastdefect.io.tiles.source import is_partial

VIEW = Path("view", "index.html")
"""The page of such an image, in its result's folder."""
# Bits of the largest image that is read whole: a file of fewer bytes is hardly of a larger one, and is tried whole first.
_HARDLY = MAX_PIXELS // 8


def read_in_parts(path: Path, page: int | None) -> Source | None:
    """Open an image that is too large to be read whole; None for any other.

    Raises
    ------
    ImageReadError, MissingPackageError
        A file so large that it is no other, which cannot be opened.
    """
    if not is_partial(path):
        return None
    try:
        source = open_source(path, page)
    except FastDefectError:
        if os.stat(path).st_size > _HARDLY:
            raise
        return None
    return source if source.shape[0] * source.shape[1] > MAX_PIXELS else None


def is_surely_large(path: Path) -> bool:
    """Whether a file has so many bytes that reading it whole is not to be tried."""
    try:
        return os.stat(path).st_size > _HARDLY
    except (OSError, ValueError):
        return False
