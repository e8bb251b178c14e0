"""The byte kernels at every width of a vector: hostile shapes, any number of strips, guards around the output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from byte_vectors import guarded, vectors_of
from hypothesis import given
from hypothesis import strategies as st

from fastdefect.backends import load
from fastdefect.backends.byte_stages.strips import byte_vector
from fastdefect.operations import OPERATIONS
from fastdefect.tiling.workers import Workers

pytestmark = pytest.mark.parity
# The width of this processor's own vectors; the others are compiled for it at night.
VECTORS = [
    width if width == byte_vector()[1] else pytest.param(width, marks=pytest.mark.long)
    for width in (16, 32, 64)
]
# Windows of every way through the kernels: rows of a block, taps and runs, sums of 16 and 32 bits. Each height of a block
# is a compilation, so not every operation has each.
WINDOWS = {
    "erode": [(1, 3), (2, 3), (5, 5), (14, 4), (40, 5)],
    "dilate": [(3, 9), (7, 9), (63, 63), (1, 40), (9, 1), (5, 1), (17, 8)],
    "defect_mask": [(1, 6), (5, 7), (20, 6), (6, 7)],
    "box_blur": [(3, 3), (5, 2), (1, 9), (6, 5), (16, 16), (255, 1), (17, 16), (31, 31), (9, 200), (255, 255)],
    "value_blur": [(16, 16), (9, 4)],
}  # fmt: skip


def _image(draw: Any, channels: int) -> np.ndarray:
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 200))
    if draw(st.booleans()):
        height, width = draw(st.sampled_from([(1, 1), (1, width), (height, 1), (height, 64)]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = draw(st.sampled_from([[0, 255], [100, 101], list(range(256))]))
    shape = (height, width, channels) if channels == 3 else (height, width)
    return rng.choice(np.array(levels, np.uint8), shape)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize(
    "name", [*WINDOWS, "bgr_to_hsv", "value_channel", "binarize", "otsu_threshold"]
)
@given(data=st.data())
def test_any_image_at_any_width(name: str, vector: int, data: st.DataObject) -> None:
    operation = OPERATIONS[name]
    image = _image(data.draw, operation.inputs[0].channels[0])
    shape = image.shape[:2]
    window = (data.draw(st.sampled_from(WINDOWS[name])),) if name in WINDOWS else ()
    level = (data.draw(st.integers(0, 255)),) if operation.arguments else ()
    threads = data.draw(st.sampled_from([1, 3]))
    with vectors_of(vector):
        step = getattr(load("numba"), name)(shape, *window, Workers(threads))
    truth = getattr(load("reference"), name)(shape, *window, Workers(1))
    before = image.copy()
    if operation.output is None:
        assert step(image) == truth(image)
        return
    full = (*shape, 3) if operation.output.channels == 3 else shape
    expected = np.empty(full, np.uint8)
    number = truth(image, *level, expected)
    received, counted = guarded(full, lambda out: step(image, *level, out))
    np.testing.assert_array_equal(received, expected)
    if operation.number:
        assert counted == number
    np.testing.assert_array_equal(image, before)
