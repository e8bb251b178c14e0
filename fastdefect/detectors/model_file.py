"""Model files: one JSON document that names its format and version, read without trusting it.

What a detector learned is a few hundred numbers, so a text that a person can read and compare does. Nothing in it is
executed; its size is checked before memory is taken, types and ranges by the detector whose format it is.

A digest of the content, ``"digest"``, tells damage from what was saved: one flipped bit would be another model. It is of
the numbers and not of how they are written, so a file may be indented anew. To change a number on purpose put ``null`` in
place of the digest: such a file is read with a warning, and saving it again writes the new digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError, ModelFileError
from fastdefect.io import checked_path, read_file, write_text

# A profile of a row of 262,144 pixels takes 1.8 MB; everything else 2 kB.
MOST_BYTES = 4 * 2**20


def write_model(
    path: str | os.PathLike[str],
    format_name: str,
    version: int,
    content: dict[str, Any],
    check: Callable[[dict[str, Any]], object],
) -> None:
    """Write beside, then rename: a reader finds the old file or the new one, whole.

    ``check`` is given the document as a reader finds it and raises `ModelFileError` for one that it would refuse; then
    nothing is written.
    """
    target = checked_path("path", path)
    document = {"format": format_name, "version": version, **content}
    try:
        # as it will be read: tuples are lists then
        document = json.loads(json.dumps(document, allow_nan=False))
        text = json.dumps({"digest": digest(document), **document}, indent=1) + "\n"
        if len(text) > MOST_BYTES:
            raise ModelFileError(f"more than {MOST_BYTES} bytes")
        check(document)
    except (ValueError, ModelFileError) as error:
        raise ArgumentValueError(
            f"model: expected one whose file load would read, received another ({error}); nothing was written: "
            "train again, or choose thresholds within these limits"
        ) from error
    write_text(target, text)


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of all entries but the digest's own, whatever their order and indentation."""
    entries = {name: value for name, value in document.items() if name != "digest"}
    text = json.dumps(entries, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def read_bytes(target: Path, most: int) -> bytes:
    """A model file's content, of ``most`` bytes."""
    return read_file(
        target,
        most,
        lambda received: ModelFileError(f"path: expected a model file, {target}: {received}"),
    )


def read_model(
    path: str | os.PathLike[str], form: str | None = None, version: int | None = None
) -> dict[str, Any]:
    """Read the document, whatever its format, a text; with ``form`` only that one, of ``version`` and with a digest."""
    target = checked_path("path", path)
    data = read_bytes(target, MOST_BYTES)
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_model(target, f"no readable document ({type(error).__name__})") from error
    if not isinstance(content, dict) or not isinstance(content.get("format"), str):
        raise bad_model(target, "another kind of file")
    if "digest" in content:
        _check_digest(target, content)
    if form is not None:
        _check_kind(target, content, form, version)
    return content


def _check_kind(target: Path, content: dict[str, Any], form: str, version: int | None) -> None:
    if content["format"] != form:
        raise bad_model(target, "another kind of file")
    received = content.get("version")
    if received != version or isinstance(received, bool):
        raise bad_model(target, f"version {str(received)[:20]}, this fastdefect reads {version}")
    if "digest" not in content:
        raise bad_model(target, "a file without its digest")


def _check_digest(target: Path, content: dict[str, Any]) -> None:
    if content["digest"] is None:
        warnings.warn(
            f"{target}: a model file without its digest (null), as if edited by hand; damage to its numbers goes "
            "unseen: load and save it again for a new digest",
            UserWarning,
            stacklevel=4,
        )
    elif content["digest"] != digest(content):
        raise bad_model(
            target,
            "content that does not fit its digest: damaged, or edited (then put null in place of the digest)",
        )


def bad_model(path: Any, received: str) -> ModelFileError:
    """The error for a file that is no model of this package, or a damaged one."""
    return ModelFileError(
        f"path: expected a model file that this fastdefect wrote, received {path}: {received}; "
        "train again with fit, or load it with the version that saved it"
    )


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")
