"""Frames that are no picture of the material: never good, and said why; good ones and defects stay what they are."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from texture_cases import SHAPE, cloth

from fastdefect.detectors.texture.model import TextureModel
from fastdefect.errors import ArgumentValueError

Frame = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def good() -> list[np.ndarray]:
    return [cloth(seed) for seed in range(24)]


@pytest.fixture(scope="module")
def model(good: list[np.ndarray]) -> TextureModel:
    return TextureModel(window=63).fit(good)


@pytest.fixture(scope="module")
def grey(good: list[np.ndarray]) -> TextureModel:
    return TextureModel(window=63, colour=False).fit(
        [np.ascontiguousarray(g[:, :, 1]) for g in good]
    )


def jpeg(quality: int) -> Frame:
    return lambda img: cv2.imdecode(
        cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_UNCHANGED
    )


def scaled(factor: float) -> Frame:
    return lambda img: np.clip(np.rint(img * factor), 0, 255).astype(np.uint8)


# frame, and a word of its reasons
FOREIGN: dict[str, tuple[Frame, str]] = {
    "black": (lambda i: np.zeros_like(i), "darker than good images: mean grey level 0"),
    "white": (lambda i: np.full_like(i, 255), "overexposed: 100%"),
    "flat": (lambda i: np.full_like(i, 140), "less fine texture"),
    "lamp that fails": (scaled(0.1), "darker"),
    "defocused by 3": (lambda i: cv2.GaussianBlur(i, (0, 0), 3), "less fine texture"),
    "defocused by 8": (lambda i: cv2.GaussianBlur(i, (0, 0), 8), "less fine texture"),
    "moved along the rows": (lambda i: cv2.blur(i, (25, 1)), "deviations away"),
    "moved along the columns": (lambda i: cv2.blur(i, (1, 25)), "deviations away"),
    "overexposed": (scaled(3.0), "overexposed"),
    "noise of another camera": (
        lambda i: np.clip(i + np.random.default_rng(1).normal(0, 25, i.shape), 0, 255).astype(np.uint8),
        "more noise",
    ),
    "4 bits": (lambda i: (i >> 4) * np.uint8(17), "fewer bits"),
    "strong JPEG": (jpeg(20), "another compression"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("kind", ["model", "grey"])
def test_foreign_frames_are_never_good_and_said_why(
    name: str, kind: str, request: pytest.FixtureRequest
) -> None:
    judge = request.getfixturevalue(kind)
    frame, words = FOREIGN[name]
    img = cloth(60) if kind == "model" else np.ascontiguousarray(cloth(60)[:, :, 1])
    for found in (judge(frame(img)), judge.plan(SHAPE[:2], threads=2)(frame(img), copy=False)):
        assert found.verdict != "good"
        assert found.is_defective
        assert any(words in note for note in found.notes), found.notes
        assert found.is_unusable == (found.score <= found.threshold)
        if found.is_unusable:
            assert not found.mask.any()
            assert found.defects == ()
            assert found.words == f"unusable: {found.notes[0]}"


@pytest.mark.parametrize(
    "frame",
    [
        lambda i: i[:, :, ::-1].copy(),
        lambda i: np.repeat(i[:, :, 1:2], 3, axis=2),
        lambda i: np.clip(i + np.array([0, 0, -25.0]), 0, 255).astype(np.uint8),
    ],
    ids=["red for blue", "grey", "another dye"],
)
def test_other_colours_are_foreign(frame: Frame, model: TextureModel) -> None:
    found = model(frame(cloth(61)))
    assert found.verdict == "unusable"
    assert "than good images (another material or dye, other light or white balance)" in found.words


@pytest.mark.parametrize("light", [1.0, 0.85, 0.6])
def test_good_images_stay_good_in_less_light(light: float, model: TextureModel) -> None:
    verdicts = [model(scaled(light)(cloth(seed))).verdict for seed in range(100, 150)]
    assert verdicts.count("good") >= 48


def test_a_large_defect_is_defective_and_its_foreign_look_a_note(model: TextureModel) -> None:
    img = cloth(70)
    img[20:80, 20:100] //= 6
    found = model(img)
    assert found.verdict == "defective"
    assert not found.is_unusable
    assert found.notes
    assert found.defects[0].area > 1000
    assert found.mask[30:70, 30:90].any()


def test_the_named_rate_covers_both_tests(good: list[np.ndarray]) -> None:
    for rate in (0.01, 0.1):
        made = TextureModel(false_alarms=rate, window=63, colour=False).fit(good)
        assert made.calibration.false_alarms + made.domain.false_alarms == pytest.approx(rate)


def test_images_of_another_size_say_so_and_keep_their_verdict(model: TextureModel) -> None:
    for height, width in ((48, 60), (96, 111), (120, 112)):
        found = model(cloth(80, (height, width, 3)))
        assert found.verdict == "good"
        assert f"{width} x {height} pixels, good images had 112 x 96" in found.notes[0]
    assert model(cloth(80)).notes == ()


def test_only_the_inspected_area_is_looked_at(model: TextureModel) -> None:
    img, outside = cloth(81), np.zeros(SHAPE[:2], bool)
    outside[:, :60] = True
    covered = img.copy()
    covered[outside] = 0
    assert model(covered).verdict != "good"
    found = model(covered, ignore=outside)
    assert (found.verdict, found.notes) == ("good", ())
    inner = covered.copy()
    inner[~outside] = 140
    assert model(inner, ignore=outside).verdict == "unusable"


def test_nothing_left_to_inspect_is_an_error(model: TextureModel) -> None:
    everything = np.ones(SHAPE[:2], bool)
    for judge in (model, TextureModel.zero_shot(window=63)):
        for call in (
            lambda j: j(cloth(1), ignore=everything),
            lambda j: j(cloth(1), roi=~everything),
            lambda j: j.plan(SHAPE[:2], ignore=everything),
        ):
            with pytest.raises(ArgumentValueError, match="leave at least one pixel"):
                call(judge)


@pytest.mark.parametrize("name", ["black", "white", "flat", "overexposed"])
def test_zero_shot_refuses_what_it_cannot_judge(name: str) -> None:
    with pytest.raises(ArgumentValueError, match=r"zero-shot (cannot judge|has nothing)"):
        TextureModel.zero_shot(window=63)(FOREIGN[name][0](cloth(1)))


def test_the_third_verdict_travels(model: TextureModel, tmp_path: object) -> None:
    frame = np.zeros(SHAPE, np.uint8)
    found = model(frame)
    again = pickle.loads(pickle.dumps(found))
    assert (again.verdict, again.notes, again.is_defective) == ("unusable", found.notes, True)
    assert found.to_dict()["verdict"] == "unusable"
    assert found.to_dict()["notes"] == list(found.notes)
    model.save(tmp_path / "m")
    for other in (TextureModel.load(tmp_path / "m"), model.with_threshold(99.0)):
        assert other(frame).notes == found.notes
        assert other(frame).verdict == "unusable"


def test_frozen_models_know_the_domain_of_their_image(good: list[np.ndarray]) -> None:
    frozen = TextureModel.zero_shot(window=63, column_profile=False).freeze(good[0])
    assert frozen(cloth(90)).verdict == "good"
    for name in ("black", "white", "flat", "defocused by 3", "defocused by 8", "overexposed"):
        assert frozen(FOREIGN[name][0](cloth(90))).verdict != "good"
