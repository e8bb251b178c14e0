"""One list of images and one reader of masks for every command; what lies in a folder and is not used is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import fastdefect
from bench_images import roll
from fastdefect import io
from fastdefect.cli.fit.training_images import find_good, read_masks
from fastdefect.cli.inputs import find_images
from fastdefect.cli.main import cli
from fastdefect.evaluation.dataset import (
    good_paths,
    labelled_samples,
    masks_by_image,
    unused_in_test,
    unused_in_training,
)

LISTS: dict[str, Callable[[Path], list[Path]]] = {
    "detect, a folder": lambda top: list(find_images([str(top / "test" / "hole")]).images),
    "detect, a pattern": lambda top: list(find_images([str(top / "test" / "hole" / "*")]).images),
    "fit": lambda top: good_paths(top / "test" / "hole"),
    "fit --groups folder": lambda top: [
        path for path in find_good(top / "test", "folder") if path.parent.name == "hole"
    ],
    "evaluate": lambda top: [s.path for s in labelled_samples(top) if s.kind == "hole"],
    "masks": lambda top: sorted(masks_by_image(top / "test" / "hole").values()),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_command_sees_the_same_images(tmp_path: Path, name: str) -> None:
    kind = tmp_path / "test" / "hole"
    for folder in (kind, tmp_path / "test" / "good"):
        folder.mkdir(parents=True)
    (tmp_path / "test" / "good" / "a.png").touch()
    expected = []
    for number, ending in enumerate(sorted(io.IMAGE_ENDINGS)):
        for written in (ending, ending.upper()):
            expected.append(kind / f"{number}{'ul'[written == ending]}{written}")
            expected[-1].touch()
    for other in (".hidden.png", "._a.png", "notes.txt", "photo.cr2"):
        (kind / other).touch()
    (kind / "folder.png").mkdir()
    assert sorted(LISTS[name](tmp_path)) == sorted(expected)


def test_what_a_folder_holds_besides_images(tmp_path: Path) -> None:
    for name in ("a.png", "photo.heic", "notes.txt", ".hidden", "deep/b.png", "texts/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    assert [path.name for path in io.list_unused(tmp_path)] == ["deep", "notes.txt", "photo.heic"]


def _dataset(top: Path) -> Path:
    """Good and defective images with one mask, and much that nobody uses."""
    cloth = roll(7)
    for name, at in (("train/good/1.png", 0), ("test/good/1.png", 900), ("test/hole/1.png", 1800)):
        path = top / name
        path.parent.mkdir(parents=True)
        io.write_image(path, cloth.window(at, 0, 64, 64))
    mask = np.zeros((64, 64), np.uint8)
    mask[20:30, 20:30] = 1
    truth = top / "ground_truth" / "hole"
    truth.mkdir(parents=True)
    io.write_image(truth / "1_mask.bmp", mask)
    io.write_image(truth / "2_mask.png", mask)
    for name in ("test/hole/photo.heic", "test/readme.txt", "train/1.png", "4.png"):
        (top / name).touch()
    for name in ("test/empty", "ground_truth/scratch"):
        (top / name).mkdir()
    return top


def _names(top: Path, paths: list[Path]) -> set[str]:
    return {path.relative_to(top).as_posix() for path in paths}


def test_what_a_data_set_holds_besides_its_samples(tmp_path: Path) -> None:
    top = _dataset(tmp_path)
    samples = labelled_samples(top)
    (mask,) = [sample.read_mask((64, 64)) for sample in samples if sample.is_defective]
    assert mask is not None  # a mask is one, whatever its ending
    assert mask.sum() == 100
    assert _names(top, unused_in_test(top, samples)) == {
        "ground_truth/hole/2_mask.png", "ground_truth/scratch", "test/empty", "test/hole/photo.heic",
        "test/readme.txt",
    }  # fmt: skip
    assert _names(top, unused_in_training(top, good_paths(top))) == {"4.png", "train/1.png"}


def test_grouped_by_folder_what_lies_beside_the_folders_is_named(tmp_path: Path) -> None:
    for name in ("a/1.png", "b/1.png", "a/notes.txt", "c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = unused_in_training(tmp_path, find_good(tmp_path, "folder"))
    assert _names(tmp_path, found) == {"a/notes.txt", "c.png"}


def test_two_masks_for_one_image(tmp_path: Path) -> None:
    for name in ("1.png", "1_mask.tif"):
        (tmp_path / name).touch()
    with pytest.raises(fastdefect.ArgumentValueError, match=r"1\.png and 1_mask\.tif"):
        masks_by_image(tmp_path)


def test_a_mask_of_no_image_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("1_mask.png", "2_mask.png"):
        io.write_image(tmp_path / name, np.ones((4, 6), np.uint8))
    masks = read_masks([tmp_path], [Path("1.png"), Path("3.png")], (4, 6))
    assert [int(mask.sum()) for mask in masks] == [24, 0]
    assert re.search(r"not used: .*2_mask\.png\n", capsys.readouterr().err)


@pytest.mark.parametrize("command", ["detect", "fit", "evaluate"])
def test_commands_name_what_they_do_not_use(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = _dataset(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    arguments = {
        "detect": ["detect", str(top / "test" / "hole"), "--no-overlay"],
        "fit": ["fit", str(top), "--out", "m.json"],
        "evaluate": ["evaluate", str(top)],
    }[command]
    if command == "evaluate":
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")
    result = CliRunner().invoke(cli, arguments)
    named = {"detect": "photo.heic", "fit": "4.png", "evaluate": "readme.txt"}[command]
    (note,) = [
        line for line in result.stderr.splitlines() if line.startswith("Note: there and not")
    ]
    assert named in note
    assert ("and 2 more" in note) == (command == "evaluate")
