"""``fastdefect fit`` with networks, and networks of other programs in `calibrate`, `validate` and `evaluate`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import network_cases as cases
import numpy as np
import onnx_cases
import pytest
from sheets import kind, run

from fastdefect import io, load_detector
from fastdefect.detectors.onnx import protobuf
from fastdefect.detectors.onnx.file import _digest


@pytest.fixture(scope="module", name="cloth")
def _cloth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The material of the networks' tests in the MVTec-AD layout."""
    folder = tmp_path_factory.mktemp("data") / "cloth"
    for part in ("train/good", "test/good", "test/spot", "ground_truth/spot"):
        (folder / part).mkdir(parents=True)
    for seed in range(12):
        io.write_image(folder / f"train/good/{seed // 2}_{seed}.png", cases.good(seed))
    for seed in range(8):
        image, mask = cases.bad(seed)
        io.write_image(folder / f"test/spot/{seed // 2}_{seed}.png", image)
        io.write_image(folder / f"ground_truth/spot/{seed // 2}_{seed}_mask.png", mask * np.uint8(255))  # fmt: skip
        io.write_image(folder / f"test/good/{seed}.png", cases.good(200 + seed))
    return folder


@pytest.fixture(name="own")
def _own(cloth: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(cloth, tmp_path / "cloth"))


def test_a_network_is_trained_and_drawn(cloth: Path, tmp_path: Path) -> None:
    cases.require_training()
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    out, picture, approval = tmp_path / "m.onnx", tmp_path / "new/p.png", tmp_path / "a"
    options = ("--steps", 30, "--picture", picture, "--checkpoint", tmp_path / "c")
    result = run(
        "fit", cloth, "--detector", "fcn", "--out", out, "--grey", "--threads", 1, "--approve", approval, *options
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for words in (
        "trained    30 steps in",
        "from 8 good and 4 defective images",
        "images     12 good ones of 64 x 64",
        "threshold  ",
    ):
        assert words in result.stdout
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert not (tmp_path / "c").exists()
    detector = load_detector(out)
    assert (detector.kind, detector.channels) == ("fcn", 1)
    against = ("--against", approval, "--images", cloth)
    assert run("validate", out, *against).exit_code == 0
    change_a_weight(out)
    assert run("validate", out, *against).exit_code == 3
    figures = tmp_path / "e.json"
    assert run("evaluate", cloth, "--model", out, "--json", figures).exit_code == 0
    (found,) = json.loads(figures.read_text("utf-8"))["kinds"]
    assert found["image_auroc"] == 1.0


def change_a_weight(path: Path) -> None:
    """Add 2 to one weight of a network, and give it a digest that fits."""
    network, entries = protobuf.split_metadata(path.read_bytes())
    place = [(0, len(network))]
    for number in (7, 5, 9):  # the graph, its tensors, their bytes
        inside = [f for at in place for f in protobuf.fields(network, *at) if f.number == number]
        place = [(field.start, field.stop) for field in inside]
    # of 16 numbers: what is added to the channels of a layer at full size
    start = next(start for start, stop in place if stop - start == 64)
    changed = np.frombuffer(network[start : start + 4], np.float32) + np.float32(2)
    data = network[:start] + changed.tobytes() + network[start + 4 :]
    document = entries["fastdefect.model"]
    fitting = {"fastdefect.model": document, "fastdefect.digest": _digest(data, document).encode()}
    path.write_bytes(protobuf.with_metadata(data, fitting))


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (("test",), ("test/<defect> with defective images", "no ", "learns from good images")),
        (("test/spot", "ground_truth"), ("without a folder of defective images",)),
        (("ground_truth",), ("8 of 8 images without one", "ground_truth/spot/0_0_mask.png", "and 5 more")),
        (("ground_truth/spot/3_6_mask.png",), ("1 of 8 images without one", "3_6_mask.png")),
    ],
)  # fmt: skip
def test_missing_folders_and_masks_are_named(
    gone: tuple[str, ...], words: tuple[str, ...], own: Path, tmp_path: Path
) -> None:
    for part in gone:
        place = own / part
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    result = run("fit", own, "--detector", "fcn", "--out", tmp_path / "m")
    assert result.exit_code == 2
    for word in words:
        assert word in result.stderr
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--steps", 3), "--steps: expected a network"),
        (("--detector", "texture", "--seed", 1), "--seed: expected a network"),
        (("--detector", "fcn+texture"), "or a network: lenet, autoencoder, gan, resnet, fcn"),
        (("--detector", "fcn", "--steps", 0), "0 is not in the range"),
    ],
)
def test_bad_options(arguments: tuple[object, ...], word: str, cloth: Path, tmp_path: Path) -> None:
    result = run("fit", cloth, "--out", tmp_path / "m", *arguments)
    assert result.exit_code == 2
    assert word in result.stderr


def test_a_network_of_another_program_is_calibrated_and_validated(tmp_path: Path) -> None:
    """As anomalib exports: a fixed size, red first, 0 ... 1, outputs of its names."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    data, approval, out = kind(tmp_path / "cloth"), tmp_path / "a", tmp_path / "out.onnx"
    more = 'score = "pred_score"\nsize = [64, 64]\ncolour = "rgb"\nscale = 255'
    model = onnx_cases.write_pair(tmp_path, onnx_cases.darkness((64, 64), most=1.0), 0.1, more)
    result = run("calibrate", model, data, "--out", out, "--approve", approval)
    assert result.exit_code == 0, result.output
    calibrated, foreign = load_detector(out), load_detector(model)
    assert calibrated.network == foreign.network
    assert calibrated.threshold != foreign.threshold
    against = ("--against", approval, "--images", data)
    assert run("validate", out, *against).exit_code == 0
    image = io.read_image(next(iter(sorted((data / "test").rglob("*.png")))))
    assert calibrated(image).score == foreign(image).score
    weights = (1 / 3, 1 / 3, 0.35)
    changed = type(calibrated)(
        onnx_cases.darkness((64, 64), most=1.0, weights=weights), calibrated.recipe, calibrated.threshold
    )  # fmt: skip
    changed.save(out)
    assert run("validate", out, *against).exit_code == 3
