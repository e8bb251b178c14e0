"""The texture kernels equal their NumPy twin, on any strips, tiles and threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from texture_cases import constants, image

from fastdefect.backends import load
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.operations.texture import FittedTexture, TextureStructure
from fastdefect.reference.texture import background, line_sums, line_taps, texture_map
from fastdefect.tiling.workers import Workers


def kernel_map(img: np.ndarray, k: FittedTexture, threads: int = 1, rows: int = 512) -> np.ndarray:
    structure = TextureStructure.of(k, 3 if img.ndim == 3 else 1)
    plan = load("numba").texture_map(img.shape[:2], structure, Workers(threads), rows=rows)
    score = np.full(img.shape[:2], np.nan, np.float32)
    plan(img, k, None, score)
    return score


MODELS = {
    "grey": {"colour": False},
    "full": {},
    "zero-shot": {"window": 191, "scales": (3, 7, 15, 31), "geometric": False},
    "narrow": {"window": 31, "scales": (1, 5, 7, 11), "side_onset": 0.0, "side_weight": 1.0},
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(32, 40), (33, 32, 3)])
def test_small_images_equal_the_reference(name: str, shape: tuple[int, ...]) -> None:
    """Small enough to run without the JIT too."""
    img, k = image(shape), constants(**MODELS[name])
    np.testing.assert_array_equal(kernel_map(img, k), texture_map(img, k))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(97, 260), (200, 131, 3), (64, 33, 3), (260, 260, 3)])
def test_strips_and_threads_never_show(name: str, shape: tuple[int, ...], threads: int) -> None:
    img, k = image(shape, 1), constants(1, **MODELS[name])
    expected = texture_map(img, k)
    for rows in (512, 64, 23):
        np.testing.assert_array_equal(kernel_map(img, k, threads, rows), expected)


@pytest.mark.parametrize("name", ["grey", "full"])
def test_a_tile_with_its_halo_equals_the_whole(name: str) -> None:
    img, k = image((720, 900, 3), 2), constants(2, **MODELS[name])
    halo = TextureParams(**MODELS[name]).halo
    whole = kernel_map(img, k)
    for y0, y1, x0, x1 in (
        (0, 60, 0, 80),
        (330, 390, 400, 433),
        (670, 720, 840, 900),
        (1, 50, 240, 241),
    ):
        t, b = max(0, y0 - halo), min(720, y1 + halo)
        left, right = max(0, x0 - halo), min(900, x1 + halo)
        tile = kernel_map(np.ascontiguousarray(img[t:b, left:right]), k)
        np.testing.assert_array_equal(
            tile[y0 - t : y1 - t, x0 - left : x1 - left], whole[y0:y1, x0:x1]
        )


@settings(max_examples=25)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(32, 120), st.integers(32, 120), st.just(3)),
        elements=st.sampled_from([0, 1, 127, 254, 255]),
        fill=st.sampled_from([0, 128, 255]),
    ),
    st.sampled_from(["grey", "full"]),
)
def test_hostile_pixels(img: np.ndarray, name: str) -> None:
    k = constants(3, **MODELS[name])
    before = img.copy()
    found = kernel_map(img, k, rows=64)
    np.testing.assert_array_equal(found, texture_map(img, k))
    np.testing.assert_array_equal(img, before)
    assert np.isfinite(found).all()


def test_grey_equals_its_three_channel_copy() -> None:
    grey = image((90, 110), 4)
    k = constants(4, colour=False)
    np.testing.assert_array_equal(kernel_map(grey, k), kernel_map(np.dstack([grey] * 3), k))


def test_background_of_a_slope_is_the_slope() -> None:
    """Linear shading leaves nothing, not even in the corners."""
    y, x = np.mgrid[:150, :210]
    plane = (5000 + 7 * x - 3 * y).astype(np.int64)
    assert np.abs(background(plane, 95) - plane).max() <= 1


def test_background_of_images_smaller_than_the_window() -> None:
    y, x = np.mgrid[:40, :33]
    plane = (9000 - 11 * x + 5 * y).astype(np.int64)
    assert np.abs(background(plane, 95) - plane).max() <= 1


def test_lines_have_twelve_pixels_and_reach_eleven() -> None:
    for step in ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1)):
        taps = line_taps(*step)
        assert len(set(taps)) == 12
        assert max(max(abs(y), abs(x)) for y, x in taps) == 11


def test_a_speck_draws_no_star() -> None:
    speck = np.zeros((61, 61), np.int64)
    speck[29:32, 29:32] = 1000
    best = line_sums(speck, 500)
    assert best[30, 30] > 0
    assert best[30, 45] == best[45, 45] == 0


def test_the_score_is_the_mean_of_the_20_highest() -> None:
    img, k = image((80, 90, 3), 5), constants(5)
    score = np.empty((80, 90), np.float32)
    structure = TextureStructure.of(k, 3)
    plan = load("numba").texture_map((80, 90), structure, Workers(2), rows=16)
    value = plan(img, k, None, score)
    assert value == np.sort(score, axis=None)[-20:].astype(np.float64).mean()
