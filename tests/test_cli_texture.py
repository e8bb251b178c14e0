"""`fastdefect fit` and `fastdefect evaluate` on a small folder in the MVTec-AD layout."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from test_texture_model import cloth, spoiled

from fastdefect.cli.main import cli
from fastdefect.detectors.texture import TextureModel

pytest.importorskip("sklearn", reason="scikit-learn (the extra `evaluate`) is not installed")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    mask = np.zeros(cloth(0).shape[:2], np.uint8)
    mask[40:52, 60:70] = 255
    for place in ("train/good", "test/good", "test/stain", "ground_truth/stain"):
        (folder / place).mkdir(parents=True)
    for i in range(8):
        cv2.imwrite(str(folder / f"train/good/{i // 2}_{i}.png"), cloth(i))
        cv2.imwrite(str(folder / f"test/good/{i}.png"), cloth(10 + i))
        cv2.imwrite(str(folder / f"test/stain/{i}.png"), spoiled(cloth(20 + i)))
        cv2.imwrite(str(folder / f"ground_truth/stain/{i}_mask.png"), mask)
    return folder


def test_fit_then_evaluate(data: Path, tmp_path: Path) -> None:
    model = tmp_path / "cloth.model"
    run = CliRunner().invoke(cli, ["fit", str(data), "--out", str(model), "--threads", "1"])
    assert run.exit_code == 0, run.output
    assert "8 images (4 groups)" in run.output
    assert TextureModel.load(model).threshold > 0
    run = CliRunner().invoke(
        cli, ["evaluate", str(data), "--model", str(model), "--out", str(tmp_path / "out")]
    )
    assert run.exit_code == 0, run.output
    assert "image AUROC        1.0000" in run.output
    for name in ("curves.png", "gallery.png"):
        assert cv2.imread(str(tmp_path / "out" / name)) is not None


def test_a_corrupt_image_is_named_and_the_rest_is_kept(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    folder.mkdir()
    for path in (data / "train/good").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    model = tmp_path / "m"
    run = CliRunner().invoke(cli, ["fit", str(folder), "--out", str(model), "--grey"])
    assert run.exit_code == 1
    assert "broken.png" in run.output
    assert "8 images" in run.output
    test = tmp_path / "data"
    for place in ("test/good", "test/stain"):
        (test / place).mkdir(parents=True)
        for path in (data / place).iterdir():
            (test / place / path.name).write_bytes(path.read_bytes())
    (test / "test/good/broken.png").write_bytes(b"no image")
    run = CliRunner().invoke(cli, ["evaluate", str(test), "--model", str(model), "--json"])
    assert run.exit_code == 1
    printed = json.loads(next(line for line in run.stdout.splitlines() if line.startswith("{")))
    assert printed["image_auroc"] == 1.0
    assert printed["pixel_ap"] is None
    assert printed["false_alarms"][1] == 8


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_absent_data_is_one_sentence(command: str, data: Path, tmp_path: Path) -> None:
    target = "--out" if command == "fit" else "--model"
    run = CliRunner().invoke(cli, [command, str(tmp_path / "absent"), target, str(tmp_path / "m")])
    assert run.exit_code in (1, 2)
    assert "expected" in run.output
    assert "Traceback" not in run.output
