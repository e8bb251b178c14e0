"""A file that stays open and is read at places.

Nothing is mapped: a mapped file that shrinks, or a disk that fails, ends the process by a signal; a read that comes short is
an error that names the file.
"""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import Any

from fastdefect.errors import ImageReadError
from fastdefect.io import guarded
from fastdefect.io.paths import reason


class OpenFile:
    """A regular file, opened without waiting.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    size : int
        Bytes when it was opened.

    Raises
    ------
    ImageReadError
        There is none, it is no regular file, or it may not be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor, self.size = guarded.open_file(
            path, lambda received: ImageReadError(f"{path}: expected an image file, {received}")
        )
        weakref.finalize(self, os.close, self.descriptor)

    def read_into(self, buffer: Any, place: int) -> None:
        """Fill a buffer with the bytes from ``place`` on; several threads may read at once.

        Raises
        ------
        ImageReadError
            The file has fewer, or the disk fails.
        """
        left = memoryview(buffer).cast("B")
        try:
            while left:
                count = os.preadv(self.descriptor, [left], place)
                if not count:
                    break
                left, place = left[count:], place + count
        except OSError as error:
            raise ImageReadError(
                f"{self.path}: expected a file that can be read, received one that cannot ({reason(error)}) at byte "
                f"{place}; copy it again, then resume"
            ) from error
        if left:
            raise ImageReadError(
                f"{self.path}: expected {len(left)} bytes more at byte {place}, received the end of the file; it was cut "
                "off: copy it again, then resume"
            )
