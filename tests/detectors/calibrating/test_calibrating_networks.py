"""A network of an ONNX file: calibrated as it is, approved, and held against its approval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx_cases as cases
import pytest
from sheets import run
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect import OnnxDetector
from fastdefect.detectors import Recipe

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@pytest.fixture(name="data")
def _data(tmp_path: Path) -> Path:
    """Good images of four sheets, and defective ones."""
    folder = tmp_path / "data"
    for part in ("train/good", "test/good", "test/stain"):
        (folder / part).mkdir(parents=True)
    for seed in range(12):
        fastdefect.write_image(folder / f"train/good/{seed % 4}_{seed}.png", colour(cloth(seed)))
    for seed in range(2):
        fastdefect.write_image(folder / f"test/good/9_{seed}.png", colour(cloth(30 + seed)))
        fastdefect.write_image(
            folder / f"test/stain/{seed}.png", colour(spoiled(cloth(40 + seed)) // 2)
        )
    return folder


def colour(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 3 else np.dstack([image] * 3)


def network(path: Path, most: float = 255.0) -> Path:
    """As another program exports it: the network, and what is done around it in a TOML file beside."""
    path.write_bytes(cases.darkness(most=most))
    path.with_suffix(".toml").write_text('threshold = 250.0\n[network]\nmap = "anomaly_map"\n')
    return path


def test_it_gets_a_rate_a_domain_and_a_file_of_its_own(data: Path, tmp_path: Path) -> None:
    foreign, own = network(tmp_path / "foreign.onnx"), tmp_path / "own.onnx"
    before = foreign.read_bytes()
    result = run("calibrate", foreign, data, "--out", own)
    assert result.exit_code == 0, result.output
    assert "as this model gives them" in result.stdout
    assert "far too low" in result.stderr
    assert "but not" not in result.stderr  # the file keeps all of it
    assert foreign.read_bytes() == before
    found = fastdefect.load_detector(own)
    assert isinstance(found, OnnxDetector)
    assert found.threshold == found.calibration.threshold < 250.0
    assert found.domain is not None
    image = fastdefect.read_image(data / "train/good/0_0.png")
    assert found(image).score == fastdefect.load_detector(foreign)(image).score
    assert found(np.zeros_like(image)).verdict != "good"


def test_it_is_approved_and_one_weight_more_is_not(data: Path, tmp_path: Path) -> None:
    own, approval = tmp_path / "own.onnx", tmp_path / "a.json"
    result = run(
        "calibrate",
        network(tmp_path / "n.onnx"),
        data,
        "--out",
        own,
        "--approve",
        approval,
        "--threads",
        1,
    )
    assert result.exit_code == 0, result.output
    same = run("validate", own, "--against", approval, "--images", data, "--threads", 2)
    assert same.exit_code == 0, same.output
    assert "within 0.001" in same.stdout
    model = fastdefect.load_detector(own)
    weights = np.full(3, 1 / 3)
    weights[1] *= 1.05
    OnnxDetector(cases.darkness(weights=weights), Recipe(map="anomaly_map"), model.threshold).save(
        own
    )
    other = run("validate", own, "--against", approval, "--images", data)
    assert other.exit_code == 3
    assert "differs    " in other.stdout


def test_a_threshold_beside_the_file_counts(data: Path, tmp_path: Path) -> None:
    own, approval = network(tmp_path / "n.onnx"), tmp_path / "a.json"
    calibrated = tmp_path / "own.onnx"
    assert run("calibrate", own, data, "--out", calibrated).exit_code == 0
    from fastdefect.cli.validate.approving import write_approval

    write_approval(approval, own, data, sorted((data / "train/good").iterdir()), 1)
    assert run("validate", own, "--against", approval, "--images", data).exit_code == 0
    toml = own.with_suffix(".toml")
    toml.write_text(toml.read_text().replace("250.0", "250.5"))
    moved = run("validate", own, "--against", approval, "--images", data)
    assert moved.exit_code == 3
    assert "differs    threshold 250 then, 250.5 now" in moved.stdout


def test_the_scores_are_those_of_the_network(data: Path) -> None:
    detector = OnnxDetector(cases.darkness(), Recipe(map="anomaly_map"), 250.0)
    paths = sorted((data / "train/good").iterdir())
    found = fastdefect.calibrate(detector, paths, [path.name[0] for path in paths])
    assert not found.refitted
    assert found.calibration.groups == 4
    expected = [detector(fastdefect.read_image(path)).score for path in paths]
    assert np.array_equal(found.scores, expected)
