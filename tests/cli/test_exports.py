"""``fastdefect detect`` with areas, rules, exports and the report: what is written, and what is not when something fails."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import schemas
from click.testing import CliRunner, Result

import fastdefect
from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.defects.table import COLUMNS
from fastdefect.optional import install_line


@pytest.fixture(name="photos")
def _photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two images: one with two dark blocks, and an even one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "photos"
    folder.mkdir()
    image = np.full((96, 128, 3), 210, np.uint8)
    io.write_image(folder / "good.png", image)
    image[30:60, 20:50] = 30
    image[30:70, 80:110] = 30
    io.write_image(folder / "bad.png", image)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)], catch_exceptions=False)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_everything_at_once(photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    pytest.importorskip("tifffile", reason="tifffile is not installed")
    new = tmp_path / "new"
    result = run(
        photos, "--out", new, "--masks", "--score-maps", "--mm-per-px", "0.5,0.25", "--report", new / "r.html",
        "--csv", new / "t.csv", "--jsonl", new / "t.jsonl", "--coco", new / "c.json", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    kinds = ("mask.png", "overlay.png", "score.tif")
    pictures = [f"{name}_{kind}" for name in ("bad", "good") for kind in kinds]
    assert names(new) == sorted([*pictures, "c.json", "r.html", "t.csv", "t.jsonl"])
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    written = [json.loads(line) for line in (new / "t.jsonl").read_text().splitlines()]
    schemas.check("result.v1", *printed, *written)
    for one, two in zip(printed, written, strict=True):
        files = one.pop("files")
        assert one.pop("preparation_ms") >= 0
        assert sorted(files) == ["mask", "overlay", "score_map"]
        assert one == two
    first, second = written[0]["defects"]
    assert first["area_mm2"] == first["area"] * 0.125
    assert second["bbox_mm"][1] == second["bbox"][1] * 0.25
    with open(new / "t.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == [str(photos / "bad.png")] * 2
    assert list(rows[0])[6:] == list(COLUMNS)
    coco = json.loads((new / "c.json").read_text())
    assert [a["area"] for a in coco["annotations"]] == [first["area"], second["area"]]
    page = (new / "r.html").read_text()
    assert "0.5, 0.25" in page
    assert fastdefect.__version__ in page


def test_areas_and_rules(photos: Path, tmp_path: Path) -> None:
    left = [[0, 0], [64, 0], [64, 96], [0, 96]]
    (tmp_path / "left.json").write_text(json.dumps({"polygons": [left]}))
    bad, options = photos / "bad.png", ("--no-overlay", "--json")
    two = json.loads(run(bad, *options).stdout)["defects"]
    (one,) = json.loads(run(bad, *options, "--roi", "left.json").stdout)["defects"]
    np.testing.assert_allclose(
        one["bbox"], two[0]["bbox"], atol=2
    )  # Otsu's level is the half's own
    (other,) = json.loads(run(bad, *options, "--ignore", "left.json").stdout)["defects"]
    np.testing.assert_allclose(other["bbox"], two[1]["bbox"], atol=2)
    (merged,) = json.loads(run(bad, *options, "--merge-distance", 60).stdout)["defects"]
    assert merged["area"] == two[0]["area"] + two[1]["area"]
    limit = two[0]["area"] + 1
    (large,) = json.loads(run(bad, *options, "--min-area", limit).stdout)["defects"]
    assert large["area"] == two[1]["area"]
    graded = run(bad, *options, "--severity-by", "area", "--severity-limits", f"1,{limit}").stdout
    assert [d["severity"] for d in json.loads(graded)["defects"]] == [2, 3]


def test_an_area_that_does_not_fit_an_image_leaves_that_image_out(
    photos: Path, tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    io.write_image(photos / "small.png", np.full((50, 60, 3), 200, np.uint8))
    io.write_image(tmp_path / "mask.png", np.full((96, 128), 255, np.uint8))
    result = run(photos, "--roi", "mask.png", "--no-overlay", "--report", "r.html")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert "small.png" in line
    assert "50 x 60" in line
    assert "small.png: roi: expected a mask" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("option", ["--report", "--csv", "--jsonl", "--coco"])
def test_a_place_that_cannot_be_written_is_said_before_work(
    photos: Path, tmp_path: Path, option: str
) -> None:
    before = names(tmp_path)
    for place in (photos / "bad.png" / "file", photos):  # under a file; a folder
        result = run(photos, "--no-overlay", option, place)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "expected" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    result = run(photos, "--no-overlay", option, photos / "bad.png")
    assert result.exit_code == 2
    assert "no inspected image is replaced" in result.stderr
    assert io.read_image(photos / "bad.png").shape == (96, 128, 3)
    assert names(tmp_path) == before


def test_a_disk_that_fills_up_at_the_end(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.csv").write_text("older")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    result = run(photos, "--no-overlay", "--csv", "t.csv")
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert (tmp_path / "t.csv").read_text() == "older"
    assert names(tmp_path) == ["photos", "t.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--roi", "no.json"], "no.json"),
        (["--ignore", "no.png"], "no.png"),
        (["--mm-per-px", "0"], "above 0"),
        (["--mm-per-px", "-0.5"], "mm_per_px"),
        (["--mm-per-px", "1,2,3"], "received 3"),
        (["--mm-per-px", "wide"], "expected numbers"),
        (["--min-area-mm2", "2"], "mm_per_px"),
        (["--severity-limits", "5,3"], "rising"),
        (["--coco-segmentation", "masks"], "coco-segmentation"),
    ],
)
def test_bad_arguments(photos: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    result = run(photos, "--no-overlay", "--csv", "t.csv", *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert result.stdout == ""
    assert names(tmp_path) == ["photos"]


@pytest.mark.parametrize(
    ("package", "arguments"), [("jinja2", ["--report", "r.html"]), ("tifffile", ["--score-maps"])]
)
def test_missing_packages_are_said_before_work(
    photos: Path, package: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = run(photos, "--no-overlay", *arguments)
    assert result.exit_code == 1
    assert install_line("report", package) in result.stderr
    assert result.stdout == ""
