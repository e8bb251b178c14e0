"""The third verdict on every surface: lines, exit status, JSON, tables, page, pictures, evaluation."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from sheets import SIDE, kind, run

from fastdefect import io, load_detector
from fastdefect.report import overlay

REASON = "darker than good images"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kind of cloth with a black frame among its good ones and another among the defective ones; its model."""
    folder = kind(tmp_path_factory.mktemp("third") / "cloth")
    assert run("fit", folder, "--out", folder / "cloth.model").exit_code == 0
    for place in ("good", "blob"):
        io.write_image(folder / "test" / place / "black.png", np.zeros((SIDE, SIDE, 3), np.uint8))
    return folder


@pytest.fixture(scope="module")
def shots(data: Path) -> list[Path]:
    return [
        data / "test" / "good" / name
        for name in ("09_0.png", "black.png")
    ] + [data / "test" / "blob" / "1.png"]  # fmt: skip


def detect(data: Path, *arguments: object) -> Result:
    return run("detect", *arguments, "--model", data / "cloth.model", "--no-overlay")


def test_lines_and_sums_name_it(data: Path, shots: list[Path]) -> None:
    result = detect(data, *shots)
    good, black, blob = result.stdout.splitlines()
    assert "no defect" in good
    assert "DEFECT " in blob
    assert "UNUSABLE" in black
    assert REASON in black
    assert "3 images: 1 with defects, 1 without, 1 unusable" in result.stderr


@pytest.mark.parametrize(("chosen", "status"), [((0,), 0), ((0, 2), 0), ((0, 1), 3), ((1,), 3)])
def test_the_exit_status_tells_it(
    chosen: tuple[int, ...], status: int, data: Path, shots: list[Path]
) -> None:
    assert detect(data, *(shots[i] for i in chosen)).exit_code == status
    assert detect(data, *(shots[i] for i in chosen), "--json").exit_code == status


def test_a_failure_goes_before_it(data: Path, shots: list[Path], tmp_path: Path) -> None:
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert detect(data, *shots, tmp_path / "torn.png").exit_code == 1


def test_exports_carry_it(data: Path, shots: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    files = {o: tmp_path / f"x.{o}" for o in ("csv", "jsonl", "coco", "report")}
    options = [part for option, path in files.items() for part in (f"--{option}", path)]
    printed = [
        json.loads(line) for line in detect(data, *shots, "--json", *options).stdout.splitlines()
    ]
    kept = [json.loads(line) for line in files["jsonl"].read_text("utf-8").splitlines()]
    coco = json.loads(files["coco"].read_text("utf-8"))["images"]
    for records in (printed, kept, coco):
        assert [r["verdict"] for r in records] == ["good", "unusable", "defective"]
        assert REASON in records[1]["notes"][0]
    assert [r["is_defective"] for r in printed] == [False, True, True]
    with files["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["image"]: row["verdict"] for row in rows} == {
        str(shots[1]): "unusable",
        str(shots[2]): "defective",
    }
    lost = next(row for row in rows if row["verdict"] == "unusable")
    assert REASON in lost["notes"]
    assert lost["is_defective"] == "1"
    assert lost["label"] == lost["area"] == ""
    page = files["report"].read_text("utf-8")
    assert "<b>1</b> unusable" in page
    assert REASON in page


def test_the_overlay_marks_it(data: Path) -> None:
    model = load_detector(data / "cloth.model")
    black = np.zeros((256, 256, 3), np.uint8)
    found = model(black)
    assert found.verdict == "unusable"
    drawn = overlay(black, found)
    assert drawn[:40, :120].any()  # the strip, and nothing else
    assert not drawn[60:].any()


def test_evaluation_counts_it_apart(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    result = run("evaluate", data, "--model", data / "cloth.model", "--json", tmp_path / "e.json")
    assert result.exit_code == 0
    assert "1 good, 1 defective" in result.stdout
    (found,) = json.loads((tmp_path / "e.json").read_text("utf-8"))["kinds"]
    assert found["unusable"] == [1, 1]
    assert found["false_positives"] == [1, 4]  # an unusable good image is no good one
    assert found["recall"] == [2, 3]  # and an unusable defective one was not found
    verdicts = {Path(i["path"]).name: i["verdict"] for i in found["images"]}
    assert verdicts["black.png"] == "unusable"
