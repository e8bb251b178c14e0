"""A run over many images that is stopped, killed or finds the disk full keeps what it finished, and says so."""

from __future__ import annotations

import builtins
import csv
import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.io.atomic import GrowingFile, _beside, remove_stale

COUNT = 4


@pytest.fixture(name="photos")
def _photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of images with one dark block each."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(COUNT):
        image = np.full((48, 64, 3), 210, np.uint8)
        image[10 : 20 + number, 20:40] = 30
        io.write_image(folder / f"{number}.png", image)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)], catch_exceptions=False)


TABLES = ("--csv", "new/t.csv", "--jsonl", "new/t.jsonl", "--coco", "new/t.json")


def tables(folder: Path) -> dict[str, int]:
    """How many images each table tells of, where it is there; reading one that is not whole fails."""
    found = {}
    if (folder / "t.csv").exists():
        with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
            found["csv"] = len({row["image"] for row in csv.DictReader(file, strict=True)})
    if (folder / "t.jsonl").exists():
        text = (folder / "t.jsonl").read_text(encoding="utf-8")
        assert text == "" or text.endswith("\n")
        images = [json.loads(line)["image"] for line in text.splitlines()]
        assert len(set(images)) == len(images)
        found["jsonl"] = len(images)
    if (folder / "t.json").exists():
        found["coco"] = len(json.loads((folder / "t.json").read_text(encoding="utf-8"))["images"])
    return found


