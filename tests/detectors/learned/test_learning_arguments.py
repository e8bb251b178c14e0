"""What a training is given, checked before any work and without PyTorch; and what is said where that is missing."""

from __future__ import annotations

import re
import sys
from typing import Any

import network_cases as cases
import numpy as np
import pytest

import fastdefect
from fastdefect import ArgumentValueError, MissingPackageError
from fastdefect.detectors import detector_class, kinds, network_kinds, trainable_kinds
from fastdefect.detectors.learned.samples import Samples, relit
from fastdefect.detectors.learned.synthetic import precision, spoiled
from fastdefect.optional import install_line

GOOD = [cases.good(seed) for seed in range(12)]
IMAGE, MASK = cases.bad(0)


def test_the_registry_knows_them() -> None:
    assert network_kinds() == cases.KINDS
    assert {*network_kinds()} <= {*kinds()}
    assert not {*network_kinds()} & {*trainable_kinds()}


@pytest.mark.parametrize(
    ("kind", "more", "word"),
    [
        ("fcn", {}, "expected defective images with masks for the kind fcn, received 0"),
        ("lenet", {"defects": [IMAGE]}, "masks: expected one for each of 1"),
        ("resnet", {"defects": [IMAGE], "masks": [MASK & False]}, "received none"),
        ("resnet", {"defects": [IMAGE], "masks": [MASK | True]}, "received nothing else"),
        ("fcn", {"defects": [IMAGE], "masks": [MASK[1:]]}, r"masks\[0\]"),
        ("fcn", {"defects": [IMAGE[:20, :20]], "masks": [MASK[:20, :20]]}, "at least 32×32"),
        ("fcn", {"defects": [np.dstack([IMAGE] * 3)], "masks": [MASK]}, "expected 1 channels"),
        ("fcn", {"defects": [IMAGE], "masks": [MASK], "defect_groups": [1, 2]}, "defect_groups"),
        ("autoencoder", {"defects": [IMAGE], "masks": [MASK]}, "expected none"),
        ("gan", {"groups": [1] * 12}, "groups: expected at least two"),
        ("gan", {"groups": [1]}, "groups: expected one per image"),
        ("gan", {"threads": 0}, "threads: expected"),
    ],
)
def test_what_does_not_fit_is_named(kind: str, more: dict[str, Any], word: str) -> None:
    with pytest.raises(ArgumentValueError, match=word):
        detector_class(kind)().fit(GOOD, **{"groups": cases.GROUPS, **more})


def test_progress_is_a_function() -> None:
    with pytest.raises(fastdefect.ArgumentTypeError, match="progress: expected a function"):
        detector_class("gan")().fit(GOOD, progress="bar")  # type: ignore[attr-defined]


def test_too_few_images() -> None:
    with pytest.raises(ArgumentValueError, match="at least 6 good images"):
        detector_class("gan")().fit(GOOD[:5])


@pytest.mark.parametrize(
    "settings",
    [{"steps": 0}, {"steps": 1.5}, {"seed": -1}, {"seconds": 0}, {"false_alarms": 0.5}, {"seed": "x"}],
)  # fmt: skip
def test_settings_are_checked(settings: dict[str, Any]) -> None:
    with pytest.raises(fastdefect.FastDefectError, match=f"{next(iter(settings))}: expected"):
        detector_class("fcn")(**settings)


def test_an_untrained_network_is_no_detector() -> None:
    detector = detector_class("autoencoder")()
    assert not detector.is_finished
    for call in (lambda: detector(GOOD[0]), lambda: detector.save("nowhere")):
        with pytest.raises(ArgumentValueError, match="call fit first"):
            call()


@pytest.mark.parametrize("package", ["torch", "onnx", "onnxscript"])
def test_without_a_package_one_sentence(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if package != "torch":
        cases.require_training()
    monkeypatch.setitem(sys.modules, package, None)
    line = re.escape(install_line("learn", package))
    with pytest.raises(MissingPackageError, match=rf"{package}, which .*{line}"):
        detector_class("autoencoder")(steps=1).fit(GOOD, cases.GROUPS, threads=1)


def test_crops_show_the_defects() -> None:
    samples = Samples(GOOD, [(IMAGE, MASK)], 32, 16)
    batch = samples.batch(8, np.random.default_rng(0))
    assert batch.images.shape == (8, 1, 32, 32)
    assert batch.masks.any((1, 2, 3)).tolist() == [True, False] * 4
    again = samples.batch(8, np.random.default_rng(0))
    np.testing.assert_array_equal(batch.images, again.images)
    colour = Samples([np.dstack([image] * 3) for image in GOOD], [], 96, 16)
    assert colour.batch(2, np.random.default_rng(0)).images.shape == (2, 3, 64, 64)


def test_light_and_drawn_defects() -> None:
    random = np.random.default_rng(0)
    means = [relit(GOOD[0], random).mean() / GOOD[0].mean() for _ in range(50)]
    assert min(means) < 0.75
    assert max(means) > 1.15
    image, mask = spoiled(GOOD[0], random)
    assert mask.any()
    assert not mask.all()
    np.testing.assert_array_equal(image[~mask], GOOD[0][~mask])
    assert (image[mask] != GOOD[0][mask]).mean() > 0.9


def test_average_precision() -> None:
    mask = np.array([True, False, True, False])
    assert precision(np.array([4.0, 3.0, 2.0, 1.0]), mask) == pytest.approx((1 + 2 / 3) / 2)
    assert precision(np.zeros(4), mask & False) == 0.0
