"""scikit-learn's names: numbers of the verdicts, distances from the threshold, a ranking."""

import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, ImageReadError


@pytest.fixture(scope="module")
def model() -> fastdefect.TextureModel:
    return fastdefect.TextureModel(window=31, scales=(1, 3, 5, 9)).fit(
        [cloth(i) for i in range(12)]
    )


def test_every_verdict_has_a_number_and_no_unusable_image_is_below_the_threshold(
    model: fastdefect.TextureModel, tmp_path: Path
) -> None:
    black = np.zeros_like(cloth(0))
    path = fastdefect.write_image(tmp_path / "spoiled.png", spoiled(cloth(20)))
    images = [cloth(21), path, black]
    assert model.predict(images).tolist() == [0, 1, -1]
    good, bad, unusable = model.decision_function(images, threads=1).tolist()
    found = model(spoiled(cloth(20)))
    assert (bad, unusable) == (found.score - found.threshold, math.inf)
    assert good <= 0 < bad


def test_each_says_how_far_it_is(model: fastdefect.TextureModel) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    images = [cloth(21), spoiled(cloth(20)), cloth(22)]
    for call in (model.predict, model.decision_function, partial(model.score, labels=[0, 1, 0])):
        steps: list[tuple[int, int]] = []
        call(images, progress=lambda *step, steps=steps: steps.append(step))
        assert steps == [(1, 3), (2, 3), (3, 3)]
        with pytest.raises(ArgumentTypeError, match="progress: expected a function"):
            call(images, progress="bar")


def test_a_score_on_the_threshold_is_good_in_both(model: fastdefect.TextureModel) -> None:
    image = spoiled(cloth(22))
    level = model.with_threshold(model(image).score)
    assert (level.predict([image])[0], level.decision_function([image])[0]) == (0, 0.0)


def test_the_score_is_a_ranking(model: fastdefect.TextureModel) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    images = [cloth(23), spoiled(cloth(24)), cloth(25)]
    assert model.score(images, [0, 1, 0]) == 1.0
    assert model.score(images, np.array([True, False, True])) == 0.0
    assert math.isnan(model.score(images, [0, 0, 0]))


def test_the_articles_detector_has_them_too() -> None:
    light = np.full((32, 32, 3), 200, np.uint8)
    article = fastdefect.detectors.ArticleDetector()
    assert article.predict([light]).tolist() == [int(article(light).is_defective)]


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (cloth(1), ArgumentTypeError, "images: expected a list of images"),
        ("photographs", ArgumentTypeError, "images: expected a list of images"),
        ([cloth(1), None], ArgumentTypeError, r"images\[1\]: expected"),
        (["no such file.png"], ImageReadError, "no such file"),
        ([cloth(1)[:, :, 0].copy()], ArgumentValueError, "channels"),
    ],
)
def test_other_things_are_refused_by_their_place(
    model: fastdefect.TextureModel, images: object, error: type[Exception], words: str
) -> None:
    for call in (model.predict, model.decision_function):
        with pytest.raises(error, match=words):
            call(images)


@pytest.mark.parametrize("labels", [[0], [0, 2], ["good", "bad"], [0.0, 1.0], 1, None, [[0, 1]]])
def test_labels_are_0_and_1(model: fastdefect.TextureModel, labels: object) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    with pytest.raises(ArgumentValueError, match="labels: expected"):
        model.score([cloth(1), cloth(2)], labels)
