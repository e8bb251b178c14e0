"""Tables of tiles, joined over their seams, equal the table of the whole, column by column."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastdefect
from fastdefect import RegionParams
from fastdefect.defects.find import find_defects
from fastdefect.defects.merge import merge_defects


def scene(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A mask of some density, scores of some size, grey levels."""
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 48, 2))
    mask = random.random(shape) < random.choice([0.05, 0.2, 0.5, 0.8, 1.0])
    scores = (random.random(shape) * random.choice([1e-3, 1.0, 300.0])).astype(np.float32)
    return mask, scores, random.integers(0, 256, shape, np.uint8)


@given(
    st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 20), st.integers(0, 4), st.integers(1, 5)
)  # fmt: skip
def test_tiles_join_to_the_whole(seed: int, rows: int, columns: int, gap: int, area: int) -> None:
    mask, scores, grey = scene(seed)
    height, width = mask.shape
    rules = RegionParams(merge_distance=gap, min_area=area, mm_per_px=(0.5, 0.25))
    parts = [
        (
            find_defects(
                mask[y : y + rows, x : x + columns], score_map=scores[y : y + rows, x : x + columns]
            ),
            (y, x),
        )
        for x in range(0, width, columns)
        for y in range(0, height, rows)
    ]
    whole = find_defects(mask, rules, score_map=scores, grey=grey)
    joined = merge_defects(parts, mask.shape, rules, mask=mask, grey=grey)
    for left, right in zip(joined.columns, whole.columns, strict=True):
        np.testing.assert_array_equal(left, right)
    assert joined.to_dict() == whole.to_dict()


def test_nothing_to_join() -> None:
    assert len(merge_defects([], (5, 5))) == 0
    empty = find_defects(np.zeros((3, 3), bool))
    assert merge_defects([(empty, (0, 0)), (empty, (0, 3))], (3, 6)) == ()


def test_parts_that_left_regions_out_are_refused() -> None:
    part = find_defects(np.ones((3, 3), bool), RegionParams(min_area=2))
    with pytest.raises(fastdefect.ArgumentValueError, match=r"parts\[0\].*min_area=1"):
        merge_defects([(part, (0, 0))], (3, 3))


@pytest.mark.parametrize("corner", [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_parts_beyond_the_whole_are_refused(corner: tuple[int, int]) -> None:
    part = find_defects(np.ones((3, 3), bool))
    with pytest.raises(fastdefect.ArgumentValueError, match="within 3 x 3"):
        merge_defects([(part, corner)], (3, 3))
