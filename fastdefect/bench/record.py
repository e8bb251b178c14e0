"""Measured rows as plain data, and the JSON file that holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError
from fastdefect.io import read_file
from fastdefect.perf.timing import Quartiles

FORMAT = 2
_LARGEST = 16 * 2**20  # bytes; a record of all rows and paths takes some 500 KB


@dataclass(frozen=True)
class Row:
    """One measured case.

    Attributes
    ----------
    name : str
        What was measured.
    height, width : int
        Image size in pixels.
    threads : int
        Threads of both sides.
    subject, baseline : str
        What was measured against what.
    subject_ms, baseline_ms : Quartiles
        Milliseconds per call.
    ratio : Quartiles
        How many times as fast the subject is; above 1 the subject wins.
    rounds : int
        Samples per side.
    note : str
        What the reader must know, for example in what a peer's result differs.
    digest : str
        SHA-256 of the result that both sides gave, so that figures of two machines can be known to be of one answer.
    held_back : int or None
        How often heat or a quota held the processor back while the row was measured; None where the system does not tell.
    """

    name: str
    height: int
    width: int
    threads: int
    subject: str
    baseline: str
    subject_ms: Quartiles
    baseline_ms: Quartiles
    ratio: Quartiles
    rounds: int
    note: str = ""
    digest: str = ""
    held_back: int | None = None

    @property
    def id(self) -> str:
        """Name, size and threads: how the routing lines of `fastdefect.backends.auto` cite a row."""
        return f"{self.name}/{self.height}x{self.width}/{self.threads}t"

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Row:
        """Read a row as `Run.to_dict` gives it."""
        values = {name: value for name, value in fields.items() if name != "id"}
        for name in ("subject_ms", "baseline_ms", "ratio"):
            values[name] = Quartiles(**values[name])
        return cls(**values)


@dataclass(frozen=True)
class Run:
    """One run of the benchmark.

    Attributes
    ----------
    path : str
        Processor path of the kernels: ``avx512``, ``avx2`` or ``portable``.
    machine : mapping
        What it ran on, see `fastdefect.perf.machine.describe`.
    command : str
        What to type to repeat it.
    rows : sequence of Row
        In the order of measuring.
    startup_ms : mapping of str to Quartiles
        Milliseconds to start, by what was started.
    """

    path: str
    machine: Mapping[str, Any]
    command: str
    rows: Sequence[Row]
    startup_ms: Mapping[str, Quartiles] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the run, ready for JSON."""
        return {
            "path": self.path,
            "machine": dict(self.machine),
            "command": self.command,
            "startup_ms": {name: asdict(value) for name, value in self.startup_ms.items()},
            "rows": [{"id": row.id, **asdict(row)} for row in self.rows],
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Run:
        """Read a run as `to_dict` gives it."""
        return cls(
            fields["path"],
            fields["machine"],
            fields["command"],
            [Row.from_json(row) for row in fields["rows"]],
            {name: Quartiles(**value) for name, value in fields["startup_ms"].items()},
        )


@dataclass(frozen=True)
class Record:
    """Runs of the benchmark, one per processor path: what a file of results holds.

    Attributes
    ----------
    runs : sequence of Run
        Of different paths.
    """

    runs: Sequence[Run]

    def run(self, path: str) -> Run:
        """Return the run of a processor path.

        Raises
        ------
        ArgumentValueError
            There is none.
        """
        found = [run for run in self.runs if run.path == path]
        if not found:
            raise ArgumentValueError(
                f"baseline: expected a run of processor path {path}, received runs of "
                f"{', '.join(run.path for run in self.runs) or 'none'}; write one on this machine with --save"
            )
        return found[0]

    def replaced(self, run: Run) -> Record:
        """Return the record with a run in place of that of the same path, or at its end."""
        paths = [other.path for other in self.runs]
        if run.path not in paths:
            return Record([*self.runs, run])
        return Record([run if other.path == run.path else other for other in self.runs])

    def to_json(self) -> str:
        """Return the record as JSON text."""
        document = {"format": FORMAT, "runs": [run.to_dict() for run in self.runs]}
        return json.dumps(document, indent=1) + "\n"

    @classmethod
    def from_file(cls, path: Path) -> Record:
        """Read a record.

        Raises
        ------
        ArgumentValueError
            When the file is missing, no record, or of another format.
        """

        def fault(received: str) -> ArgumentValueError:
            return ArgumentValueError(
                f"baseline: expected a file written by 'fastdefect bench --save', {path}: {received}"
            )

        data = read_file(path, _LARGEST, fault)
        try:
            document = json.loads(data.decode("utf-8"))
            if document["format"] != FORMAT:
                raise ArgumentValueError(
                    f"baseline: expected a benchmark file of format {FORMAT}, received format "
                    f"{document['format']} in {path}; write a new one with --save"
                )
            return cls([Run.from_dict(run) for run in document["runs"]])
        except ArgumentValueError:  # the sentence on the format; it is a ValueError too
            raise
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise fault(
                f"received another ({type(error).__name__}: {error}); write a new one with --save"
            ) from error
