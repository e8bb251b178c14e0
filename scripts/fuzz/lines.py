"""Which lines of some sources run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Lines = set[tuple[str, int]]


def lines_of(path: Path) -> set[int]:
    """Lines inside functions: those that run when a file is read, and not at import."""
    found: set[int] = set()
    todo = [compile(path.read_text("utf-8"), str(path), "exec")]
    while todo:
        code = todo.pop()
        todo += [each for each in code.co_consts if isinstance(each, CodeType)]
        if code.co_flags & 1:  # a function's own, no module's or class's
            found |= {
                line for _, _, line in code.co_lines() if line and line != code.co_firstlineno
            }
    return found


@contextmanager
def traced(sources: set[str], reached: Lines) -> Iterator[None]:
    """Add the lines of ``sources`` that run inside to ``reached``; everything runs several times slower meanwhile."""

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        if frame.f_code.co_filename not in sources:
            return None
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)
