"""What threads are in the middle of, read from their stacks: true whatever interrupted them, and after a fork too."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate, repeat, takewhile
from operator import attrgetter, call
from types import FrameType
from typing import Any, TypeVar, cast

Found = TypeVar("Found")


def frames(innermost: FrameType) -> Iterator[FrameType]:
    """The frame and those that called it, outwards; of another thread by `stacks` alone."""
    return takewhile(bool, accumulate(repeat("f_back"), getattr, initial=innermost))


def stacks() -> dict[int, list[FrameType]]:
    """The frames of every thread, innermost first; a thread that went on meanwhile has some that have ended."""
    innermost = _at_rest(sys._current_frames)
    outwards = [frames(frame) for frame in innermost.values()]
    return dict(zip(innermost, _at_rest(partial(list, map(list, outwards))), strict=True))


def locals_of(standing: Iterable[FrameType]) -> list[dict[str, Any]]:
    """The local variables of frames, of any thread."""
    return _at_rest(partial(list, map(attrgetter("f_locals"), standing)))


def _at_rest(look: Callable[[], Found]) -> Found:
    """Call what runs no line of Python, with the garbage collector at rest.

    Python 3.11 may collect whenever it makes an object for a frame, and goes on with the frame that it had. What is
    collected may let other threads run, and theirs may be gone by then: a segmentation fault. All three calls are of C,
    within one of C, so neither a signal's handler nor another thread comes between them.
    """
    if not gc.isenabled():
        return look()
    return cast(Found, list(map(call, (gc.disable, look, gc.enable)))[1])
