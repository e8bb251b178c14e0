"""What another page says of a page that zooms, and the way there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastdefect.io import exported_name, printable

if TYPE_CHECKING:
    from fastdefect.large.result import LargeDetection


def summary(name: str, result: LargeDetection) -> dict[str, Any]:
    """A result in the few words that another page has for it."""
    return {
        "name": exported_name(name),
        "height": result.shape[0],
        "width": result.shape[1],
        "verdict": result.verdict,
        "defects": len(result.defects),
        "notes": [printable(note) for note in result.notes],
    }


def link(view: Path, beside: Path) -> str:
    """From a page in a folder to another one."""
    return quote(os.path.relpath(view, beside).encode("utf-8", "surrogateescape"))
