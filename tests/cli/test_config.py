"""One TOML file for ``detect``: everything the command line has, the right order of precedence, and clear errors."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from fastdefect import io
from fastdefect.cli.detect.command import detect
from fastdefect.cli.main import cli
from fastdefect.optional import install_line


@pytest.fixture(name="photo")
def _photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    image = np.full((96, 128, 3), 210, np.uint8)
    image[30:60, 40:90] = 30
    return io.write_image(tmp_path / "bad.png", image)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)], catch_exceptions=False)


def dumped(*arguments: object) -> dict[str, object]:
    pytest.importorskip("tomli_w", reason="tomli-w is not installed")
    result = run(*arguments, "--dump-config", "-")
    assert result.exit_code == 0, result.output
    return tomllib.loads(result.stdout)


def test_every_option_is_in_the_file_and_reads_back(tmp_path: Path) -> None:
    given = [
        "a.png", "b.png", "--model", "m.json", "--drift", "d.json", "--drift-reset", "--out", "results",
        "--no-overlay", "--panel", "--masks", "--score-maps", "--json",
        "--threads", "2", "--verbose", "--page", "2",
        "--roi", "roi.json", "--ignore", "ignore.png", "--mm-per-px", "0.2,0.25",
        "--min-area", "5", "--min-area-mm2", "1.5", "--merge-distance", "3", "--surroundings", "4",
        "--severity-by", "area", "--severity-limits", "10,20.5", "--report", "r.html", "--csv", "t.csv",
        "--jsonl", "t.jsonl", "--coco", "c.json", "--coco-segmentation", "rle", "--coco-folder", "photos",
        "--csv-images", "i.csv", "--fail-on-defect", "--recursive", "--quiet",
    ]  # fmt: skip
    values = dumped(*given)
    names = {p.name for p in detect.params} - {"config", "dump_config"}
    assert set(values) == names  # an option that this test forgets fails here
    assert values["images"] == ["a.png", "b.png"]
    assert values["mm_per_px"] == [0.2, 0.25]
    assert (values["overlay"], values["panel"], values["threads"]) == (False, True, 2)
    config = tmp_path / "all.toml"
    assert run(*given, "--dump-config", config).exit_code == 0
    assert dumped("--config", config) == values


def test_command_line_over_file_over_defaults(photo: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('images = ["bad.png"]\nmin_area = 7\noverlay = false\nmm_per_px = 2\n')
    values = dumped("--config", config, "--min-area", 9)
    assert (values["min_area"], values["overlay"], values["mm_per_px"]) == (9, False, [2.0])
    assert (values["merge_distance"], values["images"]) == (0, ["bad.png"])
    assert dumped("--overlay", "--config", config, "other.png")["overlay"] is True
    assert dumped("--config", config, "other.png")["images"] == ["other.png"]
    result = run("--config", config, "--csv", "t.csv")
    assert result.exit_code == 0, result.output
    assert "bad.png" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.png", "c.toml", "t.csv"]


def test_an_unset_option_is_named_and_explained() -> None:
    pytest.importorskip("tomli_w", reason="tomli-w is not installed")
    text = run("--dump-config", "-").stdout
    assert "# threads is not set" in text
    assert "# Threads to use" in text
    assert tomllib.loads(text)["min_area"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("min_aera = 3", ("c.toml", "unknown key 'min_aera'", "did you mean min_area?")),
        ("[detect]\nmin_area = 3", ("unknown key 'detect'",)),
        ('config = "x"', ("unknown key 'config'",)),
        ("threads = true", ("threads", "a whole number", "True")),
        ("threads = 0", ("threads", "1<=x<=256")),
        ('min_area = "5"', ("min_area", "a whole number", "'5'")),
        ("overlay = 1", ("overlay", "true or false")),
        ("images = [1]", ("images", "an array of texts")),
        ('mm_per_px = "wide"', ("mm_per_px", "a number or an array")),
        ("mm_per_px = [1, 2, 3]", ("mm_per_px", "received 3")),
        ("mm_per_px = -1", ("mm_per_px", "-1")),
        ('severity_by = "colour"', ("severity_by", "colour")),
        ("min_area = ", ("c.toml", "TOML")),
    ],
)
def test_bad_files(photo: Path, tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    config = tmp_path / "c.toml"
    config.write_text(text)
    result = run("--config", config, photo)
    assert result.exit_code == 2
    plain = result.stderr.replace("-", "_")  # click names the option, we the key
    for word in words:
        assert word.replace("-", "_") in plain
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.png", "c.toml"]


def test_missing_file_and_missing_images(tmp_path: Path) -> None:
    result = run("--config", tmp_path / "no.toml", "a.png")
    assert result.exit_code == 2
    assert "no.toml" in result.stderr
    result = run()
    assert result.exit_code == 2
    assert "Missing argument 'IMAGE...'" in result.stderr


def test_a_configuration_that_cannot_be_written(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tomli_w", reason="tomli-w is not installed")
    result = run(photo, "--dump-config", photo / "c.toml")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    result = run(photo, "--dump-config", tmp_path / "c.toml")
    assert result.exit_code == 1
    assert install_line("report", "tomli-w") in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.png"]
