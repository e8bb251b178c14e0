"""What a run has finished, line by line, so that a later one goes on where it was killed.

The first line names input, detector, settings and version. Every other one says which blocks of a pass are in their files,
with their SHA-256s, or what a pass found out. Each line has a check sum; one that does not fit it counts as not written,
and so does a block whose file has other bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.io.atomic import GrowingFile
from fastdefect.io.guarded import read_file
from fastdefect.large.hashes import document_digest
from fastdefect.large.layout import Place

FORMAT = "fastdefect journal 1"
NAME = "journal.jsonl"
# 30 bytes for each of 64 hexadecimal digits, 3 planes, of a block: a terapixel
_MOST = 1 << 30


class Journal:
    """The journal of a result's folder.

    Parameters
    ----------
    folder : Path
    header : dict
        Plain data that names the run.
    resume : bool
        Go on with what is there.

    Attributes
    ----------
    blocks : list of dict
        For each pass, the SHA-256s by plane of each finished block.
    numbers : dict
        What each finished pass found out.
    certificate : dict or None
        That of a run that was finished.

    Raises
    ------
    ArgumentValueError
        What is there is of another run; says in what it differs.
    OutputError
        It cannot be written.
    """

    def __init__(self, folder: Path, header: dict[str, Any], passes: int, *, resume: bool) -> None:
        self.path = folder / NAME
        self.blocks: list[dict[Place, dict[str, str]]] = [{} for _ in range(passes)]
        self.numbers: dict[int, dict[str, Any]] = {}
        self.certificate: dict[str, Any] | None = None
        lines = read_lines(self.path) if resume and self.path.exists() else []
        if lines:
            check_header(self.path, lines[0], header)
        for line in lines[1:]:
            self._take(line)
        kept = lines or [header]
        self._file = GrowingFile(self.path, "".join(map(_written, kept)))

    def finished(self, index: int, blocks: dict[Place, dict[str, str]]) -> None:
        """Take note that blocks of a pass are in their files."""
        listed = [[*place, digests] for place, digests in blocks.items()]
        self._add({"pass": index, "blocks": listed})

    def ended(self, index: int, numbers: dict[str, Any]) -> None:
        """Take note of what a pass found out."""
        self._add({"pass": index, "numbers": numbers})

    def certified(self, certificate: dict[str, Any]) -> None:
        """Write the last line."""
        self._add({"certificate": certificate})
        self._file.close()

    def _add(self, line: dict[str, Any]) -> None:
        self._take(line)
        self._file.append(_written(line))

    def _take(self, line: dict[str, Any]) -> None:
        if "blocks" in line:
            for row, column, digests in line["blocks"]:
                self.blocks[line["pass"]][row, column] = digests
        elif "numbers" in line:
            self.numbers[line["pass"]] = line["numbers"]
        elif "certificate" in line:
            self.certificate = line["certificate"]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a journal that fit their check sums."""
    data = read_file(
        path, _MOST, lambda told: ImageReadError(f"{path}: expected a journal, {told}")
    )
    found = []
    for text in data.splitlines():
        try:
            line = json.loads(text)
            if line.pop("check") == document_digest(line)[:16]:
                found.append(line)
        except (ValueError, KeyError, AttributeError, RecursionError):
            continue
    return found


def check_header(path: Path, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse a journal of another run.

    Raises
    ------
    ArgumentValueError
        Says what differs.
    """
    for name, value in json.loads(json.dumps(wanted)).items():
        if found.get(name) != value:
            raise ArgumentValueError(
                f"{path}: expected a journal of this {name} ({_brief(value)}), received one of another "
                f"({_brief(found.get(name))}); choose another folder, or start anew with resume=False (`--anew`)"
            )


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(line: dict[str, Any]) -> str:
    return json.dumps({**line, "check": document_digest(line)[:16]}, allow_nan=False) + "\n"
