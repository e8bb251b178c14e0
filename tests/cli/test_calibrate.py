"""``fastdefect calibrate`` on small generated sheets."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sheets import kind, run

from fastdefect import TextureModel, io, load_detector
from fastdefect.detectors.calibrating import scoring


@pytest.fixture(scope="module", name="data")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = kind(tmp_path_factory.mktemp("data") / "cloth")
    assert run("fit", folder, "--out", folder.parent / "cloth.model", "--threads", 1).exit_code == 0
    return folder


@pytest.fixture(name="model")
def _model(data: Path, tmp_path: Path) -> Path:
    """A model file of its own."""
    path = tmp_path / "own.model"
    path.write_bytes((data.parent / "cloth.model").read_bytes())
    return path


def test_it_writes_the_model_with_another_threshold(
    data: Path, model: Path, tmp_path: Path
) -> None:
    before, out = model.read_bytes(), tmp_path / "new" / "strict.model"
    result = run("calibrate", model, data, "--false-alarms", "0.1%", "--out", out, "--threads", 1)
    assert result.exit_code == 0, result.output
    old, new = TextureModel.load(model), TextureModel.load(out)
    assert new.threshold > old.threshold
    assert new.calibration is not None
    for words in (
        "12 good ones",
        "groups     4,",
        "learned anew",
        "0.1 % false alarms",
        f"threshold {old.threshold:.4g}",
    ):
        assert words in result.stdout
    assert model.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["strict.model"]
    assert run("calibrate", model, data, "--false-alarms", "0.1%").exit_code == 0
    assert model.read_bytes() == out.read_bytes()  # without --out in its place, and the same again


def test_scores_as_they_are_come_with_a_warning(data: Path, model: Path) -> None:
    constants = json.loads(model.read_text())["constants"]
    result = run("calibrate", model, data, "--as-is", "--groups", "none")
    assert result.exit_code == 0, result.output
    assert "as this model gives them" in result.stdout
    assert "far too low" in result.stderr
    assert "without groups" in result.stderr
    assert json.loads(model.read_text())["constants"] == constants


def test_a_zero_shot_model_gets_threshold_and_domain(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "zero"
    TextureModel.zero_shot().save(path)
    result = run("calibrate", path, data)
    assert result.exit_code == 0, result.output
    found = load_detector(path)
    assert found.domain is not None
    assert found.threshold == found.calibration.threshold
    assert "keeps the threshold, but not" not in result.stderr


def test_an_odd_image_is_named_with_the_command_without_it(
    data: Path, model: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good"
    good.mkdir()
    for path in (data / "train/good").iterdir():
        (good / path.name).write_bytes(path.read_bytes())
    spoiled = io.read_image(good / "01_1.png")
    spoiled[30:60, 30:60] //= 4
    io.write_image(good / "01_1.png", spoiled)
    before = model.read_bytes()
    result = run("calibrate", model, good)
    assert result.exit_code == 2
    assert "01_1.png" in result.stderr
    assert "To leave them out: fastdefect calibrate" in result.stderr.replace(
        "cli calibrate", "fastdefect calibrate"
    )
    assert "--leave-out 01_1.png" in result.stderr
    assert model.read_bytes() == before
    assert run("calibrate", model, good, "--leave-out", "01_1.png").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("none", "DATA"), 1, "MODEL: expected a model file"),
        (("MODEL", "none"), 2, "does not exist"),
        (("MODEL", "DATA", "--false-alarms", "30%"), 2, "rate from"),
        (("MODEL", "DATA", "--groups", "("), 2, "regular expression"),
        (("MODEL",), 2, "Missing argument"),
    ],
)
def test_bad_arguments(
    data: Path, model: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    places = {"DATA": data, "MODEL": model}
    before = model.read_bytes()
    result = run("calibrate", *(places.get(word, word) for word in arguments))
    assert result.exit_code == status
    assert words in result.stderr
    assert model.read_bytes() == before


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_leaves_the_old_model(
    data: Path, model: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    whole = scoring.calibrate_scores

    def stops(*arguments: Any, **named: Any) -> Any:
        signal.raise_signal(number)
        return whole(*arguments, **named)

    monkeypatch.setattr(scoring, "calibrate_scores", stops)
    before = model.read_bytes()
    result = run("calibrate", model, data, "--as-is")
    assert result.exit_code == status
    assert "stopped by SIG" in result.stderr
    assert model.read_bytes() == before
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_a_file_that_keeps_no_threshold_is_not_written(
    data: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = TextureModel.save

    def forgets(self: TextureModel, path: Any) -> None:
        saved(self.with_threshold(1.0), path)

    monkeypatch.setattr(TextureModel, "save", forgets)
    before = model.read_bytes()
    result = run("calibrate", model, data)
    assert result.exit_code == 1
    assert "keeps its threshold" in result.stderr
    assert model.read_bytes() == before


def test_grey_files_for_a_grey_model(data: Path, tmp_path: Path) -> None:
    grey = [io.read_image(path)[:, :, 1].copy() for path in sorted((data / "train/good").iterdir())]
    TextureModel(window=31).fit(grey).save(tmp_path / "grey.model")
    folder = tmp_path / "grey"
    folder.mkdir()
    for number, image in enumerate(grey):
        io.write_image(folder / f"{number % 3}_{number}.png", image)
    result = run("calibrate", tmp_path / "grey.model", folder, "--as-is")
    assert result.exit_code == 0, result.output
    assert np.isfinite(load_detector(tmp_path / "grey.model").threshold)
