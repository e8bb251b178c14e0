"""Tiles cover every block once and see what they have to; memory is read as it is written."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdefect import ArgumentTypeError, ArgumentValueError
from fastdefect.large.layout import Blocks, Layout, best_tile, grown, shifted
from fastdefect.large.memory import parse_memory

SIDES = st.integers(1, 400)


@given(
    st.tuples(SIDES, SIDES), st.sampled_from([16, 32, 64]), st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.integers(0, 50), st.sampled_from([1, 2]),
)  # fmt: skip
def test_tiles(
    shape: tuple[int, int], side: int, tile: tuple[int, int], halo: int, grid: int
) -> None:
    blocks = Blocks(shape, side)
    layout = Layout(blocks, tile, halo, grid)
    found = list(layout.tiles(set(blocks)))
    assert sorted(place for each in found for place in each.places) == sorted(blocks)
    assert len(blocks) == len(list(blocks))
    for each in found:
        for axis in (0, 1):
            core, outer, size = each.core[axis], each.outer[axis], shape[axis]
            assert outer.stop - outer.start == layout.outer_shape[axis]
            assert 0 <= outer.start <= max(0, core.start - halo)
            assert size >= outer.stop >= min(size, core.stop + halo)
            assert outer.start % grid == 0
        for place in each.places:
            window = blocks.window(place)
            assert each.inner(window) == shifted(window, each.outer)
    some = set(list(blocks)[::3])
    assert {place for each in layout.tiles(some) for place in each.places} == some


@given(st.tuples(SIDES, SIDES), st.integers(0, 40), st.integers(100, 200_000))
def test_the_best_tile_is_the_best(shape: tuple[int, int], halo: int, pixels: int) -> None:
    blocks = Blocks(shape, 32)

    def looked_at(tile: tuple[int, int]) -> float:
        """Pixels of all tiles together, halos and what the last ones do twice included."""
        layout = Layout(blocks, tile, halo, 1)
        height, width = layout.outer_shape
        tiles = len(list(layout.tiles(set(blocks))))
        return tiles * height * width if height * width <= pixels else float("inf")

    every = itertools.product(range(1, blocks.grid[0] + 1), range(1, blocks.grid[1] + 1))
    best = min(map(looked_at, every))
    found = best_tile(blocks, halo, 1, pixels)
    assert (found is None) == (best == float("inf"))
    if found is not None:
        assert looked_at(found) == best
        across = best_tile(blocks, halo, 1, pixels, whole_rows=True)
        assert across is None or across[1] == blocks.grid[1]


def test_windows_are_cut_at_the_edge() -> None:
    assert grown((slice(3, 9), slice(90, 100)), 5, (40, 100)) == (slice(0, 14), slice(85, 100))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("512MB", 512 * 10**6),
        ("1.5 GiB", 3 * 2**29),
        ("64mb", 64 * 10**6),
        (10**9, 10**9),
        ("40000000", 4 * 10**7),
    ],
)
def test_memory(written: Any, read: int) -> None:
    assert parse_memory(written) == read


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ("lots", ArgumentValueError, "write for example 512MB"),
        ("5 TB", ArgumentValueError, "KiB, MiB or GiB"),
        ("1MB", ArgumentValueError, "at least 32MB"),
        (2**61, ArgumentValueError, "at most 1073741824GiB"),
        ("9" * 400, ArgumentValueError, "allow less"),
        (-5, ArgumentValueError, "expected a number"),
        (None, ArgumentTypeError, "a text as '512MB'"),
        (True, ArgumentTypeError, "a number of bytes"),
        (1.5, ArgumentTypeError, "received 1.5"),
    ],
)
def test_memory_that_is_none(wrong: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        parse_memory(wrong)
