"""Model files: the same bits back, and nothing from strangers."""

import copy
import json
import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from texture_cases import SHAPE, cloth, spoiled

from fastdefect.detectors.model_file import digest
from fastdefect.detectors.registry import load_detector
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.errors import ArgumentValueError, ModelFileError, OutputError


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[TextureModel, Path]:
    model = TextureModel(window=63, column_profile=True).fit([cloth(seed) for seed in range(8)])
    model = model.with_threshold(model.threshold, mask_threshold=0.7)
    path = tmp_path_factory.mktemp("models") / "cloth.model"
    model.save(path)
    return model, path


def test_scores_survive_bit_for_bit_on_any_threads(
    saved: tuple[TextureModel, Path], threads: int
) -> None:
    model, path = saved
    loaded = TextureModel.load(path)
    for img in (cloth(50), spoiled(cloth(50))):
        a, b = model(img, threads=1), loaded.plan(SHAPE[:2], threads=threads)(img)
        assert (a.score, a.threshold, a.is_defective) == (b.score, b.threshold, b.is_defective)
        np.testing.assert_array_equal(a.score_map, b.score_map)
        np.testing.assert_array_equal(a.mask, b.mask)
    assert loaded.calibration == model.calibration
    assert loaded.params == model.params
    assert {k: v for k, v in vars(loaded.domain).items() if k != "frame"} == {
        k: v for k, v in vars(model.domain).items() if k != "frame"
    }
    np.testing.assert_array_equal(loaded.domain.frame, model.domain.frame)


