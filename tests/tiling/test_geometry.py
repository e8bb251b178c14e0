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
    """Slices of rows and of columns are independent, so each axis is checked by itself, the cover by both."""
    pixels = (2 * halo + 1) ** 2 + room
    count = np.zeros((height, width), np.uint8)
    axes = np.arange(height), np.arange(width)
    for tile in tiles((height, width), halo, pixels):
        count[tile.core] += 1
        area = 1
        for axis, core, outer, inner in zip(axes, tile.core, tile.outer, tile.inner, strict=True):
            seen = axis[outer]
            area *= seen.size
            needed = axis[max(0, core.start - halo) : core.stop + halo]
            assert needed.size == min(axis.size, core.stop + halo) - max(0, core.start - halo)
            assert seen[0] <= needed[0]
            assert seen[-1] >= needed[-1]
            assert np.array_equal(seen[inner], axis[core])
        assert area <= pixels
    assert (count == 1).all()
