"""A network's map from tiles is that of the whole image."""

from __future__ import annotations

import numpy as np
import onnx_cases as cases
import pytest

from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.onnx.step import NetworkStep
from fastdefect.tiling.one_size import tiles_of_one_size

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@pytest.mark.parametrize("shape", [(200, 90), (97, 300), (64, 64), (65, 64), (1, 400)])
def test_tiles_give_the_map_of_the_whole(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    recipe = Recipe(map="anomaly_map", halo=2)
    found = []
    for side in (64, 1024):
        step = NetworkStep(cases.darkness(), recipe, shape, 1, "cpu", side)
        out = np.empty(shape, np.float32)
        found.append((step(image, None, out), out, step.path.tiles))
    (tiled_score, tiled, count), (whole_score, whole, one) = found
    assert one == 1
    assert (count > 1) == (max(shape) > 64)
    np.testing.assert_array_equal(tiled, whole)
    assert tiled_score == whole_score


@pytest.mark.parametrize("length", [1, 63, 64, 65, 104, 105, 144, 145, 1000])
def test_tiles_of_one_size_cover_an_image_once(length: int) -> None:
    halo, side = 12, 64
    counted = np.zeros((length, 70), np.int64)
    for tile in tiles_of_one_size((length, 70), halo, side):
        counted[tile.core] += 1
        for core, outer, inner, whole in zip(
            tile.core, tile.outer, tile.inner, counted.shape, strict=True
        ):
            assert outer.stop - outer.start == min(side, whole)
            assert (core.start - outer.start, core.stop - outer.start) == (inner.start, inner.stop)
            assert core.start == 0 or core.start - outer.start >= halo
            assert core.stop == whole or outer.stop - core.stop >= halo
    assert (counted == 1).all()
