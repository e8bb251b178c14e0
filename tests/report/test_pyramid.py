"""Every tile of every level is made once, of the four pixels below each of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdefect.io.tiles import ArraySource, BlockTiff
from fastdefect.large.layout import Blocks, Place
from fastdefect.large.progress import Progress
from fastdefect.report.view.pyramid import Pictures, Pyramid, levels_of
from fastdefect.tiling.workers import Workers

SIDES = st.integers(1, 150)


def _halved(pixels: np.ndarray, by: str) -> np.ndarray:
    """An image at half its size, as plainly as can be."""
    height, width = pixels.shape[:2]
    found = np.zeros(((height + 1) // 2, (width + 1) // 2, *pixels.shape[2:]), np.uint8)
    for i, j in np.ndindex(found.shape[:2]):
        rows, columns = ([2 * k, min(2 * k + 1, size - 1)] for k, size in ((i, height), (j, width)))
        four = pixels[np.ix_(rows, columns)].astype(int)
        found[i, j] = four.max((0, 1)) if by == "most" else (four.sum((0, 1)) + 2) // 4
    return found


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.tuples(SIDES, SIDES), st.booleans(), st.integers(1, 3))
def test_all_tiles(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    shape: tuple[int, int],
    grey: bool,
    threads: int,
) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, shape if grey else (*shape, 3), np.uint8)
    mask = np.where(random.random(shape) > 0.98, 255, 0).astype(np.uint8)
    file = BlockTiff(tmp_path_factory.mktemp("a") / "mask.tif", shape, np.uint8, 32, create=True)
    blocks = Blocks(shape, 32)
    for place in blocks:
        file.write_block(*place, mask[blocks.window(place)])
    found: dict[tuple[int, Place], Pictures] = {}

    def put(level: int, place: Place, pictures: Pictures) -> None:
        assert (level, place) not in found
        found[level, place] = pictures

    told: list[Progress] = []
    Pyramid(ArraySource(image), file, 16, put, told.append).make(Workers(threads))
    levels = levels_of(shape, 16)
    assert max(levels[-1]) <= 16
    assert len(found) == sum(len(Blocks(each, 16)) for each in levels)
    assert len(told) == len(Blocks(shape, 16))
    for level, each in enumerate(levels):
        assert image.shape[:2] == mask.shape == each
        tiles = Blocks(each, 16)
        for place in tiles:
            np.testing.assert_array_equal(found[level, place].image, image[tiles.window(place)])
            np.testing.assert_array_equal(found[level, place].mask, mask[tiles.window(place)])
        image, mask = _halved(image, "mean"), _halved(mask, "most")
