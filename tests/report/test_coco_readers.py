"""COCO as its readers take it: where they look for images, and which pixels they fill."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from skimage.draw import polygon2mask

import fastdefect
from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.defects.filled_outlines import filled_outlines
from fastdefect.defects.find import find_defects
from fastdefect.report.coco import CocoExport

# pycocotools was compiled before NumPy 2 asked for a copy keyword
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
Shape = tuple[int, int]
SIDE = 24


def pycocotools(rings: list[list[float]], shape: Shape) -> Any:
    masks = pytest.importorskip("pycocotools.mask", reason="pycocotools is not installed")
    return masks.decode(masks.merge(masks.frPyObjects(rings, *shape)))


def opencv_at_once(rings: list[list[float]], shape: Shape) -> Any:
    """Cut to whole numbers, as Ultralytics and supervision do."""
    points = [np.array(ring).reshape(-1, 2).astype(np.int32) for ring in rings]
    mask = np.zeros(shape, np.uint8)
    for each in points:
        cv2.fillPoly(mask, [each], 1)
    return mask


def opencv_contours(rings: list[list[float]], shape: Shape) -> Any:
    points = [np.array(ring).reshape(-1, 1, 2).astype(np.int32) for ring in rings]
    mask = np.zeros(shape, np.uint8)
    for number in range(len(points)):
        cv2.drawContours(mask, points, number, 1, cv2.FILLED)
    return mask


def scikit_image(rings: list[list[float]], shape: Shape) -> Any:
    return sum(polygon2mask(shape, np.array(ring).reshape(-1, 2)[:, ::-1]) for ring in rings)


READERS = (pycocotools, opencv_at_once, opencv_contours, scikit_image)


def _shapes() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    y, x = np.indices((SIDE, SIDE))
    shapes = {
        "pixel": (y == 3) & (x == 5),
        "all": y >= 0,
        "row": y == 7,
        "column": x == SIDE - 1,
        "corners": (y - 4) * (x - 4) == np.clip((y - 4) * (x - 4), 0, 9),
        "stairs": (y == x) & (y < 9),
        "stairs back": (y + x == 11),
        "L": ((x < 4) | (y > 18)) & (y > 2),
        "U": (y > 3) & ((x < 3) | (x > 15) | (y > 17)),
        "comb": (y < 3) | ((x % 2 == 0) & (y < 11)),
        "disc": (y - 11.2) ** 2 + (x - 12.7) ** 2 < 70,
        "diamond": abs(y - 11) + abs(x - 12) < 9,
    }
    noise = {f"noise {k}": rng.random((SIDE, SIDE)) < 0.05 * (1 + k % 12) for k in range(60)}
    return shapes | noise


SHAPES = _shapes()


@pytest.mark.parametrize("reader", READERS)
def test_readers_fill_exactly_the_pixels(reader: Callable[..., Any]) -> None:
    checked = 0
    for name, mask in SHAPES.items():
        for defect in find_defects(np.ascontiguousarray(mask)):
            rings = filled_outlines(defect)
            if rings is None:
                continue
            expected = np.zeros(mask.shape, np.bool_)
            top, left, bottom, right = defect.bbox
            expected[top:bottom, left:right] = defect.image
            filled = np.asarray(reader(rings, mask.shape)) > 0
            np.testing.assert_array_equal(filled, expected, err_msg=f"{name}, {defect.label}")
            assert filled.sum() == defect.area
            checked += 1
    assert checked > 1000


def test_edges_of_pixels_would_grow_in_opencv() -> None:
    """What the outlines are drawn inwards for."""
    (defect,) = find_defects(SHAPES["disc"])
    edges = [ring[:, ::-1].ravel().tolist() for ring in defect.polygon]
    assert opencv_at_once(edges, (SIDE, SIDE)).sum() > 1.1 * defect.area


@pytest.mark.parametrize("name", SHAPES)
def test_only_holes_need_runs(name: str) -> None:
    for defect in find_defects(np.ascontiguousarray(SHAPES[name])):
        crop = np.pad(defect.image, 1).astype(np.uint8)
        # 4-connected background: more than the outside alone is a hole
        holes = cv2.connectedComponents(1 - crop, connectivity=4)[0] > 2
        assert (filled_outlines(defect) is None) == holes


CASES: dict[str, tuple[list[str], str | None, list[str], str]] = {
    "one file": (["photos/a.png"], None, ["a.png"], "photos"),
    "here": (["a.png", "b.png"], None, ["a.png", "b.png"], "."),
    "one folder": (["photos/a.png", "photos/b.png"], None, ["a.png", "b.png"], "photos"),
    "below": (["photos/a.png", "photos/x/b.png"], None, ["a.png", "x/b.png"], "photos"),
    "two folders": (["p/a.png", "q/b.png"], None, ["p/a.png", "q/b.png"], "."),
    "alike": (["photo/a.png", "photos/b.png"], None, ["photo/a.png", "photos/b.png"], "."),
    "dots": (["./p/a.png", "p/../p/b.png"], None, ["a.png", "b.png"], "p"),
    "upwards": (["../p/a.png", "../p/b.png"], None, ["a.png", "b.png"], "../p"),
    "up and here": (["../p/a.png", "b.png"], None, ["p/a.png", "work/b.png"], ".."),
    "named": (["photos/a.png"], ".", ["photos/a.png"], "."),
    "named elsewhere": (["photos/a.png"], "labels", ["../photos/a.png"], "labels"),
    "from the root": (["/data/p/a.png", "/data/q/b.png"], None, ["p/a.png", "q/b.png"], "/data"),
    "both": (["photos/a.png", "{here}/photos/x/b.png"], None, ["a.png", "x/b.png"], "photos"),
    "none": ([], None, [], "."),
}


@pytest.mark.parametrize("case", CASES)
def test_names_relative_to_a_folder(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, folder, expected, where = CASES[case]
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    names = [name.format(here=here) for name in names]
    image = np.full((8, 9, 3), 200, np.uint8)
    coco = CocoExport(folder=folder)
    for name in names:
        coco.add(name, image, fastdefect.detect(image))
    dataset = json.loads(coco.write("c.json").read_text("utf-8"))
    found = [each["file_name"] for each in dataset["images"]]
    assert found == expected
    root = dataset["info"]["image_folder"]
    assert os.path.abspath(root) == os.path.abspath(where)
    assert [os.path.abspath(os.path.join(root, name)) for name in found] == [
        os.path.abspath(name) for name in names
    ]


@pytest.mark.parametrize(
    ("images", "options", "expected"),
    [
        (["photos"], [], ["a.png", "b.png"]),
        (["photos/*.png"], [], ["a.png", "b.png"]),
        (["photos"], ["--coco-folder", "."], ["photos/a.png", "photos/b.png"]),
    ],
)
def test_of_the_command(
    images: list[str],
    options: list[str],
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkdir("photos")
    for name in ("a", "b"):
        io.write_image(f"photos/{name}.png", np.full((8, 9, 3), 200, np.uint8))
    arguments = ["detect", *images, "--no-overlay", "--coco", "c.json", *options]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    dataset = json.loads(Path("c.json").read_text("utf-8"))
    assert [each["file_name"] for each in dataset["images"]] == expected


@pytest.mark.parametrize(
    "options", [["--coco-folder", "."], ["--coco", "c.json", "--coco-folder", "no"]]
)
def test_a_folder_in_vain_is_said(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    io.write_image("a.png", np.full((8, 9, 3), 200, np.uint8))
    result = CliRunner().invoke(cli, ["detect", "a.png", "--no-overlay", *options])
    assert result.exit_code == 2
    assert "--coco-folder: expected a folder that is there" in result.stderr
    assert os.listdir() == ["a.png"]
