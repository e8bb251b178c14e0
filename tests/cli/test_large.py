"""The command line inspects in parts what is too large to be read whole, and verifies such results."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from click.testing import CliRunner, Result
from large_cases import picture

import fastdefect
from fastdefect import io
from fastdefect.cli.detect import parts
from fastdefect.cli.main import cli
from fastdefect.large import image_digest, open_result

tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed (extra tiff)")
IMAGE = picture(11, (150, 170, 3))


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an image that counts as too large, and a small one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parts, "MAX_PIXELS", 20_000)
    monkeypatch.setattr(parts, "_HARDLY", 30_000)
    tifffile.imwrite("roll.tif", IMAGE[:, :, ::-1], photometric="rgb", tile=(64, 64))
    io.write_image("small.png", np.ascontiguousarray(IMAGE[:60, :70]))
    return tmp_path


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_a_large_image_among_others() -> None:
    result = _run(
        "detect",
        "roll.tif",
        "small.png",
        "--out",
        "out",
        "--csv",
        "t.csv",
        "--jsonl",
        "t.jsonl",
        "--coco",
        "t.json",
        "--masks",
    )
    assert result.exit_code == 0, result.output + result.stderr
    expected = fastdefect.ArticleDetector()(IMAGE)
    found = open_result("out/roll_result")
    np.testing.assert_array_equal(tifffile.imread(found.mask) != 0, expected.mask)
    assert found.defects == expected.defects
    assert found.certificate["input"] == image_digest(IMAGE)
    first, second = map(json.loads, Path("t.jsonl").read_text().splitlines())
    assert (first["height"], first["width"], first["score"]) == (150, 170, expected.score)
    assert first["defects"] == expected.defects.to_dict()
    assert first["certificate"] == found.certificate
    assert second["image"] == "small.png"
    rows = Path("t.csv").read_text().splitlines()
    assert sum(row.startswith("roll.tif,defective") for row in rows) == len(expected.defects)
    assert len(json.loads(Path("t.json").read_text())["images"]) == 2
    assert Path("out/small_mask.png").exists()
    assert not Path("out/roll_mask.png").exists()
    assert "1 MB" not in result.output


def test_json_names_the_result() -> None:
    result = _run("detect", "roll.tif", "--out", "out", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"] == {"result": "out/roll_result"}


def test_a_second_run_checks_and_goes_on() -> None:
    assert _run("detect", "roll.tif", "--out", "out").exit_code == 0
    before = open_result("out/roll_result").certificate
    assert _run("detect", "roll.tif", "--out", "out").exit_code == 0
    assert open_result("out/roll_result").certificate == before
    result = _run("detect", "roll.tif", "--out", "out", "--min-area", "9")
    assert result.exit_code == 1
    assert "of this settings" in result.stderr
    assert "--anew" in result.stderr
    assert _run("detect", "roll.tif", "--out", "out", "--min-area", "9", "--anew").exit_code == 0


def test_areas_and_memory() -> None:
    Path("roi.json").write_text("[[[10, 10], [150, 10], [150, 140]]]")
    result = _run("detect", "roll.tif", "--out", "out", "--roi", "roi.json", "--memory", "300MB")
    assert result.exit_code == 0, result.stderr
    expected = fastdefect.ArticleDetector()(IMAGE, roi="roi.json")
    assert open_result("out/roll_result").defects == expected.defects
    for memory, said in (("lots", "expected a number with"), ("1MB", "at least 32MB")):
        result = _run("detect", "roll.tif", "--out", "out2", "--memory", memory)
        assert result.exit_code == 2
        assert said in result.stderr


def test_what_cannot_be_read_is_left_out() -> None:
    data = Path("roll.tif").read_bytes()
    Path("roll.tif").write_bytes(data[: len(data) // 2])
    result = _run("detect", "roll.tif", "small.png", "--out", "out")
    assert result.exit_code == 1
    assert "roll.tif: expected a TIFF that can be read in parts" in result.stderr
    assert "small.png" in result.stdout


def test_a_report_names_large_images_and_leads_to_their_pages() -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    Path("reports").mkdir()
    for images, headline in (
        (["roll.tif"], "1 of 1 image has defects"),
        (["roll.tif", "small.png"], "2 of 2 images have defects"),
    ):
        result = _run("detect", *images, "--out", "out of", "--report", "reports/report.html")
        assert result.exit_code == 0, result.stderr
        page = Path("reports/report.html").read_text()
        assert f"<h1>{headline}</h1>" in page
        link = page.split('<section class="card" id="large">')[1].split('href="')[1].split('"')[0]
        assert link == "../out%20of/roll_result/view/index.html"
        assert (Path("reports") / unquote(link)).resolve().exists()
    assert "<b>2</b> images inspected" in page


def test_view() -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    assert _run("detect", "roll.tif", "--out", "out").exit_code == 0
    result = _run("view", "out/roll_result", "roll.tif")
    assert result.exit_code == 0, result.output + result.stderr
    assert result.stdout.startswith("out/roll_result/view/index.html: ")
    page = Path("out/roll_result/view/index.html").read_text()
    assert open_result("out/roll_result").certificate["mask"] in page
    assert Path("out/roll_result/view/tiles/0/0_0.jpg").exists()
    assert _run("verify", "out/roll_result").exit_code == 0
    result = _run("view", "out/roll_result", "small.png", "--out", "view")
    assert result.exit_code == 1
    assert "expected a TIFF, BigTIFF or NPY file" in result.stderr


def test_verify(folder: Path) -> None:
    assert _run("detect", "roll.tif", "--out", "out").exit_code == 0
    result = _run("verify", "out/roll_result")
    assert result.exit_code == 0
    found: dict[str, Any] = open_result("out/roll_result").certificate
    assert all(digest in result.stdout for digest in found.values())
    mask = folder / "out" / "roll_result" / "mask.tif"
    data = mask.read_bytes()
    mask.write_bytes(data[:4099] + bytes([data[4099] ^ 1]) + data[4100:])
    result = _run("verify", "out/roll_result", "out/none")
    assert result.exit_code == 1
    assert "mask.tif: SHA-256" in result.stderr
    assert "out/none/result.json: expected the result of a finished run" in result.stderr