def test_saving_again_gives_the_same_file_and_leaves_no_other(
    saved: tuple[TextureModel, Path],
) -> None:
    _, path = saved
    before = path.read_bytes()
    TextureModel.load(path).save(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_zero_shot_and_frozen_models_have_files_too(tmp_path: Path) -> None:
    model, img = TextureModel.zero_shot(window=63), spoiled(cloth(3))
    for one in (model, model.freeze(img)):
        one.save(tmp_path / "m")
        assert TextureModel.load(tmp_path / "m")(img).score == one(img).score


def change(content: dict, *keys: str, value: object) -> str:
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return json.dumps(sealed(content))


def sealed(content: dict) -> dict:
    """With a digest that fits, so that what is wrong is found behind it."""
    return content | {"digest": digest(content)}


HOSTILE = {
    "empty": lambda c: "",
    "binary": lambda c: b"\x93NUMPY\x01\x00v\x00\xff\xfe",
    "pickle": lambda c: b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "truncated": lambda c: json.dumps(c)[:-30],
    "foreign": lambda c: json.dumps({"model": "other"}),
    "list": lambda c: "[1, 2]",
    "nested": lambda c: "[" * 100_000,
    "future": lambda c: change(c, "version", value=99),
    "old": lambda c: change(c, "version", value=0),
    "nan": lambda c: json.dumps(c).replace(str(c["threshold"]), "NaN", 1),
    "huge number": lambda c: json.dumps(c).replace(str(c["threshold"]), "1e999", 1),
    "huge window": lambda c: change(c, "params", "window", value=10**9 + 1),
    "huge profile": lambda c: change(c, "constants", "profile", value=[0] * 300_000),
    "wrong profile": lambda c: change(c, "constants", "profile", value=["a"] * 112),
    "missing": lambda c: change(c, "constants", value={}),
    "no constants": lambda c: json.dumps(sealed({k: v for k, v in c.items() if k != "constants"})),
    "text for number": lambda c: change(c, "constants", "line_clip", value="1000"),
    "bool for number": lambda c: change(c, "threshold", value=True),
    "clip that overflows": lambda c: change(c, "constants", "line_clip", value=30000),
    "short weights": lambda c: change(c, "constants", "grey_weights", value=[1.0]),
    "other scales": lambda c: change(c, "constants", "scales", value=[1, 3, 5, 7]),
    "unknown setting": lambda c: change(c, "params", "__class__", value="x"),
    "missing setting": lambda c: json.dumps(
        sealed(c | {"params": {k: v for k, v in c["params"].items() if k != "side_onset"}})
    ),
    "negative threshold": lambda c: change(c, "threshold", value=-1),
    "calibration": lambda c: change(c, "calibration", value=[1]),
    "no digest": lambda c: json.dumps({k: v for k, v in c.items() if k != "digest"}),
    "another digest": lambda c: json.dumps(c | {"digest": "sha256:" + "0" * 64}),
    "digest of a kind": lambda c: json.dumps(c | {"digest": [1]}),
    "edited": lambda c: json.dumps(c | {"threshold": c["threshold"] * 2}),
    "downgraded": lambda c: json.dumps(c | {"version": 3}),
    "no domain": lambda c: json.dumps(sealed({k: v for k, v in c.items() if k != "domain"})),
    "short frame": lambda c: change(c, "domain", "frame", value=[[0.0] * 12] * 14),
    "frame of texts": lambda c: change(c, "domain", "frame", value=[["a"] * 12] * 15),
    "no spread": lambda c: change(c, "domain", "frame", value=[[0.0] * 12] * 15),
    "domain without colour": lambda c: change(c, "domain", "channels", value=1),
    "brighter than white": lambda c: change(c, "domain", "mean", value=[10.0, 900.0]),
    "negative limit": lambda c: change(c, "domain", "limit", value=-1.0),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_of_strangers_are_refused(
    name: str, saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    made = HOSTILE[name](json.loads(saved[1].read_text("utf-8")))
    path = tmp_path / "m"
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    with pytest.raises(ModelFileError, match="path: expected"):
        TextureModel.load(path)


def test_a_large_file_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "m"
    with path.open("wb") as file:
        file.truncate(2**34)
    tracemalloc.start()
    with pytest.raises(ModelFileError, match="more than"):
        TextureModel.load(path)
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


def test_missing_files_and_places(saved: tuple[TextureModel, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        TextureModel.load(tmp_path / "absent")
    with pytest.raises(ModelFileError):
        TextureModel.load(tmp_path)
    with pytest.raises(OutputError):
        saved[0].save(tmp_path / "absent" / "m")
    assert os.listdir(tmp_path) == []


def test_a_file_of_0_1_0_is_read_with_its_numbers_and_a_warning(tmp_path: Path) -> None:
    """Written by that version, trained on the first eight of `cloth`; its score of the spoiled image was noted then."""
    old = Path(__file__).with_name("model_of_0_1_0.json")
    for load in (TextureModel.load, load_detector):
        with pytest.warns(UserWarning, match=r"0\.1\.0 .*lacks a digest.*save the model again"):
            model = load(old)
        found = model(spoiled(cloth(50)))
        assert (found.score, found.threshold) == (10.278597736358643, 1.2045217889859328)
        assert (model.params.side_onset, model.params.side_weight) == (0.4, 0.5)
        assert model.params.background_clip_sigma == 1.5
    model.save(tmp_path / "new")  # brings the file up; only a training gives it a domain
    with pytest.warns(UserWarning, match=r"no domain .*train again") as told:
        assert load_detector(tmp_path / "new")(spoiled(cloth(50))).score == found.score
    assert len(told) == 1
    again = TextureModel(**model.get_params()).fit([cloth(seed) for seed in range(8)])
    # since then a tenth of the rate is the domain's, and the threshold's the rest
    assert again.calibration.tail.level(0.01) == model.threshold
    assert again.threshold == again.calibration.tail.level(0.9 * 0.01)


def test_a_file_of_version_3_is_read_with_a_warning(
    saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    content = json.loads(saved[1].read_text("utf-8"))
    old = {k: v for k, v in content.items() if k not in ("digest", "domain")} | {"version": 3}
    (tmp_path / "m").write_text(json.dumps(old))
    with pytest.warns(UserWarning, match=r"version 3; it lacks a digest.*train again") as told:
        model = TextureModel.load(tmp_path / "m")
    assert len(told) == 1
    assert model(cloth(50)).score == saved[0](cloth(50)).score
    assert model.domain is None
    assert model(np.zeros(SHAPE, np.uint8)).verdict == "good"  # as it was; hence the warning


def test_a_flipped_bit_never_loads_as_another_model(
    saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    """A thousand flips; what still loads, such as another kind of white space, is the same model to the bit."""
    whole = saved[1].read_bytes()
    random, path = np.random.default_rng(0), tmp_path / "m"
    refused = 0
    for place in random.integers(0, 8 * len(whole), 1000):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << (place % 8)
        path.write_bytes(flipped)
        try:
            TextureModel.load(path).save(path)
        except ModelFileError:
            refused += 1
        else:
            assert path.read_bytes() == whole
    assert refused > 500


def test_a_file_is_edited_on_purpose_with_null_for_its_digest(
    saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    path = tmp_path / "m"
    content = json.loads(saved[1].read_text("utf-8")) | {"threshold": 2.5, "digest": None}
    path.write_text(json.dumps(content))
    with pytest.warns(UserWarning, match="without its digest") as told:
        model = TextureModel.load(path)
    assert len(told) == 1
    assert model.threshold == 2.5
    model.save(path)
    assert TextureModel.load(path).threshold == 2.5
    # indented anew and in another order it is the same content
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(dict(reversed(content.items())), indent=7))
    assert TextureModel.load(path).threshold == 2.5


UNREADABLE = {
    "threshold beyond the range": lambda m: m.with_threshold(1e306),
    "mask threshold beyond the range": lambda m: m.with_threshold(1.0, mask_threshold=1e306),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_save_never_writes_what_load_refuses(
    name: str, saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    with pytest.raises(
        ArgumentValueError, match=r"whose file load would read.*nothing was written"
    ):
        UNREADABLE[name](saved[0]).save(tmp_path / "m")
    assert os.listdir(tmp_path) == []


def test_save_never_writes_a_profile_that_load_refuses(
    saved: tuple[TextureModel, Path], tmp_path: Path
) -> None:
    wide = replace(saved[0].constants, profile=np.zeros(2**18 + 1, np.int16))
    model = copy.copy(saved[0])
    model.__dict__["constants"] = wide
    with pytest.raises(ArgumentValueError, match="profile"):
        model.save(tmp_path / "m")
    assert os.listdir(tmp_path) == []
