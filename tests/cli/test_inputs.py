"""Names on the command line, and names of the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastdefect.cli.inputs import find_images, result_names


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    for name in ("b.png", "a.JPG", "notes.txt", "deep/c.tif", "deep/er/d.png", "x[1].png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(tree: Path, *arguments: str) -> list[str]:
    found = find_images([str(tree / argument) for argument in arguments])
    assert not found.faults
    return [image.relative_to(tree).as_posix() for image in found.images]


def test_folders_patterns_and_files(tree: Path) -> None:
    assert names(tree, ".") == ["a.JPG", "b.png", "x[1].png"]
    assert names(tree, "*.png") == ["b.png", "x[1].png"]
    assert names(tree, "**/*.*") == [
        "a.JPG", "b.png", "deep/c.tif", "deep/er/d.png", "x[1].png",
    ]  # fmt: skip
    assert names(tree, "x[1].png") == ["x[1].png"]
    assert names(tree, "notes.txt") == ["notes.txt"]  # named outright, so it is tried
    assert names(tree, "missing.png") == ["missing.png"]


def test_each_file_once_in_the_order_named(tree: Path) -> None:
    assert names(tree, "b.png", ".", "deep/../b.png") == ["b.png", "a.JPG", "x[1].png"]


def test_folders_and_patterns_without_images_are_named(tree: Path) -> None:
    found = find_images([str(tree / "empty"), str(tree / "q*.png"), str(tree / "b.png")])
    assert [image.name for image in found.images] == ["b.png"]
    assert len(found.faults) == 2
    for fault, name in zip(found.faults, ("empty", "q*.png"), strict=True):
        assert str(tree / name) in fault
        assert "found none" in fault


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (["a/x.png", "a/y.png"], ["x", "y"]),
        (["a/x.png", "b/x.png", "b/y.png"], ["a_x_png", "b_x_png", "y"]),
        (["a/x.png", "a/x.jpg"], ["x_png", "x_jpg"]),
        (["a/X.png", "a/x.jpg"], ["X_png", "x_jpg"]),
        (["1/a/x.png", "2/a/x.png"], ["a_x_png", "a_x_png_2"]),
        ([], []),
    ],
)
def test_result_names(images: list[str], expected: list[str]) -> None:
    assert result_names([Path(image) for image in images]) == expected


def test_no_two_results_share_a_name_ever() -> None:
    images = [Path(a) / f"{b}{c}" for a in ("p", "q/p", "q") for b in ("x", "X", "x_2", "p_x_png")
              for c in (".png", ".jpg", "")]  # fmt: skip
    results = [name.casefold() for name in result_names(images)]
    assert len(set(results)) == len(images)
