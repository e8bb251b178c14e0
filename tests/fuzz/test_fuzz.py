"""The fuzzer finds what it is there for: readers that misbehave in every way, and what it writes down is what it found."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import ROOT

from fastdefect.errors import ImageReadError
from fastdefect.io import read_file

FUZZ = ROOT / "scripts" / "fuzz"


@pytest.fixture(name="_path", autouse=True)
def _on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FUZZ))


def _ok(_which: str, path: Path) -> bytes:
    """A reader without a fault: files that begin with G."""
    data: bytes = read_file(path, 100, ImageReadError)
    if not data.startswith(b"G"):
        raise ImageReadError("no")
    return data


def _first_byte_only(which: str, path: Path) -> bytes:
    return _ok(which, path)[:1]


def _raw(which: str, path: Path) -> bytes:
    if len(_ok(which, path)) != 4:
        raise KeyError("raw")
    return b"Good"


def _any_file(_which: str, path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _hangs(which: str, path: Path) -> bytes:
    with path.open("rb") as file:
        file.read(1)
    return _ok(which, path)


def _refuses_all(_which: str, _path: Path) -> bytes:
    raise ImageReadError("no")


def _leaves(which: str, path: Path) -> bytes:
    (path.parent / ".fastdefect-0.part").write_text("half")
    return _ok(which, path)


# reader, and what is said of it; "" for none
READERS: dict[str, tuple[Callable[[str, Path], Any], str]] = {
    "without a fault": (_ok, ""),
    "wrong content": (_first_byte_only, "another content"),
    "another package's error": (_raw, "KeyError"),
    "special files": (_any_file, "took a"),
    "waits for a pipe": (_hangs, "Late"),
    "refuses good files": (_refuses_all, "a good file refused"),
    "leaves half a file": (_leaves, "left behind"),
}


@pytest.mark.parametrize("name", READERS)
def test_what_a_reader_does_wrong_is_found_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    import reader
    import worker

    read, words = READERS[name]

    def check(_which: str, data: bytes, found: bytes) -> None:
        if found != data:
            raise reader.WrongError("another content")

    for folder in ("files", "state", "corpus"):
        (tmp_path / folder).mkdir()
    seeds = {"good.g": reader.Seed(b"Good"), "bad.g": reader.Seed(b"Bad", good=False)}
    tried = reader.Reader(seeds, read, check, ("io/guarded.py",))
    monkeypatch.setattr(worker, "SECONDS", 1)
    monkeypatch.chdir(tmp_path)
    made = worker.Worker("mine", tried, tmp_path / "files", tmp_path / "state", tmp_path / "corpus")
    made.run(Random(1), 0.3, first=True)
    figures = json.loads((tmp_path / "state" / "figures.json").read_text())
    kept = list((tmp_path / "corpus").iterdir())
    assert figures["tried"] > 30
    assert figures["reached"] or words
    assert bool(figures["failed"]) == bool(words) == bool(kept), figures["why"]
    assert any(words in why for why in figures["why"]) or not words
    if not words:
        return
    # what is kept fails again, first of all
    again = worker.Worker(
        "mine", tried, tmp_path / "files", tmp_path / "state", tmp_path / "corpus"
    )
    case = again._fixed()[0]
    again.try_one(case, counted=False)
    assert again.figures.failed == 1


def test_a_process_that_dies_is_a_failure_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import run

    state = tmp_path / "state"
    state.mkdir()
    (state / "current").write_bytes(b"a.png\n\nbytes")
    process = subprocess.Popen([sys.executable, "-c", "import os; os.abort()"], text=True)
    process.wait()
    (state / "died").write_text("Traceback:\n  File x\n    call()\n  more\nLate: at last\n")
    found = run.Found()
    run._take(run._Process("images", state, process), found, tmp_path)
    assert found.failed == 1
    said = capsys.readouterr().out
    assert "ended with -6: Traceback: / File x / call() / Late: at last; kept as" in said
    (kept,) = tmp_path.glob("images+a.png++*")
    assert kept.read_bytes() == b"bytes"


def test_the_nth_operation_fails_and_no_other() -> None:
    import faults

    path = FUZZ / "reader.py"
    for number, fails in ((1, True), (2, True), (3, True), (4, False)):
        with faults.injected(number, "broken") as hit:
            expected = pytest.raises(ImageReadError, match="Input/output error")
            with expected if fails else contextlib.nullcontext():
                read_file(path, 10**6, ImageReadError)
        assert bool(hit) == fails
        path.read_bytes()


@pytest.mark.long
def test_two_jobs_run_and_are_added_up(tmp_path: Path) -> None:
    pytest.importorskip("tomli_w", reason="tomli-w is not installed")
    command = [
        sys.executable,
        str(FUZZ),
        "0.02",
        "--jobs",
        "2",
        "--seed",
        "1",
        "--reader",
        "kernel cache",
    ]
    done = subprocess.run(
        [*command, "--corpus", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seed 1" in done.stdout
    assert "kernel cache: tried " in done.stdout
    assert not list(tmp_path.iterdir())


def test_every_fault_can_be_put_back() -> None:
    import put_back

    for name, fault in put_back.FAULTS.items():
        compile(fault.source(), name, "exec")


def test_a_fault_that_is_put_back_is_found(tmp_path: Path) -> None:
    pytest.importorskip("tomli_w", reason="tomli-w is not installed")
    command = [
        sys.executable,
        str(FUZZ),
        "0.02",
        "--seed",
        "1",
        "--reader",
        "kernel cache",
        "--with-fault",
        "cache",
    ]
    done = subprocess.run(
        [*command, "--corpus", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "kept as" in done.stdout


def test_the_document_is_made_of_the_figures() -> None:
    import document
    import run

    figures = json.loads((FUZZ / "figures.json").read_text("utf-8"))
    assert (ROOT / "RELIABILITY.md").read_text("utf-8") == document.text(figures)
    assert sorted(figures["readers"]) == sorted(run.NAMES)
    for name, each in figures["readers"].items():
        assert each["failed"] == 0, name
        assert each["reached"] >= 0.9 * each["lines"], name
    assert len(figures["put_back"]["rows"]) >= 5
    assert all(seconds <= 600 for _, seconds, _ in figures["put_back"]["rows"])


def test_changes_leave_the_hostile_values_and_the_document_as_they_are() -> None:
    import documents

    before = repr(documents.HOSTILE)
    chance, document = Random(5), [[1, 2], {"a": [3.5], "b": None}]
    for _ in range(3000):
        made = documents.changed(document, chance)
        for _ in range(3):
            made = documents.changed(made, chance) if isinstance(made, (list, dict)) else made
    assert repr(documents.HOSTILE) == before
    assert document == [[1, 2], {"a": [3.5], "b": None}]
