"""The pattern model as its caller sees it: verdicts on patterned cloth, training, file, areas."""

import json
from pathlib import Path

import numpy as np
import pytest

import fastdefect
from fastdefect.detectors.pattern.model import PatternModel

SIDE = 128


def lattice(seed: int, side: int = SIDE, channels: int = 3) -> np.ndarray:
    """A check of two colours with a period of 22 pixels at a random place, and noise."""
    random = np.random.default_rng(seed)
    y, x = np.indices((side, side)) + random.integers(0, 22, 2)[:, None, None]
    dark = ((y % 22 < 6) | (x % 22 < 8))[..., None]
    colours = np.where(dark, np.array([70, 60, 150]), np.array([190, 200, 195]))
    thread = 14 * np.sin(x * 1.9)[..., None] * np.sin(y * 1.7)[..., None]
    img = colours + thread + random.normal(0, 5, (side, side, 3))
    img = img.clip(0, 255).astype(np.uint8)
    return img if channels == 3 else np.ascontiguousarray(img[..., 1])


def spoiled(img: np.ndarray) -> np.ndarray:
    """A patch whose texture is averaged away."""
    out = img.copy()
    out[50:74, 60:84] = out[50:74, 60:84].mean((0, 1))
    return out


@pytest.fixture(name="model", scope="module")
def _model() -> PatternModel:
    return PatternModel(kinds=4).fit([lattice(seed) for seed in range(24)])


def test_a_patch_without_the_pattern_is_found_where_it_is(model: PatternModel) -> None:
    good = [model(lattice(100 + seed)) for seed in range(20)]
    assert not any(found.is_defective or found.is_unusable for found in good)
    for seed in range(5):
        found = model(spoiled(lattice(200 + seed)))
        assert found.is_defective
        box = np.array(max(found.defects, key=lambda d: d.area).bbox)
        # a window reaches 7 to 10 pixels beyond the patch
        assert (np.abs(box - (50, 60, 74, 84)) <= 14).all()


def test_the_highest_values_of_good_images_are_not_at_their_edge(model: PatternModel) -> None:
    """A lattice that is mirrored at the border breaks there; windows inside the image see none of it."""
    halo = model.params.halo
    inside = np.zeros((SIDE, SIDE), bool)
    inside[halo:-halo, halo:-halo] = True
    at_edge = 0
    for seed in range(30):
        score = model(lattice(300 + seed)).score_map
        at_edge += int((~inside).ravel()[np.argsort(score, axis=None)[-80:]].sum())
    share = 1.0 - inside.mean()
    # values of the rim stand for cells further in, so they come in stripes: up to half as many again
    assert at_edge < 1.5 * share * 30 * 80


