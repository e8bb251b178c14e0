"""The texture model as its users meet it: learning, verdicts, thresholds, light, bad input."""

import copy
import inspect
import pickle

import numpy as np
import pytest
from texture_cases import SHAPE, cloth, image, spoiled

from fastdefect.detectors.detector import Detector
from fastdefect.detectors.plan import Plan
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, EngineBusyError, ImageReadError


@pytest.fixture(scope="module")
def good() -> list[np.ndarray]:
    return [cloth(seed) for seed in range(24)]


@pytest.fixture(scope="module")
def model(good: list[np.ndarray]) -> TextureModel:
    return TextureModel(window=63).fit(good, groups=[i // 4 for i in range(24)])


def test_good_passes_and_a_stain_is_found_in_its_place(model: TextureModel) -> None:
    fine = model(cloth(100))
    assert not fine.is_defective
    assert not fine.mask.any()
    assert fine.defects == ()
    bad = model(spoiled(cloth(100)))
    assert bad.is_defective
    assert bad.score > bad.threshold == model.threshold
    assert bad.mask[44:48, 63:67].all()
    assert bad.mask[:20].mean() < 0.02
    assert bad.score_map is not None
    assert bad.score_map.dtype == np.float32
    assert bad.score_map.shape == bad.mask.shape == SHAPE[:2]
    top, left, bottom, right = max(bad.defects, key=lambda defect: defect.area).bbox
    assert top <= 41 <= 50 <= bottom
    assert left <= 61 <= 68 <= right
    assert {"constants", "map", "domain", "mask", "total"} == set(bad.speed)


def test_poor_light_changes_little(model: TextureModel) -> None:
    ramp = 0.6 * (1 + 0.25 * np.linspace(-0.5, 0.5, SHAPE[1]))[None, :, None]
    for make in (cloth, lambda seed: spoiled(cloth(seed))):
        plain, dark = model(make(200)), model((make(200) * ramp).astype(np.uint8))
        assert plain.is_defective == dark.is_defective
        assert dark.score == pytest.approx(plain.score, rel=0.1)


def test_colour_of_equal_brightness_and_lost_texture_need_the_full_model(
    good: list[np.ndarray],
) -> None:
    coloured, smooth = cloth(300).astype(np.int64), cloth(300)
    coloured[30:50, 30:50] += [0, -18, 36]  # 29 B + 150 G + 77 R stays
    smooth[30:54, 30:54] = smooth[30:54, 30:54].mean((0, 1)).astype(np.uint8)
    full, grey = TextureModel(window=63).fit(good), TextureModel(window=63, colour=False).fit(good)
    for img in (coloured.astype(np.uint8), smooth):
        assert full(img).is_defective
        assert not grey(img).is_defective


def test_threshold_can_be_read_and_set(good: list[np.ndarray]) -> None:
    model = TextureModel(window=63).fit(good)
    low, high = model.threshold_interval
    assert low <= model.threshold <= high
    score = model(cloth(100)).score
    changed = model.with_threshold(score / 2)
    assert model.threshold != changed.threshold == score / 2
    found = changed(cloth(100))
    assert found.is_defective
    np.testing.assert_array_equal(found.mask, found.score_map > np.float32(score / 2))
    wide = model.with_threshold(score / 2, mask_threshold=0.0)
    assert wide(cloth(100)).mask.sum() > found.mask.sum()
    for bad in (-1.0, float("nan"), "much"):
        with pytest.raises((ArgumentTypeError, ArgumentValueError)):
            model.with_threshold(bad)


def test_a_trained_model_refuses_changes_and_a_new_one_takes_them(model: TextureModel) -> None:
    for change in (
        lambda: setattr(model, "threshold", 3.0),
        lambda: setattr(model, "anything", 1),
        lambda: model.set_params(window=63),
        lambda: model.fit([cloth(1)]),
    ):
        with pytest.raises(ArgumentValueError, match="expected"):
            change()
    fresh = TextureModel().set_params(window=63, colour=False)
    assert (fresh.params.window, fresh.get_params()["colour"]) == (63, False)
    for bad in ({"depth": 3}, {"window": 64}):
        with pytest.raises((ArgumentTypeError, ArgumentValueError)):
            fresh.set_params(**bad)
    assert fresh.params.window == 63


def test_it_is_an_estimator_of_scikit_learn(model: TextureModel) -> None:
    base = pytest.importorskip("sklearn.base")
    cloned = base.clone(model)
    assert cloned.get_params() == model.get_params()
    assert not cloned.is_finished
    signature = inspect.signature(TextureModel).parameters
    assert {n: p.default for n, p in signature.items()} == vars(TextureParams())


def test_it_travels(model: TextureModel) -> None:
    img = spoiled(cloth(100))
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert other(img).score == model(img).score
        with pytest.raises(ArgumentValueError):
            other.threshold = 1.0


def test_fewer_false_alarms_mean_a_higher_threshold(good: list[np.ndarray]) -> None:
    levels = [TextureModel(rate, window=63).fit(good).threshold for rate in (0.1, 0.01, 0.001)]
    assert levels == sorted(levels)


def test_learning_does_not_depend_on_threads_and_reports_progress(good: list[np.ndarray]) -> None:
    steps: list[tuple[int, int]] = []
    one = TextureModel(window=63).fit(good, threads=1, progress=lambda *step: steps.append(step))
    three = TextureModel(window=63).fit(good, threads=3)
    assert one.threshold == three.threshold
    assert one.calibration == three.calibration
    assert [done for done, _ in steps] == list(range(1, 73))
    assert {total for _, total in steps} == {72}


def test_ignored_pixels_count_neither_in_fit_nor_in_detection(good: list[np.ndarray]) -> None:
    ignore = np.zeros(SHAPE[:2], bool)
    ignore[30:62, 50:80] = True
    dirty = [spoiled(img) for img in good]
    clean, told = TextureModel(window=63), TextureModel(window=63)
    clean.fit(good, ignore=ignore)
    told.fit(dirty, ignore=[ignore] * 24)
    assert told.threshold == clean.threshold
    assert not told(spoiled(cloth(100)), ignore=ignore).is_defective
    assert not told(spoiled(cloth(100)), ignore=ignore).score_map[ignore].any()


def test_plans_are_detectors_and_refuse_a_second_thread(model: TextureModel) -> None:
    plan = model.plan(SHAPE[:2], threads=2)
    assert isinstance(model, Detector)
    assert isinstance(plan, Plan)
    assert plan.warmup()["total"] > 0
    img = spoiled(cloth(5))
    np.testing.assert_array_equal(plan(img).score_map, model(img).score_map)
    kept = plan(img)
    before = kept.score_map.copy()
    plan(cloth(6))
    np.testing.assert_array_equal(kept.score_map, before)

    def again() -> None:
        with pytest.raises(EngineBusyError, match="one plan per thread"):
            plan(img)

    plan._entrance.call(again)
    np.testing.assert_array_equal(plan(cloth(6)).score_map, model(cloth(6)).score_map)


def test_inputs_of_any_layout_are_read_and_never_modified(model: TextureModel) -> None:
    img = spoiled(cloth(7))
    expected = model(img).score
    frozen = img.copy()
    frozen.flags.writeable = False
    strided = np.zeros((SHAPE[0], 2 * SHAPE[1], 3), np.uint8)
    strided[:, ::2] = img
    for other in (frozen, np.asfortranarray(img), strided[:, ::2], np.dstack([img, img[:, :, 0]])):
        before = other.copy()
        assert model(other).score == expected
        np.testing.assert_array_equal(other, before)


def test_zero_shot_freezes() -> None:
    model = TextureModel.zero_shot(window=63)
    img = spoiled(cloth(8))
    found = model(img)
    assert found.is_defective
    assert not model(cloth(9)).is_defective
    frozen = model.freeze(img)
    assert frozen(img).score == found.score
    assert frozen(cloth(9)).score != model(cloth(9)).score
    assert TextureModel.zero_shot()(image((64, 64))).score > 0
    with pytest.raises(ArgumentValueError, match="flat"):
        model(np.full(SHAPE, 7, np.uint8))


FITS = {
    "few": (lambda g: (g[:3],), "at least 4"),
    "equal": (lambda g: ([g[0]] * 6,), "equal"),
    "flat": (lambda g: ([np.full(SHAPE, v, np.uint8) for v in range(90, 96)],), "flat"),
    "sizes": (lambda g: ([*g[:5], cloth(1, (96, 100, 3))],), r"images\[5\].*\(96, 112, 3\)"),
    "channels": (lambda g: ([*g[:5], g[5][:, :, 0]],), r"images\[5\]"),
    "tiny": (lambda g: ([cloth(i, (20, 40, 3)) for i in range(5)],), "32×32"),
    "groups": (lambda g: (g, [1] * 23), "groups"),
    "one group": (lambda g: (g, [1] * 24), "two different"),
    "mask size": (lambda g: (g, None, np.zeros((9, 9), bool)), "ignore.*96 x 112"),
    "masks": (lambda g: (g, None, [None] * 3), "ignore"),
}


@pytest.mark.parametrize("name", FITS)
def test_bad_training_sets_are_refused_and_the_model_stays(
    name: str, good: list[np.ndarray]
) -> None:
    arguments, message = FITS[name]
    model = TextureModel(window=63)
    with pytest.raises(ArgumentValueError, match=message):
        model.fit(*arguments(good))
    assert not model.is_finished
    assert model.fit(good[:6]).is_finished


def test_wrong_types_are_refused(good: list[np.ndarray], tmp_path: object) -> None:
    with pytest.raises(ArgumentTypeError):
        TextureModel().fit(good[0])
    with pytest.raises(ArgumentTypeError):
        TextureModel().fit([img.astype(np.float32) for img in good])
    with pytest.raises(ArgumentTypeError):
        TextureModel().fit(good, ignore=np.zeros(SHAPE[:2], np.float32))
    bad = tmp_path / "broken.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    with pytest.raises(ImageReadError, match="broken"):
        TextureModel().fit([bad] * 5)


def test_untrained_models_and_other_images_are_refused(model: TextureModel) -> None:
    for use in (
        lambda m: m(cloth(1)),
        lambda m: m.threshold,
        lambda m: m.save("x"),
        lambda m: m.plan((64, 64)),
    ):
        with pytest.raises(ArgumentValueError, match="fit"):
            use(TextureModel())
    for img in (cloth(1)[:, :, 0], cloth(1)[:20]):
        with pytest.raises(ArgumentValueError):
            model(img)
    with pytest.raises(ArgumentValueError, match="plan was made for"):
        model.plan((50, 50))(cloth(1))


@pytest.mark.parametrize(
    "settings",
    [
        {"window": 64}, {"window": 193}, {"window": 9.5}, {"scales": (1, 3, 5)}, {"scales": (3, 1, 5, 9)},
        {"quantile": 1.0}, {"false_alarms": 0.0}, {"false_alarms": 0.5}, {"side_onset": 1.0}, {"colour": 1},
    ],
)  # fmt: skip
def test_bad_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises((ArgumentTypeError, ArgumentValueError)):
        TextureModel(**settings)


def test_defaults_are_the_documented_ones() -> None:
    assert TextureModel().params == TextureParams(window=95, scales=(1, 3, 5, 9))
