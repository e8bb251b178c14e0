"""``fastdefect fit`` on small generated sheets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sheets import SIDE, kind, run

from fastdefect import io
from fastdefect.detectors import registry
from fastdefect.detectors.texture.model import TextureModel


@pytest.fixture(scope="module", name="data")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kind(tmp_path_factory.mktemp("data") / "cloth")


@pytest.fixture(name="good")
def _good(data: Path, tmp_path: Path) -> Path:
    """A folder of its own with the good images."""
    return Path(shutil.copytree(data / "train" / "good", tmp_path / "good"))


def test_fit_writes_a_model_and_tells_its_threshold(good: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "cloth.model"
    result = run("fit", good, "--out", out, "--false-alarms", "2%", "--grey", "--threads", 2)
    assert result.exit_code == 0, result.output
    for words in ("12 good ones of 96 x 96 pixels", "in grey", 'up to the first "_"', "2 % false"):
        assert words in result.stdout
    assert "groups     4," in result.stdout
    assert "12 images in 4 groups are few" in result.stderr
    model = TextureModel.load(out)
    low, high = model.threshold_interval or (0.0, 0.0)
    assert f"{model.threshold:.4g}" in result.stdout
    assert f"(90 % interval {low:.4g} - {high:.4g})" in result.stdout
    assert not model.params.colour
    assert [path.name for path in out.parent.iterdir()] == ["cloth.model"]


def test_fit_is_what_the_library_does(data: Path, tmp_path: Path) -> None:
    model = tmp_path / "m"
    assert run("fit", data, "--out", model, "--threads", 1).exit_code == 0
    paths = sorted((data / "train" / "good").iterdir())
    own = TextureModel().fit(paths, [path.name[:2] for path in paths])
    assert TextureModel.load(model).threshold == own.threshold


@pytest.mark.parametrize(
    ("rule", "count"), [("none", 12), (r"_(\d)", 3), (r"^\d\d", 4), ("folder", 2)]
)
def test_groups(good: Path, tmp_path: Path, rule: str, count: int) -> None:
    if rule == "folder":
        for path in sorted(good.iterdir()):
            place = good / ("a" if path.name < "02" else "b")
            place.mkdir(exist_ok=True)
            path.rename(place / path.name)
    result = run("fit", good, "--out", tmp_path / "m", "--groups", rule, "--grey")
    assert result.exit_code == 0, result.output
    assert f"groups     {count}," in result.stdout


def _fault_corrupt(good: Path) -> None:
    data = (good / "01_1.png").read_bytes()
    (good / "01_1.png").write_bytes(data[: len(data) // 2])


def _fault_size(good: Path) -> None:
    io.write_image(good / "01_1.png", np.zeros((SIDE, SIDE + 1, 3), np.uint8))


def _fault_channels(good: Path) -> None:
    io.write_image(good / "01_1.png", io.read_image(good / "01_1.png")[:, :, 1].copy())


def _fault_few(good: Path) -> None:
    for path in sorted(good.iterdir())[3:]:
        path.unlink()


def _fault_identical(good: Path) -> None:
    first, *rest = sorted(good.iterdir())
    for path in rest:
        shutil.copy(first, path)


def _fault_none(good: Path) -> None:
    for path in good.iterdir():
        if path.is_file():
            path.unlink()


def _fault_kinds(good: Path) -> None:
    for name in ("carpet", "leather", "tile", "wood"):
        (good / name / "train" / "good").mkdir(parents=True)
    _fault_none(good)


def _fault_folders(good: Path) -> None:
    images = sorted(good.iterdir())
    for image, name in zip(images[:2], ("monday", "tuesday"), strict=True):
        (good / name).mkdir()
        image.rename(good / name / image.name)
    _fault_none(good)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_fault_corrupt, ("01_1.png", "truncated", "1 of 12", "--skip-unreadable")),
        (_fault_size, ("01_1.png", "96 x 96", "97 x 96")),
        (_fault_channels, ("01_1.png", "colour", "grey", "--grey")),
        (_fault_few, ("at least 4", "received 3")),
        (_fault_identical, ("different photographs", "12 equal ones")),
        (_fault_none, ("expected a folder of good images", "put images")),
        (_fault_kinds, ("a folder of kinds: carpet, leather, tile and 1 more", "/carpet")),
        (_fault_folders, ("in its folders monday, tuesday", "--groups folder")),
    ],
)
def test_fit_refuses_bad_folders_in_one_sentence(
    good: Path, tmp_path: Path, spoil: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    spoil(good)
    out = tmp_path / "old.model"
    out.write_text("kept")
    result = run("fit", good, "--out", out)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert result.stderr.count("Error: ") == 1
    assert len(result.stderr.splitlines()) == 1
    for word in words:
        assert word in result.stderr
    assert out.read_text() == "kept"


def test_fit_can_leave_corrupt_images_out(good: Path, tmp_path: Path) -> None:
    _fault_corrupt(good)
    result = run("fit", good, "--out", tmp_path / "m", "--skip-unreadable", "--grey")
    assert result.exit_code == 0
    assert "11 good ones" in result.stdout
    assert "Left out: " in result.stderr
    assert "01_1.png" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--groups", "("), "regular expression"),
        (("--groups", "^roll"), "does not fit 00_0.png"),
        (("--groups", "png"), "at least two different groups"),
        (("--groups", "folder"), "one folder for each sheet"),
        (("--false-alarms", "30%"), "rate from"),
        (("--detector", "nonsense"), "texture"),
    ],
)
def test_fit_refuses_bad_options(good: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run("fit", good, "--out", good / "m", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (good / "m").exists()


def test_masks_to_ignore(good: Path, tmp_path: Path) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:20] = 255
    io.write_image(tmp_path / "edge.png", mask)
    masks = tmp_path / "masks"
    masks.mkdir()
    io.write_image(masks / "00_1_mask.png", mask.T.copy())
    plain, one, each = tmp_path / "0", tmp_path / "1", tmp_path / "2"
    assert run("fit", good, "--out", plain, "--grey").exit_code == 0
    assert (
        run("fit", good, "--out", one, "--grey", "--ignore", tmp_path / "edge.png").exit_code == 0
    )
    assert run("fit", good, "--out", each, "--grey", "--ignore", masks).exit_code == 0
    assert len({TextureModel.load(path).threshold for path in (plain, one, each)}) == 3
    io.write_image(tmp_path / "small.png", mask[:-1])
    result = run("fit", good, "--out", plain, "--ignore", tmp_path / "small.png")
    assert result.exit_code == 2
    assert "small.png" in result.stderr
    assert "(95, 96)" in result.stderr


def test_grey_is_refused_where_a_detector_has_no_such_setting(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain:
        def __init__(self, false_alarms: float = 0.01) -> None:
            raise AssertionError("refused before it is made")

    monkeypatch.setattr(registry, "trainable_kinds", lambda: ("plain",))
    monkeypatch.setattr(registry, "detector_class", lambda _kind: Plain)
    result = run("fit", good, "--out", tmp_path / "m", "--grey")
    assert result.exit_code == 2
    assert "--grey: expected" in result.stderr
    assert "'plain'" in result.stderr
