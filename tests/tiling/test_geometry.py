"""Tiles: every pixel once, halos complete, areas within the limit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastdefect.tiling.geometry import strip_rows, strips, tiles


@given(st.integers(1, 5000), st.integers(1, 6000))
def test_strips_cover_every_row_once(height: int, rows: int) -> None:
    covered = [y for y0, y1 in strips(height, rows) for y in range(y0, y1)]
    assert covered == list(range(height))


@given(st.integers(1, 5000), st.integers(1, 64), st.integers(1, 100))
def test_strips_keep_threads_busy(height: int, threads: int, least: int) -> None:
    rows = strip_rows(height, threads, least)
    if threads == 1:
        assert rows == height
    else:
        assert rows >= least
        assert len(strips(height, rows)) <= 2 * threads


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 20), st.integers(0, 3000))
def test_tiles(height: int, width: int, halo: int, room: int) -> None:
    pixels = (2 * halo + 1) ** 2 + room
    count = np.zeros((height, width), int)
    for tile in tiles((height, width), halo, pixels):
        count[tile.core] += 1
        outer = np.zeros((height, width), bool)
        outer[tile.outer] = True
        assert outer.sum() <= pixels
        rows, columns = tile.core
        needed = (
            slice(max(0, rows.start - halo), min(height, rows.stop + halo)),
            slice(max(0, columns.start - halo), min(width, columns.stop + halo)),
        )
        assert outer[needed].all()
        positions = np.indices((height, width))[(slice(None), *tile.outer)][
            (slice(None), *tile.inner)
        ]
        np.testing.assert_array_equal(
            positions, np.indices((height, width))[(slice(None), *tile.core)]
        )
    assert (count == 1).all()
