"""Passed frames: an alarm before the first unusable one, none without a change, and a state that goes on where it stood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fastdefect
from bench_images.rolls import roll
from fastdefect.detectors import Drift

SIDE = 96
FABRIC = roll(21)


def window(number: int) -> np.ndarray:
    """A window of the roll."""
    return FABRIC.window(1000 * (number % 50), 97 * (number // 50), SIDE, SIDE)


@pytest.fixture(scope="module", name="model")
def _model() -> fastdefect.TextureModel:
    images = [window(number) for number in range(40)]
    return fastdefect.TextureModel(window=31).fit(
        images, [number % 8 for number in range(40)], threads=1
    )


@pytest.fixture(name="drift")
def _drift(model: fastdefect.TextureModel) -> Drift:
    images = [window(number) for number in range(40)]
    return Drift.learn(images, model.left_out, [number % 8 for number in range(40)])


@pytest.mark.long
def test_frames_that_dim_alarm_before_any_is_unusable(
    model: fastdefect.TextureModel, drift: Drift
) -> None:
    plan = model.plan((SIDE, SIDE), threads=1)
    told, unusable = {}, None
    for frame in range(1, 1000):
        image = np.rint(window(100 + frame % 60) * 0.999**frame).astype(np.uint8)
        found = plan(image)
        if found.is_unusable:
            unusable = frame
            break
        if words := drift.take(image, found):
            told[frame] = words
    assert unusable is not None
    ((frame, words),) = told.items()
    assert 20 <= frame < unusable
    assert words.startswith("darker than at the calibration")
    assert drift.words == words


def test_unchanged_frames_do_not(model: fastdefect.TextureModel, drift: Drift) -> None:
    plan = model.plan((SIDE, SIDE), threads=1)
    for frame in range(300):
        image = window(200 + frame)
        assert drift.take(image, plan(image)) is None
    assert drift.test.frames + drift.left_out == 300
    assert drift.test.frames > 250


def test_a_saved_state_goes_on(
    model: fastdefect.TextureModel, drift: Drift, tmp_path: Path
) -> None:
    plan = model.plan((SIDE, SIDE), threads=1)
    drift.save(tmp_path / "0")
    whole, parts = Drift.load(tmp_path / "0"), tmp_path / "0"
    for frame in range(120):
        image = np.rint(window(frame % 30) * (1 - 0.004 * frame)).astype(np.uint8)
        found = plan(image)
        whole.take(image, found)
        resumed = Drift.load(parts)
        resumed.take(image, found)
        resumed.save(parts)
    assert whole.words is not None
    assert resumed.words == whole.words
    assert (resumed.test.frames, resumed.left_out) == (whole.test.frames, whole.left_out)
    assert np.array_equal(resumed.test.sums, whole.test.sums)


def test_what_does_not_belong_is_left_out(model: fastdefect.TextureModel, drift: Drift) -> None:
    image = window(3)
    grey = fastdefect.ArticleDetector().with_threshold(10**6)
    for other in (image[:-1].copy(), image[:, :, 0].copy()):
        assert drift.take(other, grey(other)) is None
    assert drift.take(image, fastdefect.ArticleDetector()(image)) is None  # defective
    assert (drift.test.frames, drift.left_out) == (0, 3)


def test_an_area_is_not_measured(model: fastdefect.TextureModel, drift: Drift) -> None:
    ignore = np.zeros((SIDE, SIDE), bool)
    ignore[20:70] = True
    plan = model.plan((SIDE, SIDE), threads=1, ignore=ignore)
    for frame in range(60):
        image = window(frame % 30)
        image[30:60] = 0
        drift.take(image, plan(image))
    assert drift.words is None
    assert drift.test.frames > 40


def test_scores_of_another_list_are_refused() -> None:
    images = [window(number) for number in range(4)]
    for scores in ([1.0] * 3, [1.0, 2.0, float("nan"), 1.0], ["x"] * 4):
        with pytest.raises(fastdefect.ArgumentValueError, match="scores: expected one"):
            Drift.learn(images, scores)


def test_channels_are_those_of_the_images() -> None:
    greys = [window(number)[:, :, 0].copy() for number in range(4)]
    for channels in (2, 3):
        with pytest.raises(fastdefect.ArgumentValueError, match="channels: expected 1"):
            Drift.learn(greys, [1.0, 1.1, 1.2, 1.3], channels=channels)
    grey = Drift.learn([window(number) for number in range(4)], [1.0, 1.1, 1.2, 1.3], channels=1)
    assert grey.domain.channels == 1
