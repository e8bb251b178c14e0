"""Regions of interest and ignored regions: what lies outside never counts and never changes anything."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import fastdefect
from fastdefect import io
from fastdefect.defects.find import find_defects
from fastdefect.defects.params import RegionParams
from fastdefect.roi.area import inspected_area
from fastdefect.roi.mirror import mirror_places

SHAPE = (90, 120)
BOX = [[20, 15], [100, 15], [100, 75], [20, 75]]


@pytest.fixture(name="cloth", scope="module")
def _cloth() -> np.ndarray:
    rng = np.random.default_rng(8)
    image = rng.normal(150, 12, (*SHAPE, 3)).clip(0, 255).astype(np.uint8)
    image[30:50, 40:60] //= 3
    return image


@pytest.mark.jit_off
def test_a_box_of_whole_pixels_is_that_box() -> None:
    inside = inspected_area(SHAPE, [BOX])
    expected = np.zeros(SHAPE, np.bool_)
    expected[15:75, 20:100] = True
    np.testing.assert_array_equal(inside, expected)
    np.testing.assert_array_equal(inspected_area(SHAPE, ignore=[BOX]), ~expected)
    left, right = (
        [[0, 0], [50.5, 0], [50.5, 90], [0, 90]],
        [[50.5, 0], [120, 0], [120, 90], [50.5, 90]],
    )
    one, two = inspected_area(SHAPE, [left]), inspected_area(SHAPE, [right])
    assert (one ^ two).all()
    assert inspected_area(SHAPE) is None
    assert inspected_area(SHAPE, [left, right]) is None


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_an_outline_chooses_its_own_pixels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    smooth = ndimage.uniform_filter(rng.random(tuple(rng.integers(4, 40, 2))), 3)
    mask = smooth > np.quantile(smooth, 0.6)
    for defect in find_defects(mask):
        rings = [ring[:, ::-1].tolist() for ring in defect.polygon]
        only = np.zeros_like(mask)
        top, left, bottom, right = defect.bbox
        only[top:bottom, left:right] = defect.image
        if only.all() or len(rings) > 1:
            continue  # a hole is a polygon of its own, which ``roi`` would unite
        np.testing.assert_array_equal(inspected_area(mask.shape, rings), only)


@pytest.mark.parametrize("backend", ["auto", "numba", "opencv", "reference"])
def test_nothing_outside_changes_anything(
    cloth: np.ndarray, threads: int, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTDEFECT_BACKEND", backend)
    triangle = [[5.0, 4.0], [117.3, 20.0], [60.0, 88.8]]
    inside = inspected_area(SHAPE, [triangle], ignore=[[[50, 40], [60, 40], [55, 60]]])
    engine = fastdefect.Engine(SHAPE, threads=threads, roi=inside)
    first = engine(cloth)
    assert first.is_defective
    assert not first.mask[~inside].any()
    assert not first.score_map[~inside].any()
    assert first.zero_count == first.mask.sum()
    for filling in (0, 255, np.random.default_rng(1).integers(0, 256, cloth.shape, np.uint8)):
        other = engine(np.where(inside[:, :, None], cloth, filling).astype(np.uint8))
        assert other.otsu_threshold == first.otsu_threshold
        np.testing.assert_array_equal(other.mask, first.mask)
        np.testing.assert_array_equal(other.score_map, first.score_map)
        assert other.defects.to_dict() == first.defects.to_dict()


@pytest.mark.jit_off
def test_a_defect_outside_never_counts(cloth: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    even = np.full((*SHAPE, 3), 150, np.uint8)
    even[30:50, 80:110] = rng.integers(0, 50, (20, 30, 3))
    assert fastdefect.detect(even).is_defective
    spot = [[78, 28], [112, 28], [112, 52], [78, 52]]
    found = fastdefect.detect(even, ignore=[spot])
    assert (found.is_defective, found.score, len(found.defects)) == (False, 0.0, 0)


def test_an_area_of_the_whole_image_is_the_plain_path(cloth: np.ndarray) -> None:
    everything = [[0, 0], [120, 0], [120, 90], [0, 90]]
    plain, chosen = fastdefect.detect(cloth), fastdefect.detect(cloth, roi=[everything])
    assert chosen.inside is None
    assert list(plain.speed) == list(chosen.speed)
    np.testing.assert_array_equal(plain.mask, chosen.mask)


def test_the_mirror_is_that_of_opencv_at_a_straight_edge() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, SHAPE, np.uint8)
    area = np.zeros(SHAPE, np.uint8)
    area[:, 40:] = 1
    targets, sources = mirror_places(area, 24)
    flat = image.copy().reshape(-1)
    flat[targets] = flat[sources]
    expected = cv2.copyMakeBorder(image[:, 40:], 0, 0, 24, 0, cv2.BORDER_REFLECT_101)
    np.testing.assert_array_equal(flat.reshape(SHAPE)[:, 16:], expected)
    assert (area.reshape(-1)[sources] == 1).all()


def test_files(cloth: np.ndarray, tmp_path: Path) -> None:
    expected = fastdefect.detect(cloth, roi=[BOX])
    (tmp_path / "a.json").write_text(json.dumps([BOX]))
    (tmp_path / "b.json").write_text(json.dumps({"polygons": [BOX]}))
    io.write_image(tmp_path / "c.png", expected.inside.astype(np.uint8) * 255)
    for name in ("a.json", "b.json", "c.png"):
        found = fastdefect.detect(cloth, roi=tmp_path / name)
        np.testing.assert_array_equal(found.mask, expected.mask)
        np.testing.assert_array_equal(found.inside, expected.inside)


@pytest.mark.parametrize(
    ("roi", "match"),
    [
        ([[[1, 1], [5, 5]]], "polygon 0: expected at least 3 corners, received 2"),
        ([BOX, [[0, 0], [121, 0], [5, 5]]], r"polygon 1: .*within the image.*\(121, 0\)"),
        ([[[0, 0], [5, -1], [5, 5]]], "within the image"),
        ([[[0, 0], [float("nan"), 1], [5, 5]]], "within the image"),
        ([[0, 0], [5, 0], [5, 5]], "list of corners"),
        ([["a", "b"]], "list of corners"),
        ([], "at least one polygon"),
        (np.ones((5, 5), np.bool_), "mask of 90 x 120.*5 x 5"),
        (np.ones(SHAPE, np.uint8), "uint8 array"),
        (np.zeros(SHAPE, np.bool_), "leave none"),
        (7, "received int"),
    ],
)
def test_bad_areas(cloth: np.ndarray, roi: object, match: str) -> None:
    with pytest.raises(fastdefect.FastDefectError, match=match):
        fastdefect.detect(cloth, roi=roi)
    with pytest.raises(fastdefect.FastDefectError):
        fastdefect.Engine(SHAPE, roi=roi)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "JSON file with polygons"),
        ("[" * 100_000, "JSON file with polygons"),
        ('{"polygon": []}', "one key 'polygons'"),
        ('{"polygons": 5}', "received int"),
        (None, "check the path"),
    ],
)
def test_bad_files(cloth: np.ndarray, tmp_path: Path, text: str | None, match: str) -> None:
    path = tmp_path / "roi.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(fastdefect.FastDefectError, match=match) as caught:
        fastdefect.detect(cloth, ignore=path)
    assert "roi.json" in str(caught.value)


@pytest.mark.parametrize(
    "scale", [0, -1.0, (1, 0), (1, 2, 3), "2", float("inf"), float("nan"), True]
)
def test_bad_scales(scale: object) -> None:
    with pytest.raises(fastdefect.FastDefectError, match="mm_per_px: expected"):
        RegionParams(mm_per_px=scale)


@pytest.mark.parametrize(
    "arguments",
    [
        {"min_area": 0},
        {"merge_distance": -1},
        {"min_area_mm2": 3.0},
        {"severity_by": "colour"},
        {"severity_limits": (3, 2)},
        {"surroundings": 0},
    ],
)
def test_bad_rules(arguments: dict[str, object]) -> None:
    with pytest.raises(fastdefect.FastDefectError, match=next(iter(arguments))):
        RegionParams(**arguments)
    with pytest.raises(fastdefect.ArgumentTypeError, match="RegionParams"):
        fastdefect.detect(np.zeros((5, 5), np.uint8), regions=arguments)


def test_defects_across_seams_do_not_depend_on_threads(cloth: np.ndarray) -> None:
    tall = np.concatenate([cloth] * 4)
    tall[100:300, 60:70] = 20  # crosses the strips of two and of three threads
    rules = RegionParams(mm_per_px=(0.5, 0.25), merge_distance=3)
    tables = [
        fastdefect.detect(tall, threads=n, regions=rules).defects.to_dict() for n in (1, 2, 3, 5)
    ]
    assert tables[0]
    assert tables[0] == tables[1] == tables[2] == tables[3]
