"""What a thread is in the middle of, read from its stack: true whatever interrupted it, and after a fork too."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType


def frames(innermost: FrameType | None) -> Iterator[FrameType]:
    """The frame and those that called it, outwards."""
    while innermost is not None:
        yield innermost
        innermost = innermost.f_back
