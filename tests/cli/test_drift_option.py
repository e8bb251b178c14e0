"""``--drift``: written by fit and calibrate, said once by detect, kept over runs and stops."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sheets import kind, run

from fastdefect import io
from fastdefect.cli.detect.inspection import Inspector
from fastdefect.detectors import Drift


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, model and drift file, and a folder of frames that grow dark."""
    folder = tmp_path_factory.mktemp("made")
    kind(folder / "cloth")
    result = run(
        "fit",
        folder / "cloth",
        "--out",
        folder / "m",
        "--drift",
        folder / "d",
        "--groups",
        "none",
        "--threads",
        1,
    )
    assert result.exit_code == 0, result.output
    assert "drift      " in result.stdout
    assert (
        "1 % chance of an alarm in 20,000 frames of unchanged material, from 12 groups"
        in result.stdout
    )
    (folder / "frames").mkdir()
    good = sorted((folder / "cloth/train/good").iterdir())
    for frame in range(60):
        image = io.read_image(good[frame % 12])
        io.write_image(
            folder / f"frames/{frame:03d}.png", np.rint(image * 0.99**frame).astype(np.uint8)
        )
    return folder


@pytest.fixture(name="file")
def _file(made: Path, tmp_path: Path) -> Path:
    path = tmp_path / "drift"
    path.write_bytes((made / "d").read_bytes())
    return path


def detect(made: Path, file: Path, *more: object) -> Any:
    return run(
        "detect",
        made / "frames",
        "--model",
        made / "m",
        "--drift",
        file,
        "--no-overlay",
        "--threads",
        1,
        *more,
    )


def test_it_is_said_once_in_line_note_and_export(made: Path, file: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    rows, page = tmp_path / "rows.jsonl", tmp_path / "page.html"
    result = detect(made, file, "--jsonl", rows, "--report", page)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("drift: darker than at the calibration") == 1
    assert result.stderr.count("Drift: darker than at the calibration") == 1
    notes = [note for line in rows.read_text().splitlines() for note in json.loads(line)["notes"]]
    assert sum(note.startswith("drift: darker") for note in notes) == 1
    assert page.read_text("utf-8").count("drift: darker") >= 1
    assert Drift.load(file).words is not None
    again = detect(made, file)  # the alarm stands, and is no news
    assert "drift: " not in again.stdout
    assert again.stderr.count("Drift: darker") == 1


def test_it_goes_on_and_can_be_reset(made: Path, file: Path) -> None:
    first = run(
        "detect", made / "frames/000.png", "--model", made / "m", "--drift", file, "--no-overlay"
    )
    assert first.exit_code == 0, first.output
    assert Drift.load(file).test.frames == 1
    detect(made, file)
    assert Drift.load(file).test.frames == 61
    run(
        "detect",
        made / "frames/000.png",
        "--model",
        made / "m",
        "--drift",
        file,
        "--no-overlay",
        "--drift-reset",
    )
    found = Drift.load(file)
    assert (found.test.frames, found.words) == (1, None)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_keeps_what_it_saw(
    made: Path, file: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    whole, left = Inspector.__call__, iter(range(60))

    def stops(self: Inspector, path: Path) -> Any:
        if next(left) == 7:
            signal.raise_signal(number)
        return whole(self, path)

    monkeypatch.setattr(Inspector, "__call__", stops)
    assert detect(made, file).exit_code == status
    assert Drift.load(file).test.frames == 7


def test_another_models_file_is_refused(made: Path, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    result = run(
        "calibrate",
        made / "m",
        made / "cloth",
        "--out",
        other,
        "--drift",
        tmp_path / "d2",
        "--false-alarms",
        "5%",
    )
    assert result.exit_code == 0, result.output
    wrong = run("detect", made / "frames", "--model", other, "--drift", file, "--no-overlay")
    assert wrong.exit_code == 1
    assert "--drift: expected the file of this --model" in wrong.stderr
    right = run(
        "detect",
        made / "frames/000.png",
        "--model",
        other,
        "--drift",
        tmp_path / "d2",
        "--no-overlay",
    )
    assert right.exit_code == 0, right.output


def test_it_needs_its_model(made: Path, file: Path) -> None:
    result = run("detect", made / "frames", "--drift", file, "--no-overlay")
    assert result.exit_code == 2
    assert "--drift: expected the --model" in result.stderr
