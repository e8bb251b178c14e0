"""Networks of ONNX files: what is done before and after them, buffers, threads, areas."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import cv2
import numpy as np
import onnx_cases as cases
import pytest

import fastdefect
from fastdefect import ArgumentValueError, MissingPackageError, ModelFileError, OnnxDetector
from fastdefect.detectors import Recipe
from fastdefect.io import write_image
from fastdefect.optional import install_line

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

SHAPE = 40, 56


def picture(seed: int = 0, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Noise in colour with a dark spot."""
    image = np.random.default_rng(seed).integers(120, 200, (*shape, 3), np.uint8)
    image[20:30, 30:44] = 10, 20, 30
    return image


def darkness(image: np.ndarray, weights: np.ndarray, most: float = 255.0) -> np.ndarray:
    """What the network computes, (H, W), of values that it is given, (H, W, C)."""
    grey = (image.astype(np.float64) * weights).sum(2)
    counted = cv2.blur(np.ones_like(grey), (5, 5), borderType=cv2.BORDER_CONSTANT)
    return most - cv2.blur(grey, (5, 5), borderType=cv2.BORDER_CONSTANT) / counted


WEIGHTS = np.array([0.5, 0.3, 0.2])
MEAN, STD = np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.3, 0.4])


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("colour", ["rgb", "bgr"])
@pytest.mark.parametrize("scaled", [False, True])
def test_recipe_is_followed(channels_last: bool, colour: str, scaled: bool, threads: int) -> None:
    recipe = Recipe(
        map="anomaly_map",
        score="pred_score",
        colour=colour,
        layout="nhwc" if channels_last else "nchw",
        **({"scale": 255, "mean": tuple(MEAN), "std": tuple(STD)} if scaled else {}),
    )
    network = cases.darkness(weights=WEIGHTS, most=300.0, channels_last=channels_last)
    image = picture()
    values = image[..., ::-1] if colour == "rgb" else image
    if scaled:
        values = (values / 255 - MEAN) / STD
    expected = darkness(values, WEIGHTS, 300.0)
    found = OnnxDetector(network, recipe, float(expected.max()) - 1).plan(SHAPE, threads=threads)(
        image
    )
    np.testing.assert_allclose(found.score_map, expected, rtol=1e-5, atol=1e-3)
    assert found.score == pytest.approx(expected.max(), rel=1e-5)
    assert found.is_defective
    np.testing.assert_array_equal(found.mask, found.score_map > found.threshold)


def test_grey_images_and_the_score_of_the_20_highest() -> None:
    recipe = Recipe(map="anomaly_map", colour="grey")
    detector = OnnxDetector(cases.darkness(weights=[1.0]), recipe, 100.0)
    grey = np.ascontiguousarray(picture()[..., 0])
    found = detector(grey)
    expected = darkness(grey[..., None], np.ones(1))
    assert found.score == pytest.approx(np.sort(expected, axis=None)[-20:].mean(), rel=1e-5)
    with pytest.raises(ArgumentValueError, match="1 channels"):
        detector(picture())
    tiny = detector.with_threshold(0.0)(grey[:3, :4])
    assert tiny.score == pytest.approx(darkness(grey[:3, :4, None], np.ones(1)).mean(), rel=1e-4)


