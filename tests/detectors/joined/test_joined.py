"""Joined detectors: one rate for both, the map of the one that decided, any two kinds, one file."""

import copy
import pickle

import numpy as np
import pytest
from joined_cases import GROUPS, coloured, speck, texture_and_spots, two_textures
from texture_cases import SHAPE, cloth, spoiled

import fastdefect
from fastdefect import TextureModel
from fastdefect.calibration import threshold
from fastdefect.detectors import Joined
from fastdefect.detectors.joined.calibration import SHARES, share_rate
from fastdefect.errors import ArgumentTypeError, ArgumentValueError


@pytest.fixture(scope="module")
def good() -> list[np.ndarray]:
    return [cloth(seed) for seed in range(24)]


@pytest.fixture(scope="module")
def model() -> Joined:
    return two_textures()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_part_that_decided_is_shown_in_multiples_of_its_threshold(
    model: Joined, threads: int
) -> None:
    decided = set()
    for image in (spoiled(cloth(100)), coloured(101), cloth(102)):
        found = model(image, threads=threads)
        alone = [part(image, threads=threads) for part in model.parts]
        relative = [each.score / each.threshold for each in alone]
        winner = alone[int(np.argmax(relative))]
        assert found.score == max(relative)
        assert found.is_defective == any(each.is_defective for each in alone)
        unit = np.float32(1 / winner.threshold)
        np.testing.assert_array_equal(found.score_map, winner.score_map * unit)
        if found.is_defective:
            decided.add(found.notes)
            assert found.notes == (f"decided by {model.labels[int(np.argmax(relative))]}",)
            np.testing.assert_array_equal(found.mask, winner.mask)
            assert [d.bbox for d in found.defects] == [d.bbox for d in winner.defects]
        else:
            assert found.notes == ()
            assert not found.mask.any()
    assert {note for (note,) in decided} == {"decided by texture 1", "decided by texture 2"}


def test_both_maps_are_kept_on_request(model: Joined) -> None:
    image = coloured(103)
    found = model(image, stages=True)
    for label, part in zip(model.labels, model.parts, strict=True):
        np.testing.assert_array_equal(found.stages[f"{label} score_map"], part(image).score_map)
    assert [*found.speed] == [*(s.name for s in model.stages(within=False)), "total"]