class Faults:
    """Lets the n-th change on the disk fail, or all from it on; counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, lasting: bool) -> None:
        self.done, self._number, self._lasting = 0, number, lasting
        for name in ("replace", "fsync", "write"):
            monkeypatch.setattr(os, name, self._wrapped(getattr(os, name)))
        whole = builtins.open

        def opened(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
            if "x" in mode or "w" in mode:
                self._count()
            return whole(file, mode, *rest, **options)

        monkeypatch.setattr(builtins, "open", opened)

    def _wrapped(self, change: Any) -> Any:
        def counted(*arguments: Any) -> Any:
            self._count()
            return change(*arguments)

        return counted

    def _count(self) -> None:
        self.done += 1
        if self.done == self._number or (self._lasting and self.done > self._number):
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("lasting", [False, True])
def test_the_nth_change_on_the_disk_fails(photos: Path, tmp_path: Path, lasting: bool) -> None:
    run(photos, "--out", "new", "--no-overlay", "--masks", *TABLES)  # kernels are compiled
    seen = set()
    for number in itertools.count(1):
        folder = tmp_path / "new"
        with pytest.MonkeyPatch.context() as monkeypatch:
            faults = Faults(monkeypatch, number, lasting)
            result = run(photos, "--out", "new", "--no-overlay", "--masks", *TABLES)
        found = tables(folder)
        if faults.done < number:
            assert (result.exit_code, found) == (0, {"csv": COUNT, "jsonl": COUNT, "coco": COUNT})
            break
        assert result.exit_code == 1, number
        assert "No space left on device" in result.stderr
        assert result.stdout.count("DEFECT") == COUNT
        assert not [path for path in os.listdir(folder) if path.endswith(".part")]
        assert {found[name] for name in ("csv", "coco") if name in found} <= {COUNT}
        if not lasting:  # one fault costs the one file: lines are tried again
            kept = len(found) + len(list(folder.glob("*_mask.png")))
            assert kept >= COUNT + 2, number
            assert found.get("jsonl", COUNT) in (COUNT, 0), number
        seen.add(tuple(found.items()))
        for path in folder.iterdir():
            path.unlink()
    assert number > 3 * COUNT
    assert len(seen) > 1


def test_a_name_that_is_too_long_costs_its_picture_alone(photos: Path, tmp_path: Path) -> None:
    long = "x" * 250
    (photos / "1.png").rename(photos / f"{long}.png")
    result = run(photos, "--out", "new", "--no-overlay", "--masks", *TABLES)
    assert result.exit_code == 1
    assert f"{long}_mask.png: cannot be written (File name too long)" in result.stderr
    assert f"{COUNT} images: {COUNT} with defects, 0 without, 1 not written whole" in result.stderr
    assert tables(tmp_path / "new") == {"csv": COUNT, "jsonl": COUNT, "coco": COUNT}


def test_a_file_that_fails_costs_itself_alone(photos: Path, tmp_path: Path) -> None:
    (photos / "2.png").write_bytes(b"no picture")
    result = run(photos, "--no-overlay", *TABLES)
    assert result.exit_code == 1
    assert tables(tmp_path / "new") == dict.fromkeys(("csv", "jsonl", "coco"), COUNT - 1)


@pytest.mark.parametrize("number", range(COUNT))
@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (KeyboardInterrupt(), 130, "SIGINT"),
        ("TERM", 143, "SIGTERM"),
        (RuntimeError("a bug"), None, "fault"),
    ],
)
def test_what_ends_a_run_keeps_what_was_done(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: Any,
    status: int | None, word: str,
) -> None:  # fmt: skip
    """At every image: signals, and a fault that nobody thought of."""
    from fastdefect.cli.detect.inspection import Inspector

    whole, left = Inspector.__call__, itertools.count()

    def stops(self: Inspector, path: Path) -> Any:
        if next(left) == number:
            if error == "TERM":
                signal.raise_signal(signal.SIGTERM)
            raise error
        return whole(self, path)

    monkeypatch.setattr(Inspector, "__call__", stops)
    before = signal.getsignal(signal.SIGTERM)
    result = CliRunner().invoke(cli, ["detect", str(photos), "--no-overlay", *TABLES])
    assert signal.getsignal(signal.SIGTERM) is before
    assert f"stopped by {word} after {number} of {COUNT} images" in result.stderr
    if status is None:
        assert isinstance(result.exception, RuntimeError)
    else:
        assert result.exit_code == status
    expected = dict.fromkeys(("csv", "jsonl", "coco"), number) if number else {}
    assert tables(tmp_path / "new") == expected
    assert ("results are in" if number else "nothing was written") in result.stderr


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_real_signals_at_each_image(photos: Path, tmp_path: Path, sent: signal.Signals) -> None:
    """One process that stops after each image until it is told to go on, killed after each."""
    code = (
        "import sys; from fastdefect.cli.detect.inspection import Inspector\n"
        "whole = Inspector.__call__\n"
        "def stops(self, path):\n"
        "    print('next', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    return whole(self, path)\n"
        "Inspector.__call__ = stops\n"
        "from fastdefect.cli.main import cli; cli()\n"
    )
    command = [sys.executable, "-c", code, "detect", str(photos), "--json", "--no-overlay", *TABLES]
    number = 2
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(number):
            while process.stdout.readline() != "next\n":
                pass
            process.stdin.write("\n")
            process.stdin.flush()
        while process.stdout.readline() != "next\n":
            pass
        process.send_signal(sent)
        _, said = process.communicate(timeout=60)
    found = tables(tmp_path / "new")
    if sent == signal.SIGKILL:
        assert (process.returncode, found) == (-sent, {"jsonl": number})
    else:
        assert process.returncode == 128 + sent
        assert f"after {number} of {COUNT}" in said
        assert found == dict.fromkeys(("csv", "jsonl", "coco"), number)


def test_half_written_files_of_dead_processes_are_removed_and_no_others(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    mine = _beside(tmp_path / "a")
    parts = mine.name.split("-")
    names = {
        "dead": f"{parts[0]}-{parts[1]}-{dead.pid}-{parts[3]}",
        "another system's": f"{parts[0]}-{'0' * 12}-{dead.pid}-{parts[3]}",
        "alive": mine.name,
        "no number": f"{parts[0]}-{parts[1]}-x-{parts[3]}",
        "a user's": "notes.part",
    }
    for name in names.values():
        (tmp_path / name).write_text("half")
    remove_stale(tmp_path)
    gone = {what for what, name in names.items() if not (tmp_path / name).exists()}
    assert gone == {"dead"}


def test_a_growing_file_replaces_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "older").write_text("older")
    (tmp_path / "t").symlink_to(tmp_path / "older")
    file = GrowingFile(tmp_path / "t")
    assert (tmp_path / "t").read_text() == "older"
    for number in range(3):
        file.append(f"{number}\n")
        assert (tmp_path / "t").read_text().endswith(f"{number}\n")
    assert file.close().read_text() == "0\n1\n2\n"
    assert (tmp_path / "older").read_text() == "older"