def test_images_of_another_size_are_resized() -> None:
    """As anomalib exports: 64 by 64 pixels of 0 ... 1, red first, a map and a score."""
    recipe = Recipe(map="anomaly_map", score="pred_score", size=(64, 64), colour="rgb", scale=255)
    detector = OnnxDetector(cases.darkness((64, 64), most=1.0), recipe, 0.5)
    for shape in ((64, 64), (100, 130)):
        image = picture(shape=shape)
        small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_LINEAR)
        expected = darkness(small / 255, np.full(3, 1 / 3), 1.0)
        found = detector(image)
        assert found.score == pytest.approx(expected.max(), abs=1e-5)
        assert found.score_map.shape == shape
        back = cv2.resize(expected, shape[::-1], interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(found.score_map, back, atol=1e-5)
        assert found.is_defective


def test_rows_are_repeated_to_a_multiple_of_the_stride() -> None:
    """A network of stride 8 that returns what it was given: the image, without the rows that were added."""
    graph = [
        cases.node("AveragePool", ["image"], ["small"], kernel_shape=[8, 8], strides=[8, 8]),
        cases.node("Resize", ["small", "", "scales"], ["map"]),
        cases.tensor("scales", np.array([1, 1, 8, 8])),
        cases.value(11, "image", (1, 1, "h", "w")),
        cases.value(12, "map", (1, 1, "h", "w")),
    ]
    detector = OnnxDetector(cases.model(*graph), Recipe(map="map", colour="grey", stride=8), 1000.0)
    image = np.full((11, 13), 70, np.uint8)
    image[-1], image[:, -1] = 90, 110
    found = detector(image).score_map
    assert found.shape == (11, 13)
    # of the last block 3 rows are the image's, 5 repeat the last one
    assert found[10, 0] == pytest.approx((2 * 70 + 6 * 90) / 8)
    with pytest.raises(ModelFileError, match="one number a pixel"):
        OnnxDetector(cases.model(*graph), Recipe(map="map", colour="grey"), 1.0)(image)


def test_an_area_hides_what_lies_outside() -> None:
    recipe = Recipe(map="anomaly_map", halo=2)
    detector = OnnxDetector(cases.darkness(), recipe, 150.0)
    area = [[[0, 0], [28, 0], [28, 40], [0, 40]]]
    image = picture()
    found = detector(image, roi=area)
    assert not found.is_defective
    assert not found.score_map[:, 29:].any()
    other = image.copy()
    other[:, 30:] = 0
    np.testing.assert_array_equal(detector(other, roi=area).score_map, found.score_map)
    assert detector(image).is_defective


def test_an_idle_plan_takes_no_time_of_the_processor() -> None:
    plan = OnnxDetector(cases.darkness(), Recipe(map="anomaly_map"), 1.0).plan(
        (512, 512), threads=2
    )
    image = picture(shape=(512, 512))
    plan(image)
    began = time.process_time()
    for _ in range(10):
        time.sleep(0.03)
    assert time.process_time() - began < 0.05


def test_numbers_that_are_none_are_refused_and_those_below_0_count_as_0() -> None:
    dark = cases.darkness(most=-1.0)
    found = OnnxDetector(dark, Recipe(map="anomaly_map", score="pred_score"), 0.0)(picture())
    assert (found.score, found.is_defective, found.score_map.max()) == (0.0, False, 0.0)
    for score in (None, "pred_score"):
        broken = OnnxDetector(
            cases.darkness(most=float("nan")), Recipe(map="anomaly_map", score=score), 1.0
        )
        with pytest.raises(ArgumentValueError, match="mend the network"):
            broken(picture())


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"map": "heat"}, "heat"),
        ({"map": "pred_score"}, "one number a pixel"),
        ({"map": "anomaly_map", "score": "anomaly_map"}, "the score"),
        ({"map": "anomaly_map", "colour": "grey"}, "mend its size, layout or colour"),
        ({"map": "anomaly_map", "layout": "nhwc"}, "mend its size, layout or colour"),
    ],
)
def test_a_wrong_recipe_is_named(changed: dict[str, str], word: str) -> None:
    with pytest.raises(ModelFileError, match=word):
        OnnxDetector(cases.darkness(), Recipe(**changed), 1.0).plan(SHAPE)


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({}, "map is needed"),
        ({"map": "m", "colours": "rgb"}, "colours"),
        ({"map": 3}, "map: expected the name"),
        ({"map": "m", "size": 64}, "size: expected height and width"),
        ({"map": "m", "size": [0, 64]}, "size: expected an integer"),
        ({"map": "m", "std": 0}, "std: expected"),
        ({"map": "m", "mean": [1, 2]}, "mean: expected one number, or 3"),
        ({"map": "m", "colour": "hsv"}, "colour: expected one of"),
        ({"map": "m", "layout": "chw"}, "layout: expected one of"),
        ({"map": "m", "stride": 8, "halo": 12}, "halo: expected a multiple"),
        ({"map": "m", "score": "s", "halo": 8}, "halo: expected"),
    ],
)
def test_recipes_are_checked(entries: dict[str, object], word: str) -> None:
    with pytest.raises(fastdefect.FastDefectError, match=word):
        Recipe.of(entries)


def test_a_detector_can_be_pickled_and_a_forked_child_goes_on() -> None:
    detector = OnnxDetector(cases.darkness(), Recipe(map="anomaly_map"), 100.0)
    image = picture()
    score = detector(image, threads=2).score
    assert pickle.loads(pickle.dumps(detector))(image).score == score
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fork with threads, which is what is tried
        child = os.fork()
    if not child:
        signal.alarm(60)  # a child that waits for ever must not keep the tests
        os._exit(0 if detector(image, threads=2).score == score else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_without_the_runtime_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = cases.write_pair(tmp_path, cases.darkness(), 1.0)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    detector = fastdefect.load_detector(path)
    with pytest.raises(MissingPackageError, match=re.escape(install_line("onnx", "onnxruntime"))):
        detector(picture())


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = """
import sys, fastdefect
from fastdefect.detectors import detector_class, kinds
from fastdefect.optional import install_line
[detector_class(kind) for kind in kinds()]
fastdefect.load_detector("bench_images/darkness.onnx")
print({"torch", "onnx", "onnxruntime"} & set(sys.modules))
"""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_the_example_is_what_the_cases_write() -> None:
    example = Path(__file__).parents[3] / "bench_images/darkness.onnx"
    assert example.read_bytes() == cases.darkness()


def test_providers() -> None:
    detector = OnnxDetector(cases.darkness(), Recipe(map="anomaly_map"), 1.0)
    assert detector.with_provider("cpu").provider == "cpu"
    with pytest.raises(ArgumentValueError, match="provider: expected one of cpu"):
        detector.with_provider("abacus")
    plan = detector.plan(SHAPE, threads=1)
    assert plan.paths()["map"] == "cpu, 56 x 40"
    assert plan.nbytes > 0


def test_the_command_line_takes_a_network_of_another_program(tmp_path: Path) -> None:
    path = cases.write_pair(tmp_path, cases.darkness(), 150.0, 'score = "pred_score"')
    write_image(tmp_path / "spot.png", picture())
    command = ["detect", str(tmp_path / "spot.png"), "--model", str(path), "--no-overlay"]
    done = subprocess.run(
        [sys.executable, "-m", "fastdefect", *command], capture_output=True, text=True, check=False
    )
    assert "DEFECT" in done.stdout, done.stderr
