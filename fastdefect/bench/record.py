"""Measured rows as plain data, and the JSON file that holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError
from fastdefect.perf.timing import Spread

FORMAT = 1


@dataclass(frozen=True)
class Row:
    """One measured duel.

    Attributes
    ----------
    name : str
        What was measured.
    height, width : int
        Image size in pixels.
    threads : int
        Threads of both sides.
    subject, against : str
        Who was measured against whom.
    subject_ms, against_ms : Spread
        Milliseconds per call.
    ratio : Spread
        How many times as fast the subject is; above 1 the subject wins.
    rounds : int
        Samples per side.
    note : str
        What the reader must know, for example in what a peer's result differs.
    """

    name: str
    height: int
    width: int
    threads: int
    subject: str
    against: str
    subject_ms: Spread
    against_ms: Spread
    ratio: Spread
    rounds: int
    note: str = ""

    @property
    def id(self) -> str:
        """Name, size and threads: how the routing lines of `fastdefect.backends.auto` cite a row."""
        return f"{self.name}/{self.height}x{self.width}/{self.threads}t"

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Row:
        """Read a row as `Record.to_json` wrote it."""
        values = {name: value for name, value in fields.items() if name != "id"}
        for name in ("subject_ms", "against_ms", "ratio"):
            values[name] = Spread(**values[name])
        return cls(**values)


@dataclass(frozen=True)
class Record:
    """A run of the benchmark.

    Attributes
    ----------
    machine : mapping
        What it ran on, see `fastdefect.perf.machine.describe`.
    command : str
        What to type to repeat it.
    rows : sequence of Row
        In the order of measuring.
    startup_ms : mapping of str to Spread
        Milliseconds to start, by what was started.
    """

    machine: Mapping[str, Any]
    command: str
    rows: Sequence[Row]
    startup_ms: Mapping[str, Spread] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the record as JSON text."""
        document = {
            "format": FORMAT,
            "machine": dict(self.machine),
            "command": self.command,
            "startup_ms": {name: asdict(spread) for name, spread in self.startup_ms.items()},
            "rows": [{"id": row.id, **asdict(row)} for row in self.rows],
        }
        return json.dumps(document, indent=1) + "\n"

    @classmethod
    def from_file(cls, path: Path) -> Record:
        """Read a record.

        Raises
        ------
        ArgumentValueError
            When the file is missing, no record, or of another format.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise ArgumentValueError(
                    f"baseline: expected a benchmark file of format {FORMAT}, received format "
                    f"{document['format']} in {path}; write a new one with --save"
                )
            return cls(
                document["machine"],
                document["command"],
                [Row.from_json(row) for row in document["rows"]],
                {name: Spread(**spread) for name, spread in document["startup_ms"].items()},
            )
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise ArgumentValueError(
                f"baseline: expected a file written by 'fastdefect bench --save', received {path} "
                f"({type(error).__name__}: {error}); write a new one with --save"
            ) from error
