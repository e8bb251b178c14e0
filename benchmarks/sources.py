"""Which code a table of figures belongs to: a digest of the files that decide them, kept beside the figures.

    python -m benchmarks.sources

fails where a table was measured with other code than the tree's, unless `OLDER` names it. Comments, docstrings and
format do not count: the digest is that of the syntax tree.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.older import OLDER
from fastdefect.perf.machine import describe
from fastdefect.tiling.workers import available_threads

TOP = Path(__file__).resolve().parents[1]
# What else the programs of a table are told, beside the package's own variables.
_TOLD = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "OPENCV_CPU_DISABLE", "OPENCV_IPP")

# How files of machine code are looked at before they are loaded, milliseconds of a start and no other figure; how
# trained models are written and read, to the same bits; what is asked of passed frames after their verdict; and the tiles
# of networks, which no table of kernels runs.
_NOT_COUNTED = (
    "fastdefect/calibration/drift.py",
    "fastdefect/kernels/_numba/disk_cache.py",
    "fastdefect/detectors/joined/file.py",
    "fastdefect/detectors/pattern/file.py",
    "fastdefect/detectors/texture/file.py",
    "fastdefect/tiling/one_size.py",
)


@dataclass(frozen=True)
class Table:
    """A file of figures.

    Attributes
    ----------
    file : str
        Its name in this folder.
    command : str
        What measures it.
    paths : tuple of str
        Files, folders and patterns of files that decide the figures.
    parts : callable
        The file's content to the facts of each part: ``commit`` and ``sources``.
    """

    file: str
    command: str
    paths: tuple[str, ...]
    parts: Callable[[Any], dict[str, dict[str, Any]]]


class Part(NamedTuple):
    """A part of a table as it was measured."""

    table: Table
    name: str
    commit: str | None
    sources: str | None


def _of_speed(speed: bool) -> Callable[[Any], dict[str, dict[str, Any]]]:
    return lambda content: {
        name: part for name, part in content.items() if (name == "speed") is speed
    }


# The kernels of the article's detector and of the single operations.
_ARTICLE = (
    "_numba", "simd", "box_blur", "hsv", "morphology", "nl_means", "otsu", "regions", "area.py", "border.py",
    "contours.py",
)  # fmt: skip
RESULTS = Table(
    "results.json",
    "python -m benchmarks.results",
    # not backends/auto.py: its rules follow the figures
    (*(f"fastdefect/kernels/{name}" for name in _ARTICLE), "fastdefect/tiling", "fastdefect/backends/numba.py",
     "fastdefect/backends/byte_stages", "fastdefect/backends/*nl_means*.py", "fastdefect/backends/opencv.py"),
    lambda content: {run["path"]: run["machine"] for run in content["runs"]},
)  # fmt: skip
CALLS = Table(
    "call_overhead.json",
    "python -m benchmarks.call_overhead",
    (*RESULTS.paths, "fastdefect/ops", "fastdefect/checks"),
    RESULTS.parts,
)
NL_MEANS = Table(
    "nl_means.json",
    "python -m benchmarks.nl_means",
    ("fastdefect/kernels/_numba", "fastdefect/kernels/simd", "fastdefect/kernels/nl_means",
     "fastdefect/backends/*nl_means*.py"),
    lambda content: {path: part["machine"] for path, part in content.items()},
)  # fmt: skip
TEXTURE_SPEED = Table(
    "texture.json",
    "python -m benchmarks.texture --only speed",
    (
        "fastdefect/kernels/_numba",
        "fastdefect/kernels/texture",
        "fastdefect/backends/*texture*.py",
        "fastdefect/tiling",
    ),
    _of_speed(True),
)
# What the model finds does not depend on how fast it is: the kernels give the bits of the reference.
TEXTURE = Table(
    "texture.json",
    "python -m benchmarks.texture",
    ("fastdefect/reference/texture.py", "fastdefect/reference/texture_bars.py", "fastdefect/detectors/texture",
     "fastdefect/detectors/training", "fastdefect/detectors/domain.py", "fastdefect/calibration",
     "fastdefect/kernels/domain.py"),
    _of_speed(False),
)  # fmt: skip
PATTERN_SPEED = Table(
    "pattern.json",
    "python -m benchmarks.pattern --only speed",
    ("fastdefect/kernels/_numba", "fastdefect/kernels/pattern", "fastdefect/backends/numba_pattern.py",
     "fastdefect/operations/pattern.py", "fastdefect/tiling"),
    _of_speed(True),
)  # fmt: skip
PATTERN = Table(
    "pattern.json",
    "python -m benchmarks.pattern",
    ("fastdefect/reference/pattern.py", "fastdefect/operations/pattern.py", "fastdefect/detectors/pattern",
     "fastdefect/detectors/choice", "fastdefect/detectors/joined", *TEXTURE.paths),
    _of_speed(False),
)  # fmt: skip
DETECTORS = Table(
    "detectors.json",
    "python -m benchmarks.detectors",
    (
        "fastdefect/detectors/article",
        "fastdefect/detectors/calibrating",
        *PATTERN.paths,
    ),
    lambda content: content,
)
LEARNED = Table(
    "learned.json",
    "python -m benchmarks.learned",
    # what is learned; not how a training is kept, exported, or asked for
    ("fastdefect/detectors/learned/networks",
     *(f"fastdefect/detectors/learned/{name}.py" for name in ("kinds", "layout", "samples", "scores", "synthetic"))),
    lambda content: {"rows": content["facts"]},
)  # fmt: skip
TABLES = (
    RESULTS, CALLS, NL_MEANS, TEXTURE_SPEED, TEXTURE, PATTERN_SPEED, PATTERN, LEARNED, DETECTORS,
)  # fmt: skip


def digest(paths: Iterable[str], top: Path = TOP) -> str:
    """Return the digest of the Python files at ``paths`` and below; `FileNotFoundError` where one names none."""
    found = hashlib.sha256()
    for path in paths:
        files = [
            file
            for place in sorted(top.glob(path))
            for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])
        ]
        if not files:
            raise FileNotFoundError(
                f"no file is {path}: the list no longer says what decides figures"
            )
        for file in files:
            name = file.relative_to(top).as_posix()
            if name in _NOT_COUNTED and name != path:  # one that a table names itself counts
                continue
            found.update(name.encode())
            found.update(_canonical(ast.parse(file.read_bytes())).encode())
    return found.hexdigest()[:16]


def _canonical(node: Any) -> str:
    """A syntax tree without places and docstrings; what is empty is left out, so that every Python writes the same."""
    if isinstance(node, list):
        return f"[{','.join(map(_canonical, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(
        node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    ) and ast.get_docstring(node, clean=False):
        fields["body"] = fields["body"][1:]
    inside = [
        f"{name}={_canonical(value)}"
        for name, value in fields.items()
        if value is not None and value != []
    ]
    return f"{type(node).__name__}({','.join(inside)})"


def machine(table: Table) -> dict[str, Any]:
    """Describe this machine, with the digest of the table's sources and the commit that they are of.

    ``+changes`` behind the commit says that one of *them* differs from it, which no committed table may say; a
    results file or a page written since does not count. ``settings`` also has what Numba and OpenCV are told.
    """
    facts = describe(available_threads())
    head = (facts["commit"] or "").removesuffix("+changes") or None
    if head is not None:
        status = ["git", "-C", str(TOP), "status", "--porcelain", "--", *table.paths]
        changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
        head += "+changes" if changed else ""
    told = {name: os.environ[name] for name in _TOLD if name in os.environ}
    return {
        **facts,
        "commit": head,
        "sources": digest(table.paths),
        "settings": {**facts["settings"], **told},
    }


def measured(tables: Iterable[Table] = TABLES, folder: Path = TOP / "benchmarks") -> list[Part]:
    """Return every part of every table."""
    return [
        Part(table, name, facts["commit"], facts.get("sources"))
        for table in tables
        for name, facts in table.parts(json.loads((folder / table.file).read_text("utf-8"))).items()
    ]


def faults(
    parts: Iterable[Part],
    current: Callable[[Table], str],
    older: Mapping[tuple[str, str], str] = OLDER,
) -> list[str]:
    """Say of each part what is wrong with it; nothing where it belongs to the tree or is listed as older."""
    found = []
    known = set()
    for part in parts:
        place = (part.table.file, part.name)
        known.add(place)
        belongs = part.sources == current(part.table)
        what = f"benchmarks/{part.table.file}, {part.name}"
        if place in older and belongs:
            found.append(
                f"{what}: belongs to these sources; take it off OLDER in benchmarks/sources.py"
            )
        elif place not in older and not belongs:
            found.append(
                f"{what}: measured at {part.commit}, and since then a file under {', '.join(part.table.paths)} has"
                f" changed; measure it again: {part.table.command}"
            )
        elif place not in older and (part.commit or "+changes").endswith("+changes"):
            found.append(
                f"{what}: measured at no commit ({part.commit}); commit, then: {part.table.command}"
            )
    gone = [f"OLDER in benchmarks/sources.py names {place}, which is no table" for place in older]
    return found + [line for line, place in zip(gone, older, strict=True) if place not in known]


def named(table: Table, part: str, commits: Mapping[str, str | None]) -> str:
    """Return how a text names the commit of a part; ``commits`` are those of all parts of its table."""
    reason = OLDER.get((table.file, part))
    if reason is None:
        return f"commit {commits[part]}"
    newer = [commit for name, commit in commits.items() if (table.file, name) not in OLDER]
    before = f"the code of {newer[0]}" if newer else "today's code"
    return f"commit {commits[part]}, before {before} ({reason})"


def main() -> int:
    """Print every part and what is wrong; 1 where anything is."""
    parts = measured()
    for part in parts:
        reason = OLDER.get((part.table.file, part.name))
        print(
            f"{part.table.file} {part.name}: {part.commit}{f' (older: {reason})' if reason else ''}"
        )
    wrong = faults(parts, lambda table: digest(table.paths))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
