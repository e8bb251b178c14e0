"""Model files: one JSON document that names its format and version, read without trusting it.

What a detector learned is a few hundred numbers, so a text that a person can read and compare does. Nothing in it is
executed; its size is checked before memory is taken, types and ranges by the detector whose format it is.
"""

from __future__ import annotations

import json
import os
from typing import Any

from fastdefect.errors import ModelFileError
from fastdefect.io import checked_path, read_file, write_text

# A profile of a row of 262,144 pixels takes 1.8 MB; everything else 2 kB.
MOST_BYTES = 4 * 2**20


def write_model(
    path: str | os.PathLike[str], format_name: str, version: int, content: dict[str, Any]
) -> None:
    """Write beside, then rename: a reader finds the old file or the new one, whole."""
    target = checked_path("path", path)
    document = {"format": format_name, "version": version, **content}
    write_text(target, json.dumps(document, indent=1, allow_nan=False) + "\n")


def read_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the document, whatever its format; it has a ``format``, which is a text."""
    target = checked_path("path", path)
    data = read_file(
        target,
        MOST_BYTES,
        lambda received: ModelFileError(f"path: expected a model file, {target}: {received}"),
    )
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_model(target, f"no readable document ({type(error).__name__})") from error
    if not isinstance(content, dict) or not isinstance(content.get("format"), str):
        raise bad_model(target, "another kind of file")
    return content


def bad_model(path: Any, received: str) -> ModelFileError:
    """The error for a file that is no model of this package, or a damaged one."""
    return ModelFileError(
        f"path: expected a model file that this fastdefect wrote, received {path}: {received}; "
        "train again with fit, or load it with the version that saved it"
    )


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")