@pytest.mark.long
def test_threads_and_back_ends_train_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    good = [lattice(seed, 64) for seed in range(24)]
    models = []
    for table, threads in (("numba", 1), ("numba", 2), ("reference", 2)):
        monkeypatch.setenv("FASTDEFECT_BACKEND", table)
        groups = [seed // 6 for seed in range(24)]
        trained = PatternModel(kinds=2).fit(good, groups, threads=threads)
        found = trained(lattice(9, 64))
        models.append((trained.threshold, found.score, found.score_map.tobytes()))
    assert models[0] == models[1] == models[2]


@pytest.mark.parametrize("settings", [{}, {"coarse": False}, {"colour": False}])
def test_the_file_brings_back_the_same_bits(settings: dict[str, bool], tmp_path: Path) -> None:
    model = PatternModel(kinds=2, **settings).fit([lattice(seed, 64) for seed in range(24)])
    path = tmp_path / "m.json"
    model.with_threshold(3.0, mask_threshold=2.0).save(path)
    loaded = fastdefect.load_detector(path)
    assert isinstance(loaded, PatternModel)
    assert (loaded.threshold, loaded.mask_threshold) == (3.0, 2.0)
    assert loaded.get_params() == model.get_params()
    image = spoiled(lattice(50))[:64, :64].copy()
    np.testing.assert_array_equal(loaded(image).score_map, model(image).score_map)
    assert loaded.domain.limit == model.domain.limit


def _bad_entries() -> list[tuple[str, object]]:
    return [
        ("channels", 2), ("channels", True), ("channels", 10**9), ("threshold", -1), ("threshold", "1"),
        ("mask_threshold", "no"), ("params", {"kinds": 33}), ("params", {"kinds": 4}), ("params", {"colour": 1}),
        ("params", {"what": 1}), ("params", None), ("calibration", None), ("domain", None), ("constants", None),
        ("constants", {}), ("version", 1), ("version", True), ("format", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), _bad_entries())
def test_a_wrong_entry_is_no_model(
    model: PatternModel, name: str, value: object, tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    model.save(path)
    content = {**json.loads(path.read_text("utf-8")), name: value, "digest": None}
    path.write_text(json.dumps(content), "utf-8")
    with (
        pytest.warns(UserWarning, match="without its digest"),
        pytest.raises(fastdefect.ModelFileError),
    ):
        PatternModel.load(path)


@pytest.mark.parametrize("name", ["floors", "centre", "factors", "shifts", "offsets", "gains"])
@pytest.mark.parametrize("value", [None, [], [1.0], "x", [1e30] * 9])
def test_a_wrong_constant_is_no_model(
    model: PatternModel, name: str, value: object, tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    model.save(path)
    content = json.loads(path.read_text("utf-8"))
    content["constants"][name], content["digest"] = value, None
    path.write_text(json.dumps(content), "utf-8")
    with (
        pytest.warns(UserWarning, match="without its digest"),
        pytest.raises(fastdefect.ModelFileError),
    ):
        PatternModel.load(path)


def test_damage_is_seen(model: PatternModel, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    model.save(path)
    text = path.read_text("utf-8")
    place = text.index('"gains"') + 20
    digit = next(i for i in range(place, len(text)) if text[i] in "123456789")
    path.write_text(text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :], "utf-8")
    with pytest.raises(fastdefect.ModelFileError, match="digest"):
        PatternModel.load(path)


@pytest.mark.parametrize(
    ("settings", "error", "match"),
    [
        ({"kinds": 0}, fastdefect.ArgumentValueError, "kinds"),
        ({"kinds": 33}, fastdefect.ArgumentValueError, "kinds"),
        ({"kinds": 1.5}, fastdefect.ArgumentTypeError, "kinds"),
        ({"colour": 1}, fastdefect.ArgumentTypeError, "colour"),
        ({"coarse": None}, fastdefect.ArgumentTypeError, "coarse"),
        ({"false_alarms": 0.5}, fastdefect.ArgumentValueError, "false_alarms"),
        ({"false_alarms": float("nan")}, fastdefect.ArgumentValueError, "false_alarms"),
    ],
)
def test_bad_parameters(settings: dict[str, object], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        PatternModel(**settings)


def test_what_cannot_be_learned_from(model: PatternModel) -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match="not trained"):
        model.fit([])
    most = np.ones((64, 64), bool)
    most[30:36, 30:36] = False
    with pytest.raises(fastdefect.ArgumentValueError, match="cells that count"):
        PatternModel(kinds=32).fit([lattice(seed, 64) for seed in range(5)], ignore=most)
    flat = [np.full((64, 64, 3), 100 + i, np.uint8) for i in range(6)]
    with pytest.raises(fastdefect.FastDefectError):
        PatternModel(kinds=2).fit(flat)
    with pytest.raises(fastdefect.ArgumentValueError, match="call fit first"):
        PatternModel()(lattice(0))


def test_other_frames_are_unusable(model: PatternModel) -> None:
    for frame in (np.zeros((SIDE, SIDE, 3), np.uint8), lattice(0)[::-1] // 8):
        found = model(np.ascontiguousarray(frame))
        assert found.is_defective or found.is_unusable


def test_nothing_outside_an_area_changes_anything(model: PatternModel, threads: int) -> None:
    image, ignore = spoiled(lattice(400)), np.zeros((SIDE, SIDE), bool)
    ignore[90:120, 10:40] = True
    plan = model.plan((SIDE, SIDE), threads=threads, ignore=ignore)
    first = plan(image)
    assert first.is_defective
    assert not first.score_map[ignore].any()
    for filling in (0, 255):
        other = plan(np.where(ignore[..., None], filling, image).astype(np.uint8))
        assert other.score == first.score
        np.testing.assert_array_equal(other.score_map, first.score_map)


def test_what_is_ignored_is_not_learned() -> None:
    ignore = np.zeros((64, 64), bool)
    ignore[:20] = True
    marked = []
    for seed in range(8):
        image = lattice(seed, 64)
        image[:20] = np.random.default_rng(seed).integers(0, 256, (20, 64, 3))
        marked.append(image)
    clean = [np.where(ignore[..., None], np.uint8(0), image) for image in marked]
    found = [PatternModel(kinds=2).fit(images, ignore=ignore) for images in (marked, clean)]
    assert found[0].threshold == found[1].threshold
    np.testing.assert_array_equal(found[0].constants.factors, found[1].constants.factors)


def test_grey_images(tmp_path: Path) -> None:
    model = PatternModel(kinds=2).fit([lattice(seed, 96, 1) for seed in range(24)])
    assert model.channels == 1
    assert model(spoiled(lattice(7))[:96, :96, 1].copy()).is_defective
    with pytest.raises(fastdefect.ArgumentValueError, match="1 channels"):
        model(lattice(0, 96))


def test_the_edge_of_an_area_breaks_no_pattern(model: PatternModel) -> None:
    triangle = [[[8.0, 12.0], [120.0, 30.0], [64.0, 124.0]]]
    hole = np.zeros((SIDE, SIDE), bool)
    hole[50:70, 40:80] = True
    for area in ({"roi": triangle}, {"ignore": hole}, {"roi": triangle, "ignore": hole}):
        plan = model.plan((SIDE, SIDE), **area)
        assert not any(plan(lattice(500 + seed)).is_defective for seed in range(10))


def test_what_lies_at_the_edge_of_an_area_is_seen_from_inside(model: PatternModel) -> None:
    image = lattice(600)
    image[40:52, 40:52] = image[40:52, 40:52].mean((0, 1))
    inside = np.zeros((SIDE, SIDE), bool)
    inside[40:, 40:] = True
    assert model(image, roi=inside).is_defective


def test_an_area_without_room_for_a_window_is_refused(model: PatternModel) -> None:
    for side, fits in ((21, False), (26, True)):
        inside = np.zeros((SIDE, SIDE), bool)
        inside[60 : 60 + side, 60 : 60 + side] = True
        if fits:
            model(lattice(700), roi=inside)
        else:
            with pytest.raises(fastdefect.ArgumentValueError, match="22 by 22 pixels"):
                model(lattice(700), roi=inside)
