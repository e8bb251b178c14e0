"""A threshold with a named rate for detectors of all kinds: trained anew, or as they are."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texture_cases import cloth

import fastdefect
from fastdefect.detectors import Joined
from fastdefect.detectors.score_map import ScoreMapDetector


def good(count: int = 16, first: int = 0) -> tuple[list[np.ndarray], list[int]]:
    """Crops of four sheets."""
    return [cloth(first + seed) for seed in range(count)], [seed % 4 for seed in range(count)]


class Bright(ScoreMapDetector):
    """The brightest pixel; takes grey and colour."""

    kind, threshold = "bright", 250.0

    def plan_map(self, context: Any) -> Any:
        def step(image: Any, outside: Any, score_map: Any) -> float:
            np.copyto(score_map, image if image.ndim == 2 else image.max(axis=2))
            return float(score_map.max() if outside is None else score_map[~outside].max())

        return step


def test_a_model_is_trained_anew_as_fit_would() -> None:
    images, groups = good()
    model = fastdefect.TextureModel(window=31).fit(images, groups)
    other, sheets = good(first=100)
    found = fastdefect.calibrate(model, other, sheets, false_alarms=0.02)
    own = fastdefect.TextureModel(false_alarms=0.02, window=31).fit(other, sheets)
    assert found.refitted
    assert found.domain_learned
    assert found.detector.threshold == own.threshold != model.threshold
    assert np.array_equal(found.scores, own.left_out)
    assert found.calibration == own.calibration


def test_scores_as_they_are_keep_the_model() -> None:
    images, groups = good()
    model = fastdefect.TextureModel(window=31).fit(images, groups)
    other, sheets = good(first=100)
    found = fastdefect.calibrate(model, other, sheets, refit=False)
    assert not found.refitted
    assert found.detector.constants is model.constants
    assert found.domain is model.domain
    assert [model(image).score for image in other] == list(found.scores)
    assert found.calibration.groups == 4
    assert found.detector.threshold == found.calibration.threshold


def test_training_images_as_they_are_score_lower_than_left_out() -> None:
    images, groups = good()
    model = fastdefect.TextureModel(window=31).fit(images, groups)
    seen = fastdefect.calibrate(model, images, groups, refit=False)
    left_out = fastdefect.calibrate(model, images, groups)
    assert seen.scores.mean() < left_out.scores.mean()


def test_a_detector_of_any_kind_gets_a_domain_and_refuses_other_channels() -> None:
    images, groups = good()
    found = fastdefect.calibrate(Bright(), images, groups)
    assert (found.refitted, found.domain_learned) == (False, True)
    black = np.zeros_like(images[0])
    assert Bright()(black).verdict == "good"
    assert found.detector(black).verdict == "unusable"
    assert found.detector(images[0]).verdict == "good"
    with pytest.raises(fastdefect.ArgumentValueError, match="expected 3 channels"):
        found.detector(images[0][:, :, 0].copy())


def test_a_set_mask_threshold_stays() -> None:
    images, groups = good()
    found = fastdefect.calibrate(Bright().with_threshold(9.0, mask_threshold=3.0), images, groups)
    assert found.detector.mask_threshold == 3.0


def test_joined_ones_learn_anew_both(tmp_path: Path) -> None:
    images, groups = good()
    parts = fastdefect.TextureModel(window=31), fastdefect.TextureModel(colour=False, window=31)
    model = Joined(*parts).fit(images, groups)
    model.save(tmp_path / "joined.json")
    found = fastdefect.calibrate(fastdefect.load_detector(tmp_path / "joined.json"), images, groups)
    assert found.refitted
    assert np.array_equal(found.scores, model.left_out)


def test_images_outside_the_domain_are_named() -> None:
    images, groups = good()
    model = fastdefect.TextureModel(window=31).fit(images, groups)
    other, sheets = good(first=100)
    other[5] = np.ascontiguousarray(other[5] // 3)
    with pytest.warns(fastdefect.OddImagesWarning, match=r"images\[5\] \(darker") as caught:
        found = fastdefect.calibrate(model, other, sheets, refit=False)
    assert found.outside == (5,)
    assert [w.message.images for w in caught if "outside" in str(w.message)] == [(5,)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        anew = fastdefect.calibrate(model, other, sheets, refit=False, learn_domain=True)
    assert anew.domain_learned
    assert anew.outside == ()


def test_repeats_count_once() -> None:
    images, groups = good()
    with pytest.warns(fastdefect.OddImagesWarning, match="count once"):
        found = fastdefect.calibrate(Bright(), [*images, images[3]], [*groups, 3])
    assert np.isnan(found.scores[-1])
    assert found.calibration.images == 16


def test_an_area_does_not_count() -> None:
    images, groups = good()
    plain = fastdefect.calibrate(Bright(), images, groups)
    for image in images:
        image[10:20, 10:20] = 255
    area = np.zeros(images[0].shape[:2], bool)
    area[5:25, 5:25] = True
    found = fastdefect.calibrate(Bright(), images, groups, area)
    assert found.scores.max() < 255
    assert found.scores.mean() == pytest.approx(plain.scores.mean(), rel=0.1)


def test_what_cannot_be_calibrated_is_said() -> None:
    images, _ = good()

    class Plain(fastdefect.Detector):
        kind = "plain"

    with pytest.raises(fastdefect.ArgumentTypeError, match="with_threshold"):
        fastdefect.calibrate(Plain(), images)
    with pytest.raises(fastdefect.ArgumentValueError, match="refit: expected"):
        fastdefect.calibrate(Bright(), images, refit=True)
    with pytest.raises(fastdefect.ArgumentValueError, match="expected a trained model"):
        fastdefect.calibrate(fastdefect.TextureModel(), images)
    with pytest.raises(fastdefect.ArgumentValueError, match="all score the same"):
        fastdefect.calibrate(
            Bright(),
            [np.full((40, 40), 9, np.uint8) + np.eye(40, dtype=np.uint8)[k] for k in range(4)],
        )


def test_the_articles_threshold_is_whole() -> None:
    images, groups = good()
    found = fastdefect.calibrate(fastdefect.ArticleDetector(), images, groups, false_alarms=0.2)
    most = found.detector.params.max_dark_pixels
    assert most == int(found.calibration.threshold)
    verdicts = [found.detector(image).is_defective for image in images]
    assert verdicts == [bool(score > found.calibration.threshold) for score in found.scores]
