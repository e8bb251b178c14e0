"""``fastdefect detect`` and ``fastdefect warmup`` on generated images."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import fastdefect
from fastdefect import io
from fastdefect.cli.detect.command import _BASELINE as BASELINE
from fastdefect.cli.main import cli
from fastdefect.optional import install_line


@pytest.fixture(name="photos")
def _photos(tmp_path: Path) -> Path:
    """A folder with two images: a bright one with a dark block, and an even one."""
    folder = tmp_path / "photos"
    folder.mkdir()
    image = np.full((96, 128, 3), 210, np.uint8)
    io.write_image(folder / "good.png", image)
    image[30:60, 40:90] = 30
    io.write_image(folder / "bad.png", image)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)], catch_exceptions=False)


def test_one_image_prints_verdict_stages_and_files(photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    out = tmp_path / "new" / "out"
    result = run(photos / "bad.png", "--out", out, "--panel", "--threads", 1)
    assert result.exit_code == 0, result.output
    assert result.stderr == f"{BASELINE}\n"
    first = result.stdout.splitlines()[0]
    assert str(photos / "bad.png") in first
    assert "DEFECT" in first
    assert "ms" in first
    for word in ("stage", "share", "total", "100.0%", "1 thread", "128 x 96"):
        assert word in result.stdout
    assert sorted(path.name for path in out.iterdir()) == ["bad_overlay.png", "bad_panel.png"]
    assert io.read_image(out / "bad_overlay.png").shape == (96, 128, 3)
    assert io.read_image(out / "bad_panel.png").shape[1] == 1872
    for path in out.iterdir():
        assert str(path) in result.stdout


def test_many_images_are_one_line_each(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(photos.name, "--out", "out")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    assert "bad.png" in lines[0]
    assert "DEFECT" in lines[0]
    assert "good.png" in lines[1]
    assert "no defect" in lines[1]
    assert lines[0].index("DEFECT") == lines[1].index("no defect")
    assert "2 images: 1 with defects, 1 without" in result.stderr
    verbose = run(photos, "--out", "out", "--verbose")
    assert verbose.stdout.count("total") == 2


def test_lines_are_not_broken_in_a_narrow_terminal(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert len(run(photos, "--no-overlay").stdout.splitlines()) == 2


def test_json_lines_and_nothing_else(photos: Path, tmp_path: Path) -> None:
    result = run(photos, "--json", "--out", tmp_path / "out", "--threads", "2")
    assert result.exit_code == 0
    assert result.stderr == f"{BASELINE}\n"
    bad, good = map(json.loads, result.stdout.splitlines())
    assert bad["image"] == str(photos / "bad.png")
    assert (bad["height"], bad["width"]) == (96, 128)
    assert bad["is_defective"] is True
    assert good["is_defective"] is False
    assert bad["score"] == bad["zero_count"] > bad["threshold"]
    assert bad["files"] == {"overlay": str(tmp_path / "out" / "bad_overlay.png")}
    assert bad["speed"]["total"] > 0
    detection = fastdefect.detect(io.read_image(photos / "bad.png"))
    assert bad["zero_count"] == detection.zero_count
    assert bad["otsu_threshold"] == detection.otsu_threshold
    assert detection.defects is not None
    assert [d["area"] for d in bad["defects"]] == [d.area for d in detection.defects]
    assert [d["bbox"] for d in bad["defects"]] == [list(d.bbox) for d in detection.defects]
    assert good["defects"] == []


@pytest.mark.parametrize("as_json", [False, True])
def test_goes_on_after_unreadable_files(photos: Path, tmp_path: Path, as_json: bool) -> None:
    data = (photos / "bad.png").read_bytes()
    (photos / "cut.png").write_bytes(data[: len(data) // 2])
    (photos / "empty.jpg").touch()
    (photos / "text.tif").write_text("not a picture")
    missing = tmp_path / "missing.png"
    options = ["--json"] if as_json else []
    result = run(missing, photos, tmp_path / "q*.png", "--out", tmp_path / "out", *options)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    for name in ("missing.png", "cut.png", "empty.jpg", "text.tif", "q*.png"):
        assert name in result.stderr
        assert name not in result.stdout
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 5
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_only_unreadable_files(tmp_path: Path) -> None:
    result = run(tmp_path / "missing.png", "--no-overlay")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "missing.png" in result.stderr


def test_same_names_in_two_folders_keep_their_results(photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    io.write_image(other / "bad.png", np.full((40, 50, 3), 90, np.uint8))
    out = tmp_path / "out"
    assert run(photos / "bad.png", other / "bad.png", "--out", out).exit_code == 0
    shapes = {path.name: io.read_image(path).shape[:2] for path in out.iterdir()}
    assert shapes == {
        "photos_bad_png_overlay.png": (96, 128),
        "other_bad_png_overlay.png": (40, 50),
    }


def test_an_inspected_image_is_never_replaced(photos: Path) -> None:
    image = np.full((40, 50, 3), 90, np.uint8)
    io.write_image(photos / "bad_overlay.png", image)
    result = run(photos, "--out", photos)
    assert result.exit_code == 2
    assert "bad_overlay.png" in result.stderr
    np.testing.assert_array_equal(io.read_image(photos / "bad_overlay.png"), image)


def test_nothing_is_written_where_nothing_is_asked(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("photos", "--no-overlay").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
    assert run("photos").exit_code == 0
    assert len(list((tmp_path / "fastdefect-out").iterdir())) == 2


def test_a_place_that_cannot_be_written_is_said_before_work(photos: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    result = run(photos, "--out", blocked / "out")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert str(blocked) in result.stderr


def test_a_panel_without_matplotlib(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = run(photos, "--panel")
    assert result.exit_code == 1
    assert install_line("panel", "matplotlib") in result.stderr
    assert result.stdout == ""


def test_names_with_brackets_and_letters_of_all_kinds(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    path = tmp_path / "[red] Gewebe 布 :smile:.png"
    io.write_image(path, np.full((40, 50, 3), 90, np.uint8))
    result = run(path, "--out", tmp_path, "--panel")
    assert result.exit_code == 0
    assert str(path) in result.stdout


def test_image_of_one_pixel(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    io.write_image(tmp_path / "dot.png", np.zeros((1, 1, 3), np.uint8))
    assert run(tmp_path / "dot.png", "--out", tmp_path, "--panel").exit_code == 0


def test_the_bar_of_a_terminal_does_not_reach_the_output(photos: Path, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "fastdefect", "detect", str(photos), str(tmp_path / "no.png")]
    done = subprocess.run(
        [*command, "--json", "--no-overlay"], stdout=subprocess.PIPE, stderr=terminal, check=False
    )
    os.close(terminal)
    shown = os.read(master, 1 << 20).decode()
    os.close(master)
    assert done.returncode == 1
    assert [json.loads(line)["is_defective"] for line in done.stdout.splitlines()] == [True, False]
    assert "inspecting" in shown
    assert "no.png: expected" in shown


def test_a_file_of_several_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused with the count and the option, beside images that are inspected; then page by page."""
    tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed")
    monkeypatch.chdir(tmp_path)
    good = np.full((96, 128, 3), 210, np.uint8)
    bad = good.copy()
    bad[30:60, 40:90] = 30
    tifffile.imwrite("two.tif", np.stack([good, bad]), photometric="rgb")
    io.write_image("one.png", good)
    result = run("one.png", "two.tif", "--json", "--no-overlay")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "two.tif: expected one page, received 2" in result.stderr
    assert "--page N" in result.stderr
    verdicts = []
    for page in (1, 2):
        result = run("two.tif", "--page", page, "--json", "--no-overlay")
        assert result.exit_code == 0, result.output
        verdicts.append(json.loads(result.stdout)["defects"] != [])
    assert verdicts == [False, True]
    assert run("two.tif", "--page", 3).exit_code == 1
