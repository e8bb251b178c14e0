"""An area window by window has the pixels of the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdefect import ArgumentTypeError, ArgumentValueError
from fastdefect.roi.area import inspected_area
from fastdefect.roi.windows import AreaWindows


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 60))
def test_windows_of_polygons_and_masks(seed: int, height: int, width: int) -> None:
    random = np.random.default_rng(seed)

    def polygon() -> list:
        corners = random.uniform(0, 1, (random.integers(3, 9), 2)) * [width, height]
        return (np.rint(2 * corners) / 2 if random.integers(2) else corners).tolist()

    shape = height, width
    roi = random.choice([None, "polygons", "mask"])
    area = {
        "roi": [polygon(), polygon()]
        if roi == "polygons"
        else random.random(shape) < 0.7
        if roi
        else None
    }
    area["ignore"] = [polygon()] if random.integers(2) else None
    try:
        expected = inspected_area(shape, **area)
    except ArgumentValueError:  # nothing left
        expected = np.zeros(shape, bool)
    expected = np.ones(shape, bool) if expected is None else expected
    windows = AreaWindows(shape, area["roi"], area["ignore"])
    top, left = random.integers(0, height), random.integers(0, width)
    for rows, columns in (
        (slice(0, height), slice(0, width)),
        (
            slice(top, random.integers(top, height) + 1),
            slice(left, random.integers(left, width) + 1),
        ),
    ):
        np.testing.assert_array_equal(windows.read(rows, columns), expected[rows, columns])


def test_masks_in_files_are_read_in_parts(tmp_path) -> None:
    mask = np.random.default_rng(0).integers(0, 2, (40, 30), np.uint8)
    np.save(tmp_path / "mask.npy", mask)
    windows = AreaWindows((40, 30), tmp_path / "mask.npy", None)
    np.testing.assert_array_equal(windows.read(slice(7, 33), slice(2, 9)), mask[7:33, 2:9] != 0)
    with pytest.raises(ArgumentValueError, match="expected a mask of 41 x 30"):
        AreaWindows((41, 30), tmp_path / "mask.npy", None)
    with pytest.raises(ArgumentTypeError, match="compare it with 0"):
        AreaWindows((40, 30), None, mask)
    with pytest.raises(ArgumentValueError, match=r"polygon 0.*x from 0 to 30"):
        AreaWindows((40, 30), [[[0, 0], [31, 0], [0, 9]]], None)
