"""Verdicts for machines: exit status, a row for each image, names on standard input, folders of folders, silence."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import fastdefect
from bench_images.rolls import flawed, roll
from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.report.export import IMAGE_COLUMNS

SIDE = 96
GOOD, DEFECTIVE, UNUSABLE, LOST = "good", "defective", "unusable", "not inspected"
FILES = {GOOD: "a.png", DEFECTIVE: "b.png", UNUSABLE: "c.png", LOST: "d.png"}


@pytest.fixture(scope="module")
def belt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of each verdict, a file that is none, and a model that gives these verdicts."""
    folder = tmp_path_factory.mktemp("belt")
    good = roll(21).window(0, 0, SIDE, SIDE)
    io.write_image(folder / FILES[GOOD], good)
    io.write_image(folder / FILES[DEFECTIVE], flawed("blob", 21, (SIDE, SIDE)).image())
    io.write_image(folder / FILES[UNUSABLE], np.zeros((SIDE, SIDE, 3), np.uint8))
    (folder / FILES[LOST]).write_bytes(b"\x89PNG\r\n\x1a\n")
    fastdefect.TextureModel.zero_shot().freeze(good).save(folder / "cloth.model")
    return folder


def detect(belt: Path, *arguments: object, stdin: bytes | None = None) -> Result:
    line = ["detect", *map(str, arguments), "--model", str(belt / "cloth.model"), "--no-overlay"]
    return CliRunner().invoke(cli, line, input=stdin, catch_exceptions=False)


STATUS = {
    (GOOD,): (0, 0),
    (GOOD, DEFECTIVE): (0, 3),
    (GOOD, UNUSABLE): (3, 4),
    (DEFECTIVE, UNUSABLE): (3, 3),
    (GOOD, LOST): (1, 1),
    (DEFECTIVE, LOST): (1, 1),
    (UNUSABLE, LOST): (1, 1),
    tuple(FILES): (1, 1),
}


@pytest.mark.parametrize("verdicts", STATUS, ids="-".join)
def test_exit_status_and_rows(belt: Path, verdicts: tuple[str, ...], tmp_path: Path) -> None:
    images = [belt / FILES[verdict] for verdict in verdicts]
    table = tmp_path / "images.csv"
    plain, failing = STATUS[verdicts]
    assert detect(belt, *images).exit_code == plain
    result = detect(belt, *images, "--fail-on-defect", "--csv-images", table)
    assert result.exit_code == failing
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["image"], row["verdict"]) for row in rows] == [
        (str(image), verdict) for image, verdict in zip(images, verdicts, strict=True)
    ]
    for row in rows:
        assert tuple(row) == IMAGE_COLUMNS
        known = row["verdict"] != LOST
        assert bool(row["score"]) == bool(row["height"]) == bool(row["is_defective"]) == known
        assert bool(row["notes"]) == (row["verdict"] in (UNUSABLE, LOST))


def test_a_stopped_run_has_a_row_for_what_it_did_not_reach(
    belt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastdefect.cli.detect.inspection import Inspector

    whole, reached = Inspector.__call__, []

    def stops(self: Inspector, path: Path) -> Any:
        reached.append(path)
        if len(reached) == 2:
            raise KeyboardInterrupt
        return whole(self, path)

    monkeypatch.setattr(Inspector, "__call__", stops)
    table = tmp_path / "images.csv"
    images = [belt / FILES[verdict] for verdict in (DEFECTIVE, GOOD, UNUSABLE)]
    assert detect(belt, *images, "--fail-on-defect", "--csv-images", table).exit_code == 130
    with table.open(encoding="utf-8", newline="") as file:
        rows = [(row["verdict"], row["notes"]) for row in csv.DictReader(file)]
    lost = (LOST, "the run ended before it")
    assert rows == [(DEFECTIVE, ""), lost, lost]


def test_both_tables_of_exit_status_stand_in_the_help() -> None:
    text = CliRunner().invoke(cli, ["detect", "--help"]).output
    for line in ("3  none failed, but an image is unusable", "3  none failed, and an image is defective",
                 "4  none failed, none is defective, but an image is unusable"):  # fmt: skip
        assert line in text


def test_quiet_leaves_errors_alone(belt: Path, tmp_path: Path) -> None:
    result = detect(belt, belt, "--quiet")
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: {belt / FILES[LOST]}")
    assert detect(belt, belt / FILES[GOOD], "--quiet", "--json").stdout.startswith("{")
    wrong = detect(belt, belt / FILES[GOOD], "--quiet", "--verbose")
    assert (wrong.exit_code, "--verbose" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\0"])
def test_names_on_standard_input(belt: Path, between: bytes) -> None:
    names = [os.fsencode(belt / FILES[verdict]) for verdict in (GOOD, DEFECTIVE)]
    result = detect(belt, "-", stdin=between.join([*names, b""]))
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(map(os.fsdecode, names))


def test_no_names_on_standard_input(belt: Path, tmp_path: Path) -> None:
    result = detect(belt, "-", "--csv-images", tmp_path / "i.csv", stdin=b"")
    assert result.exit_code == 1
    assert "-: expected names of images on standard input, received none" in result.stderr
    assert "'-,not inspected" in (tmp_path / "i.csv").read_text("utf-8")


@pytest.fixture
def tree(belt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders in folders, with images in two of them, and pictures of an earlier run."""
    monkeypatch.chdir(tmp_path)
    for place in ("week/mon/1.png", "week/tue/night/2.png", "week/.old/3.png", "week/out/x.png"):
        Path(place).parent.mkdir(parents=True)
        Path(place).write_bytes((belt / FILES[GOOD]).read_bytes())
    Path("week/tue/notes.txt").touch()
    return Path("week")


def test_a_folder_of_folders_says_where_images_are(belt: Path, tree: Path) -> None:
    result = detect(belt, tree)
    assert result.exit_code == 1
    assert "found none in it, but some in mon, out, tue/night" in result.stderr
    assert "--recursive" in result.stderr
    io.write_image(tree / "top.png", io.read_image(tree / "mon" / "1.png"))
    assert "not used: week/mon, week/out; --recursive takes folders" in detect(belt, tree).stderr


def test_recursive_takes_them_but_for_its_own_pictures(belt: Path, tree: Path) -> None:
    result = detect(belt, tree, "-r", "--out", tree / "out")
    assert result.exit_code == 0, result.output
    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert names == ["week/mon/1.png", "week/tue/night/2.png"]
    assert "week/tue/notes.txt" in result.stderr
