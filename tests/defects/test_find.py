"""Measures of regions against scikit-image, merging, outlines, and independence of strips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import label, regionprops

from fastdefect.defects.find import find_defects, find_places
from fastdefect.defects.params import RegionParams

SCALE = (0.3, 0.7)


def blobs(seed: int) -> np.ndarray:
    """A random mask of random shape, from single pixels to large regions with holes."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 60, 2)
    smooth = ndimage.uniform_filter(rng.random((height, width)), int(rng.integers(1, 6)))
    return np.asarray(smooth > np.quantile(smooth, rng.uniform(0.2, 0.95)))


def signed_area(ring: np.ndarray) -> float:
    """Area of a ring of (row, col), positive if clockwise as seen."""
    y, x = ring.T.astype(np.int64)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def same_angle(one: float, other: float) -> bool:
    return abs((one - other + np.pi / 2) % np.pi - np.pi / 2) < 1e-6


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.jit_off] * (seed < 4)) for seed in range(40)]
)
def test_measures_are_those_of_scikit_image(seed: int) -> None:
    mask = blobs(seed)
    score = np.random.default_rng(seed).random(mask.shape).astype(np.float32)
    found = find_defects(mask, RegionParams(mm_per_px=SCALE), score_map=score)
    labels = label(mask, connectivity=2)
    pixels = {p.label: p for p in regionprops(labels, intensity_image=score)}
    scaled = {p.label: p for p in regionprops(labels, spacing=SCALE)}
    assert len(found) == len(pixels)
    for defect in found:
        number = labels[defect.runs[0, 0], defect.runs[0, 1]]
        px, mm = pixels[number], scaled[number]
        assert (defect.bbox, defect.area) == (px.bbox, px.area)
        np.testing.assert_array_equal(defect.image, px.image)
        assert defect.feret_diameter_max == px.feret_diameter_max
        assert defect.peak_score == px.intensity_max
        near = {"rtol": 1e-9, "atol": 1e-6}  # scikit-image's own rounding on thin regions
        for name in ("centroid", "axis_major_length", "axis_minor_length", "perimeter"):
            np.testing.assert_allclose(getattr(defect, name), getattr(px, name), **near)
        for name in ("centroid", "axis_major_length", "axis_minor_length", "feret_diameter_max"):
            np.testing.assert_allclose(getattr(defect, f"{name}_mm"), getattr(mm, name), **near)
        assert defect.area_mm2 == pytest.approx(mm.area)
        assert defect.mean_score == pytest.approx(px.intensity_mean, rel=1e-5)
        # the direction of a round region is rounding alone
        if defect.axis_major_length - defect.axis_minor_length > 1e-5:
            assert same_angle(defect.orientation, px.orientation)
        if defect.axis_major_length_mm - defect.axis_minor_length_mm > 1e-5:
            assert same_angle(defect.orientation_mm, mm.orientation)
        assert sum(map(signed_area, defect.polygon)) == defect.area


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 6))
def test_merging_is_closing_the_gaps(seed: int, gap: int) -> None:
    """Two pixels are in one defect if a chain of steps of at most gap + 1 rows and columns joins them."""
    mask = blobs(seed)
    size = 2 * gap + 3
    points = np.argwhere(mask)
    links = np.abs(points[:, None] - points[None]).max(axis=2) < size - gap - 1
    reached = np.zeros((len(points), len(points)), np.bool_)
    groups = 0
    for i in range(len(points)):
        if reached[:, i].any():
            continue
        groups += 1
        front = np.zeros(len(points), np.bool_)
        front[i] = True
        while True:
            wider = links[front].any(axis=0)
            if (wider == front).all():
                break
            front = wider
        reached[i] = front
    found = find_defects(mask, RegionParams(merge_distance=gap))
    assert len(found) == groups
    assert sum(d.area for d in found) == mask.sum()
    for defect in found:
        assert sum(map(signed_area, defect.polygon)) == defect.area


