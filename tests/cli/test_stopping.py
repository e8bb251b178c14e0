"""A command that is stopped by a signal says so, keeps what is finished and ends with the status that a shell expects."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT

from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.errors import ArgumentValueError


@pytest.fixture(name="photos")
def _photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of images of noise."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    for number in range(4):
        (tmp_path / "photos").mkdir(exist_ok=True)
        io.write_image(f"photos/{number}.png", random.integers(90, 160, (48, 64), np.uint8))
    return tmp_path / "photos"


@pytest.mark.parametrize("finished", [0, 1, 2])
@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (KeyboardInterrupt(), 130, "SIGINT"),
        ("TERM", 143, "SIGTERM"),
        (ArgumentValueError("a mask: of another size"), 2, "fault"),
    ],
)
def test_evaluate_keeps_the_kinds_that_are_finished(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Any, status: int, word: str,
    finished: int,
) -> None:  # fmt: skip
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")
    from fastdefect.cli.evaluate.evaluation_run import EvaluationRun

    for kind in "abc":
        shutil.copytree(photos, tmp_path / "data" / kind / "test" / "good")
        shutil.copytree(photos, tmp_path / "data" / kind / "test" / "hole")
    whole, left = EvaluationRun.run, itertools.count()

    def stops(self: EvaluationRun, on_image: Any) -> Any:
        if next(left) == finished:
            if error == "TERM":
                signal.raise_signal(signal.SIGTERM)
            raise error
        return whole(self, on_image)

    monkeypatch.setattr(EvaluationRun, "run", stops)
    result = CliRunner().invoke(cli, ["evaluate", str(tmp_path / "data"), "--json", "new/e.json"])
    assert result.exit_code == status
    report = tmp_path / "new" / "e.json"
    if not finished:
        assert not report.exists()
        assert f"stopped by {word}" in result.stderr or "of another size" in result.stderr
        return
    assert f"stopped by {word}; these are {finished} of 3 kinds" in result.stderr
    found = json.loads(report.read_text(encoding="utf-8"))["kinds"]
    assert [kind["kind"] for kind in found] == ["a", "b"][:finished]


@pytest.mark.parametrize(
    ("sent", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
@pytest.mark.parametrize("command", ["fit", "warmup", "bench", "profile", "detect", "evaluate"])
def test_every_command_ends_as_the_signal_wants(
    command: str, sent: signal.Signals, status: int, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it comes: here where the command begins."""
    from fastdefect.cli import main

    chosen = main.Commands.get_command(main.cli, click.Context(main.cli), command)
    assert chosen is not None
    monkeypatch.setattr(chosen, "callback", lambda **_: signal.raise_signal(sent))
    needed = {
        "fit": [str(photos), "--out", "m"],
        "detect": [str(photos)],
        "evaluate": [str(photos)],
    }
    before = signal.getsignal(signal.SIGTERM)
    result = CliRunner().invoke(cli, [command, *needed.get(command, [])])
    assert signal.getsignal(signal.SIGTERM) is before
    assert (result.exit_code, result.stderr) == (status, f"Error: stopped by {sent.name}\n")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_training_leaves_no_model(
    sent: signal.Signals, photos: Path, tmp_path: Path
) -> None:
    """One process that is stopped while it learns; an older model stays."""
    (tmp_path / "m.json").write_text("older")
    code = (
        "import sys; from fastdefect.detectors.texture.model import TextureModel\n"
        "whole = TextureModel.fit\n"
        "def said(done, steps):\n"
        "    if done == steps // 2:\n"
        "        print('next', flush=True)\n"
        "        sys.stdin.readline()\n"
        "def fit(self, *given, progress, **options):\n"
        "    return whole(self, *given, progress=said, **options)\n"
        "TextureModel.fit = fit\n"
        "from fastdefect.cli.main import cli; cli()\n"
    )
    command = [
        sys.executable,
        "-c",
        code,
        "fit",
        str(photos),
        "--out",
        "m.json",
        "--grey",
        "--threads",
        "1",
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "next\n"
        process.send_signal(sent)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + sent
    assert f"Error: stopped by {sent.name}" in said
    assert (tmp_path / "m.json").read_text() == "older"
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]
