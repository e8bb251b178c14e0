"""Every numeric and text option x every hostile text, and hostile configuration files: wrong usage, said in a few words."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from fastdefect import io
from fastdefect.cli.bench.command import bench
from fastdefect.cli.calibrate.command import calibrate
from fastdefect.cli.detect.command import detect
from fastdefect.cli.evaluate.command import evaluate
from fastdefect.cli.fit.command import fit
from fastdefect.cli.main import cli
from fastdefect.cli.profile.command import profile
from fastdefect.cli.validate.command import validate
from fastdefect.cli.warmup.command import warmup

NUMBERS = [
    "", " ", "x", "nan", "-nan", "inf", "-inf", "1e400", "-1", "-1e308", "1e-400", "1_0_", "0x10", "1,2,3,4,5", ",",
    "9" * 400, "9" * 5000, "9" * 400 + "x1", "9" * 5000 + "x1", "1x" + "9" * 30, "²x²", "٣x", "-5x5", "1x1x1",
    "a\x1b[31mb", "\udcff", "[1]", "true", "-0", "-0.0", "\0", "1\0", "0x0", "-0x-0", "1" + "0" * 400,
]  # fmt: skip
TEXTS = [
    "",
    "a" * 5000,
    "\x1b[2J",
    "\udcff\udcfe",
    "((((",
    "a{99999999999}",
    "(" * 20_000,
    "*",
    "../..",
    "-",
    "a\0b",
    "\0",
]
# What costs minutes or writes where it is told: these are tested with values that are refused at once.
BASE = {
    detect: ["photo.png", "--no-overlay"],
    fit: ["good", "--out", "model.json"],
    calibrate: ["photo.png", "good", "--out", "model.json"],
    evaluate: ["good"],
    validate: ["photo.png", "--against", "none"],
    profile: ["--seconds", "nan"],
    warmup: ["--model", "none"],
    bench: ["--row", "none"],
}


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    io.write_image("photo.png", np.full((24, 32, 3), 90, np.uint8))
    Path("good").mkdir()
    for number in range(2):
        io.write_image(f"good/{number}.png", np.full((24, 32, 3), 90 + number, np.uint8))
    return tmp_path


def _run(command: click.Command, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, [str(command.name), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), (
        arguments, repr(result.exception)[:300],
    )  # fmt: skip
    assert result.exit_code in (0, 1, 2)
    assert "Traceback" not in result.output
    return result


def _options(kinds: tuple[type, ...] | None) -> list[tuple[click.Command, str]]:
    """Options that take a number, or those that take a text or the name of a file to read."""
    written = {
        "--out",
        "--report",
        "--csv",
        "--csv-images",
        "--jsonl",
        "--coco",
        "--json",
        "--dump-config",
        "--compare",
        "--save",
        "--approve",
    }
    found = []
    for command in BASE:
        for option in command.params:
            if not isinstance(option, click.Option) or option.is_flag or option.opts[0] in written:
                continue
            a_file = isinstance(option.type, click.Path)
            if a_file == (kinds is None):
                found.append((command, option.opts[0]))
    return found


@pytest.mark.parametrize(
    ("command", "option"), _options((int,)), ids=lambda each: getattr(each, "name", each)
)
def test_numbers_and_words(command: click.Command, option: str) -> None:
    for value in [*NUMBERS, *TEXTS]:
        result = _run(command, *BASE[command], f"{option}={value}")
        if result.exit_code:
            assert "Error" in result.stderr


@pytest.mark.parametrize(
    ("command", "option"), _options(None), ids=lambda each: getattr(each, "name", each)
)
def test_names_of_files(command: click.Command, option: str) -> None:
    for value in TEXTS:
        result = _run(command, *BASE[command], f"{option}={value}")
        assert result.exit_code in (1, 2)


@pytest.mark.parametrize(
    "value",
    [*(text for text in TEXTS if text not in "*.."), "", "rtsp://camera/1", "http://a/b.png"],
)
def test_names_of_images(value: str) -> None:
    result = _run(detect, "--no-overlay", "--", value)
    assert result.exit_code in (1, 2)
    if "//" in value:
        assert value in result.stderr  # with both its slashes


HOSTILE_TOML = {
    "null in a text": 'model = "a\\u0000b"',
    "null in images": 'images = ["a\\u0000b"]',
    "null in the file": "min_area = 1\0",
    "depth": "images = " + "[" * 100_000,
    "depth of tables": "a" + ".a" * 5000 + " = 1",
    "inline depth": "a = " + "{a = " * 5000,
    "large integer": f"min_area = {10**400}",
    "integer of 5,000 digits": f"min_area = {'9' * 5000}",
    "large integer for a float": f"min_area_mm2 = {10**400}",
    "large integer in numbers": f"mm_per_px = {10**400}",
    "large integers in numbers": f"severity_limits = [1, {10**400}]",
    "nan": "mm_per_px = nan",
    "infinity": "min_area_mm2 = inf",
    "tiny scale": "mm_per_px = 1e-308",
    "huge scale": "mm_per_px = 1e308",
    "text for numbers": 'severity_limits = "x"',
    "nested numbers": "severity_limits = [[1]]",
    "table for a number": "min_area = {a = 1}",
    "date for a number": "min_area = 1979-05-27",
    "no UTF-8": b"out = '\xff'",
    "UTF-16": "min_area = 1".encode("utf-16"),
    "long text": 'severity_by = "' + "x" * 100_000 + '"',
    "a key twice": "min_area = 1\nmin_area = 2",
}


@pytest.mark.parametrize("name", HOSTILE_TOML)
def test_configurations(name: str) -> None:
    content = HOSTILE_TOML[name]
    Path("c.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = _run(detect, "--config", "c.toml", "photo.png", "--no-overlay")
    assert result.exit_code == 2, result.output
    assert len(result.stderr) < 1500


HOSTILE_JSON = {
    "depth": "[" * 100_000,
    "large": f"[[[0, 0], [{10**400}, 0], [1, 1]]]",
    "5,000 digits": f"[[[0, 0], [{'9' * 5000}, 0], [1, 1]]]",
    "nan": "[[[0, 0], [NaN, 0], [1, 1]]]",
    "infinity": "[[[0, 0], [Infinity, 0], [1, 1]]]",
    "1e999": "[[[0, 0], [1e999, 0], [1, 1]]]",
    "texts": '[[["a", "b"], ["c", "d"], ["e", "f"]]]',
    "ragged": "[[[0, 0], [1], [1, 1]]]",
    "null": "[null]",
    "mixed keys": '{"polygons": [], "a": 1}',
    "number": "3",
    "nothing": "",
    "no UTF-8": b"[\xff]",
    "true": "[[[true, false], [1, 1], [0, 1]], true]",
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
@pytest.mark.parametrize("option", ["--roi", "--ignore", "--model"])
def test_documents(name: str, option: str) -> None:
    content = HOSTILE_JSON[name]
    Path("x.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = _run(detect, "photo.png", "--no-overlay", option, "x.json")
    assert result.exit_code in (1, 2)
    assert len(result.stderr) < 1500
    if option == "--model":
        assert "--model: expected" in result.stderr


def test_model_errors_name_the_option() -> None:
    for command in (detect, warmup, evaluate):
        arguments = [each for each in BASE[command] if each not in ("--model", "none")]
        for name in ("none", "photo.png", "good"):
            if command is evaluate and name != "photo.png":
                continue  # click asks whether it is there, and a folder of models is allowed
            result = _run(command, *arguments, "--model", name)
            assert "path:" not in result.stderr
            assert command is evaluate or "--model: expected a model file" in result.stderr


def test_profiles_that_lack_figures() -> None:
    for content in (
        {},
        {"runs": [], "shape": [1, 1]},
        {"runs": [{}], "shape": [1, 1]},
        {"runs": 3, "shape": None},
    ):
        Path("p.json").write_text(
            json.dumps({"kind": "fastdefect profile", "format": 1, **content})
        )
        result = _run(profile, "--compare", "p.json", "p.json")
        assert result.exit_code == 2
        assert "expected" in result.stderr
