"""Images inspected in parts give the bytes of the whole: masks, maps, tables and certificates."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from large_cases import assert_equal, detectors, inspected, picture, whole

from fastdefect import RegionParams

SIZES = st.tuples(st.integers(32, 180), st.integers(32, 180))
TILES = st.tuples(st.integers(1, 6), st.integers(1, 6))


def _area(random: np.random.Generator, shape: tuple[int, int]) -> dict:
    """Something to inspect, something to leave out, or neither."""
    height, width = shape
    kind = random.integers(4)
    if kind == 0:
        return {}
    corners = random.uniform(0, 1, (random.integers(3, 7), 2)) * [width, height]
    if kind == 1:
        return {"ignore": [corners.tolist()]}
    mask = np.zeros(shape, bool)
    y, x = random.integers(0, height // 2), random.integers(0, width // 2)
    mask[y : y + random.integers(24, 150), x : x + random.integers(24, 150)] = True
    return {"roi": mask} if kind == 2 else {"roi": mask, "ignore": [(corners / 3).tolist()]}


@pytest.mark.parametrize("kind", ["article", "texture", "trained texture", "pattern", "joined"])
@settings(max_examples=8)
@given(st.integers(0, 10**6), SIZES, TILES, st.integers(1, 3), st.booleans())
def test_parts_give_the_whole(
    kind: str, seed: int, shape: tuple[int, int], tile: tuple[int, int], threads: int, grey: bool
) -> None:
    image = picture(seed, shape if grey else (*shape, 3))
    random = np.random.default_rng(seed)
    rules = RegionParams(
        merge_distance=int(random.integers(0, 4)), min_area=int(random.integers(1, 5)),
        surroundings=int(random.integers(1, 12)), mm_per_px=(0.5, 0.25),
    )  # fmt: skip
    area = _area(random, shape)
    detector = detectors(kind, image)
    try:
        expected = whole(image, detector, rules=rules, **area)
    except ValueError as error:  # nothing left, or no window of the pattern model
        told = re.escape(str(error).split(",")[0])
        with tempfile.TemporaryDirectory() as folder, pytest.raises(ValueError, match=told):
            inspected(image, detector, Path(folder), tile, threads=threads, rules=rules, **area)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = inspected(image, detector, Path(folder), tile, threads=threads, rules=rules, **area)
        assert_equal(found, expected, image)


def test_defects_on_seams_and_corners(tmp_path: Path) -> None:
    image = np.full((160, 160, 3), 200, np.uint8)
    for y, x in ((32, 32), (64, 96), (127, 40), (0, 63), (159, 159), (96, 0)):
        image[max(0, y - 6) : y + 6, max(0, x - 6) : x + 6] = 30
    detector = detectors("article", image)
    found = inspected(image, detector, tmp_path, (1, 2))
    assert_equal(found, whole(image, detector), image)
    assert len(found.defects) == 6


@pytest.mark.parametrize("value", [0, 90, 255])
def test_flat_images(value: int, tmp_path: Path) -> None:
    image = np.full((100, 70), value, np.uint8)
    detector = detectors("article", image)
    assert_equal(inspected(image, detector, tmp_path), whole(image, detector), image)


def test_two_levels_whose_threshold_opencv_decides(tmp_path: Path) -> None:
    image = np.where(np.arange(128) < 64, 60, 190).astype(np.uint8)[:, None] + np.zeros(
        (1, 96), np.uint8
    )
    detector = detectors("article", image)
    assert_equal(inspected(image, detector, tmp_path), whole(image, detector), image)


def test_a_region_taller_than_the_rows_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastdefect.large import regions

    image = np.full((180, 90), 200, np.uint8)
    image[4:170, 20:26] = image[30:36, 50:60] = image[100:104, 60:80] = 30
    detector = detectors("article", image)
    monkeypatch.setattr(regions.table_of, "__defaults__", (2000,))
    found = inspected(image, detector, tmp_path)
    assert_equal(found, whole(image, detector), image)
    assert len(found.defects) == 3


def test_a_good_image_has_no_mask_whatever_its_map(tmp_path: Path) -> None:
    image = picture(3, (120, 140, 3))
    detector = detectors("texture", image, threshold=1e9).with_threshold(1e9, mask_threshold=0.0)
    found = inspected(image, detector, tmp_path)
    assert_equal(found, whole(image, detector), image)
    assert not found.is_defective
    assert len(found.defects) == 0
