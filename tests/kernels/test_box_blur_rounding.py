"""Which windows OpenCV rounds by the sum alone: the formula is held against OpenCV itself."""

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect.kernels.box_blur.quotient import divisor_16, position_independent


@pytest.mark.parity
def test_rounding_of_all_small_areas() -> None:
    """Rows of one window each, from black to white in random order, whose sums spread over the whole range."""
    rng = np.random.default_rng(0)
    for area in range(1, 257):
        top = rng.integers(0, 256, (600, 1))
        rows = np.minimum(rng.integers(0, 256, (600, area)), top)
        rows[300:] = 255 - rows[300:]
        rows[0], rows[1] = 0, 255
        rows = rows.astype(np.uint8)
        delta, scale = divisor_16(area)
        ours = (rows.sum(axis=1, dtype=np.int64) + delta) * scale >> 23
        if not position_independent(area):
            assert ours.max() > 255
            continue
        window = cv2.blur(rows, (area, 1))[:, area // 2]
        np.testing.assert_array_equal(ours, window, err_msg=f"{area} pixels")


@pytest.mark.parity
@pytest.mark.parametrize("ksize", [(2, 1), (1, 2)])
def test_two_white_pixels_are_left_to_opencv(ksize: tuple[int, int]) -> None:
    white = np.full((3, 70), 255, np.uint8)
    expected = cv2.blur(white, ksize)
    np.testing.assert_array_equal(fastdefect.box_blur(white, ksize, backend="numba"), expected)


@pytest.mark.parity
def test_claimed_sizes_are_position_independent_in_opencv() -> None:
    """Images made of half-way sums: where OpenCV depends on the column, two columns differ."""
    rng = np.random.default_rng(0)
    dependent = [k for k in range(17, 65) if not position_independent(k * k)]
    assert {28, 34, 56} <= set(dependent)
    for k in range(17, 65):
        if k in dependent:
            continue
        tile = rng.integers(0, 256, (k, k), np.uint8)
        image = np.tile(tile, (3, 6))  # every window holds the same pixels
        assert np.unique(cv2.blur(image, (k, k))[k : 2 * k, k : 5 * k]).size == 1, k