@pytest.mark.jit_off
def test_small_regions_are_left_out_after_merging() -> None:
    mask = np.zeros((20, 40), np.bool_)
    mask[2:4, 2:4] = mask[2:4, 6:8] = mask[10, 10] = True
    assert [d.area for d in find_defects(mask, RegionParams(min_area=5))] == []
    rules = RegionParams(min_area=5, merge_distance=2)
    (defect,) = find_defects(mask, rules)
    assert (defect.area, defect.bbox, defect.label) == (8, (2, 2, 4, 8), 1)
    by_mm = RegionParams(mm_per_px=(0.5, 2.0), min_area_mm2=4.0)
    assert [d.area for d in find_defects(mask, by_mm)] == [4, 4]


@pytest.mark.jit_off
def test_contrast_is_against_the_ring_without_other_defects_and_outside() -> None:
    mask = np.zeros((30, 30), np.bool_)
    grey = np.full((30, 30), 100, np.uint8)
    mask[10:13, 10:13] = mask[10:13, 15:18] = True
    grey[mask] = 50
    grey[:, 21:] = 255  # beyond the ring of the first, within that of the second
    rules = RegionParams(surroundings=4)
    first, second = find_defects(mask, rules, grey=grey)
    assert first.contrast == -0.5
    assert second.contrast is not None
    assert second.contrast < -0.5
    inside = np.zeros_like(mask)
    inside[:, :21] = True
    assert [d.contrast for d in find_defects(mask, rules, grey=grey, inside=inside)] == [-0.5, -0.5]
    assert find_defects(mask)[0].contrast is None
    assert find_defects(np.ones((3, 3), np.bool_), grey=grey[:3, :3])[0].contrast is None


@pytest.mark.jit_off
def test_severity_counts_the_limits_that_are_exceeded() -> None:
    mask = np.zeros((10, 400), np.bool_)
    mask[0, :76] = mask[2, :75] = mask[4, :151] = mask[6, :231] = True
    found = find_defects(mask, RegionParams(mm_per_px=1))
    assert [d.severity for d in found] == [2, 1, 3, 4]
    assert [d.severity for d in find_defects(mask)] == [None] * 4
    rules = RegionParams(severity_by="area", severity_limits=(75, 200))
    assert [d.severity for d in find_defects(mask, rules)] == [2, 1, 2, 3]


@pytest.mark.jit_off
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (3, 3)])
def test_hostile_shapes(shape: tuple[int, int]) -> None:
    assert len(find_defects(np.zeros(shape, np.bool_))) == 0
    (defect,) = find_defects(np.ones(shape, np.bool_))
    assert defect.area == shape[0] * shape[1]
    assert signed_area(defect.polygon[0]) == defect.area
    checks = np.indices(shape).sum(axis=0) % 2 == 0
    assert sum(d.area for d in find_defects(checks)) == checks.sum()
    turned = np.asfortranarray(checks)
    assert find_defects(turned) == find_defects(checks)


@pytest.mark.jit_off
def test_a_ring_with_an_island() -> None:
    mask = np.zeros((9, 9), np.bool_)
    mask[1:8, 1:8] = True
    mask[2:7, 2:7] = False
    mask[4, 4] = True
    ring, island = find_defects(mask)
    assert [signed_area(r) for r in ring.polygon] == [49, -25]
    assert ring.polygon[0].tolist() == [[1, 8], [8, 8], [8, 1], [1, 1]]
    assert island.area == 1


@pytest.mark.parametrize("seed", range(8))
def test_places_for_pictures_are_those_of_the_table(seed: int) -> None:
    mask = blobs(seed)
    for rules in (RegionParams(), RegionParams(merge_distance=2, min_area=4)):
        places, columns = find_places(mask, rules), find_defects(mask, rules).columns
        for name in ("labels", "boxes", "sums", "first", "runs"):
            assert np.array_equal(getattr(places, name), getattr(columns, name)), name