@pytest.mark.parametrize("dependence", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_together_they_alarm_at_the_named_rate(
    dependence: float, rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores of 60 training sets with a known share in common, judged by 20,000 further images."""
    monkeypatch.setattr(threshold, "_RESAMPLES", 10)  # only the interval needs them
    random = np.random.default_rng(0)

    def scores(count: int) -> np.ndarray:
        common, own = random.gumbel(size=count), random.gumbel(size=(2, count))
        mixed = np.where(random.random(count) < dependence, common, own)
        return np.exp(0.05 * mixed + np.array([[0.3], [-2.0]]))

    further = scores(20_000)
    found, apart = [], []
    for _ in range(60):
        thresholds, calibration = share_rate(scores(60), range(60), rate, dict(enumerate("x" * 60)))
        found.append(float((further > np.array(thresholds)[:, None]).any(0).mean()))
        apart.append(thresholds)
        low, high = calibration.interval
        assert low <= calibration.threshold == 1.0 <= high
        assert calibration.false_alarms == rate
        assert calibration.tail.level(rate) <= 1.0 + 1e-9
    # the mean over training sets; one alone of 60 images is off by more
    assert 0.5 * rate < np.mean(found) < 1.5 * rate
    # each part exceeds its threshold at its share of the rate: quantiles of Gumbel's distribution
    tails = -np.log(-np.log1p(-rate * np.array(SHARES)))
    expected = np.exp(0.3 + 0.05 * tails[0]) / np.exp(-2.0 + 0.05 * tails[1])
    np.testing.assert_allclose(np.mean(apart, 0)[0] / np.mean(apart, 0)[1], expected, rtol=0.05)


def test_what_a_part_was_made_with_does_not_count_but_the_joined_rate_does(
    good: list[np.ndarray], model: Joined
) -> None:
    loose = TextureModel(0.2, colour=False, window=63)
    again = Joined(loose, TextureModel(0.2, window=63)).fit(good, GROUPS)
    assert [p.threshold for p in again.parts] == [p.threshold for p in model.parts]
    assert not loose.is_finished
    rare = Joined(loose, TextureModel(window=63), 0.001).fit(good, GROUPS)
    assert all(a.threshold > b.threshold for a, b in zip(rare.parts, model.parts, strict=True))
    assert rare.domain.false_alarms == pytest.approx(0.0001)
    assert model.calibration.false_alarms + model.domain.false_alarms == pytest.approx(0.01)
    assert (model.calibration.images, model.calibration.groups) == (24, 6)
    assert model.left_out.max() < 1.0


def test_a_detector_of_another_package_is_trained_again_for_its_scores(
    good: list[np.ndarray],
) -> None:
    joined = texture_and_spots()
    assert joined.labels == ("texture", "spots")
    dark = 255.0 - min(image.min() for image in good)
    # about the darkest good pixel, at a rate that 24 images do not reach
    assert dark * 0.95 < joined.parts[1].threshold < dark * 1.5
    assert joined(speck(104)).notes == ("decided by spots",)
    assert joined(coloured(105)).notes == ("decided by texture",)
    assert sum(joined(cloth(seed)).is_defective for seed in range(200, 240)) <= 2


def test_repeats_count_once(good: list[np.ndarray]) -> None:
    with pytest.warns(fastdefect.OddImagesWarning, match="count once"):
        made = Joined(TextureModel(colour=False, window=63), TextureModel(window=63)).fit(
            [*good[:12], good[3]]
        )
    assert made.calibration.images == 12
    assert np.isnan(made.left_out).tolist() == [False] * 12 + [True]


def test_threads_change_nothing_and_progress_ends(good: list[np.ndarray], model: Joined) -> None:
    steps: list[tuple[int, int]] = []
    parts = TextureModel(colour=False, window=63), TextureModel(window=63)
    again = Joined(*parts).fit(good, GROUPS, threads=3, progress=lambda *step: steps.append(step))
    assert again.calibration == model.calibration
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (2000, 2000)


def test_nothing_outside_an_area_changes_anything(model: Joined) -> None:
    image = coloured(106)
    ignore = np.zeros(SHAPE[:2], bool)
    ignore[60:, :] = True
    first = model(image, ignore=ignore)
    assert first.is_defective
    assert not first.mask[ignore].any()
    assert not first.score_map[ignore].any()
    for filling in (0, 255, np.random.default_rng(1).integers(0, 256, image.shape, np.uint8)):
        other = model(np.where(ignore[:, :, None], filling, image).astype(np.uint8), ignore=ignore)
        assert other.score == first.score
        np.testing.assert_array_equal(other.score_map, first.score_map)
    hidden = np.zeros(SHAPE[:2], bool)
    hidden[25:55, 25:55] = True
    assert not model(image, ignore=hidden).is_defective


def test_foreign_frames_are_unusable(model: Joined) -> None:
    assert model(np.zeros(SHAPE, np.uint8)).verdict == "unusable"
    assert model.domain is model.parts[0].domain


def test_thresholds_travel_and_cannot_be_changed(model: Joined) -> None:
    image = coloured(107)
    score = model(image).score
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert other(image).score == score
        with pytest.raises(ArgumentValueError):
            other.threshold = 2.0
    higher = model.with_threshold(score * 1.01)
    assert not higher(image).is_defective
    wide = model.with_threshold(score * 0.99, mask_threshold=0.0)
    assert wide(image).mask.sum() > model(image).mask.sum()


def test_it_is_an_estimator_of_scikit_learn(model: Joined) -> None:
    base = pytest.importorskip("sklearn.base")
    cloned = base.clone(model)
    assert not cloned.is_finished
    assert not any(part.is_finished for part in cloned.parts)
    assert cloned.get_params()["a"].get_params() == model.get_params()["a"].get_params()
    assert cloned.set_params(false_alarms=0.1).false_alarms == 0.1


def test_bad_parts_and_rates_are_refused(good: list[np.ndarray], model: Joined) -> None:
    texture = TextureModel(window=63)
    for a, b in ((texture, fastdefect.ArticleDetector()), (None, texture), (model, texture)):
        with pytest.raises(ArgumentTypeError, match="score map and a fit"):
            Joined(a, b)
    for rate in (0.0, 0.3, float("nan"), "1%"):
        with pytest.raises((ArgumentTypeError, ArgumentValueError), match="false_alarms"):
            Joined(texture, texture, rate)
    for call in (lambda m: m(good[0]), lambda m: m.threshold, lambda m: m.save("x")):
        with pytest.raises(ArgumentValueError, match="fit"):
            call(Joined(texture, texture))
    for images, groups in ((good[:3], None), (good, [1] * 24), (good, GROUPS[1:])):
        with pytest.raises(ArgumentValueError, match="expected"):
            Joined(texture, texture).fit(images, groups)
    with pytest.raises(ArgumentValueError, match="not trained"):
        model.fit(good)
    with pytest.raises(ArgumentValueError, match="channels"):
        model(good[0][:, :, 0])
