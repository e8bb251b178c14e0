"""Unmanaged arrays: the same numbers as ordinary ones in any layout, and nothing made or counted for them."""

import os
import subprocess
import sys
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from conftest import ROOT

from fastdefect.kernels._numba import jit, unmanaged

pytestmark = pytest.mark.skipif(not jit.COMPILED, reason="without the JIT no array is borrowed")


class Pair(NamedTuple):
    """As plans pass their scratch."""

    values: np.ndarray
    sums: np.ndarray


def add_up(pair: Any, weights: Any, image: Any, out: Any) -> Any:
    total = 0
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            total += int(image[row, column])
    for i in range(pair.values.shape[0]):
        pair.sums[i] = pair.values[i] * weights[0][1] + total
    out[:] = pair.sums[1:]
    return pair.values.size


def call(image: np.ndarray) -> tuple[int, np.ndarray]:
    bound = jit.Bound(numba.njit(add_up), images=(2,))
    pair = Pair(np.arange(6, dtype=np.float64), np.zeros(6))
    out = np.zeros(5)
    weights = np.array([2.0, 3.0]), np.zeros(2)
    count = bound(pair, weights, image, out)
    held = sys.getrefcount(out)
    assert bound(pair, weights, image, out) == count
    assert sys.getrefcount(out) == held
    return count, out


IMAGE = np.arange(60, dtype=np.uint8).reshape(6, 10)


@pytest.mark.parametrize(
    "image",
    [IMAGE, IMAGE[1:5, 3:8], IMAGE[::-1, ::-2], np.asfortranarray(IMAGE), IMAGE[:0], IMAGE.T],
    ids=["plain", "part", "reversed", "fortran", "empty", "turned"],
)
def test_any_layout(image: np.ndarray) -> None:
    count, out = call(image)
    assert count == 6
    np.testing.assert_array_equal(out, np.arange(1, 6) * 3.0 + int(image.sum()))


def test_a_read_only_image() -> None:
    image = IMAGE.copy()
    image.flags.writeable = False
    np.testing.assert_array_equal(call(image)[1], call(IMAGE)[1])


def test_arrays_of_another_memory_layout_are_counted_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unmanaged, "_FOUND", False)
    np.testing.assert_array_equal(call(IMAGE)[1], np.arange(1, 6) * 3.0 + int(IMAGE.sum()))


def test_a_frame_allocates_nothing_in_numbas_runtime() -> None:
    code = """
import numpy as np, fastdefect
from fastdefect.kernels._numba import runtime_balance
for threads in (1, 2):
    engine = fastdefect.Engine((96, 130), threads=threads)
    engine.warmup()
    image = np.random.default_rng(0).integers(0, 256, (96, 130, 3), np.uint8)
    engine(image, copy=False)
    before = runtime_balance()
    for _ in range(5):
        engine(image, copy=False)
    print(runtime_balance() == before)
"""
    environment = os.environ | {"NUMBA_NRT_STATS": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert run.stdout.split() == ["True", "True"], run.stderr
