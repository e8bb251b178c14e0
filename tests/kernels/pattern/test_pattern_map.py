"""The pattern kernels equal their NumPy twin, on any strips, tiles and threads."""

import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pattern_cases import fitted
from texture_cases import image

from fastdefect.backends import load
from fastdefect.kernels.pattern.numbers import tone_table
from fastdefect.operations.pattern import TAPS, TONE_MAX, FittedPattern, PatternStructure
from fastdefect.reference.pattern import (
    cell_sums,
    logarithms,
    magnitudes,
    pattern_map,
    planes,
    tones,
)
from fastdefect.tiling.workers import Workers

MODELS = {
    "whole": {},
    "fine": {"coarse": False},
    "grey": {"colour": False},
    "fine grey": {"colour": False, "coarse": False},
}
SHAPES = [(97, 130), (70, 61, 3), (200, 131, 3), (33, 700, 3)]


def kernel_map(
    img: np.ndarray, k: FittedPattern, threads: int = 1, rows: int = 128, outside: object = None
) -> tuple[float, np.ndarray]:
    plan = load("numba").pattern_map(img.shape[:2], k.structure, Workers(threads), rows=rows)
    score = np.full(img.shape[:2], np.nan, np.float32)
    return plan(img, k, outside, score), score


@pytest.mark.jit_off
@pytest.mark.parametrize("name", ["whole", "fine grey"])
@pytest.mark.parametrize("shape", [(32, 34), (33, 32, 3)])
def test_small_images_equal_the_reference(name: str, shape: tuple[int, ...]) -> None:
    """Small enough to run without the JIT too."""
    img = image(shape)
    k = fitted(img, kinds=2, **MODELS[name])
    np.testing.assert_array_equal(kernel_map(img, k)[1], pattern_map(img, k))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_strips_and_threads_never_show(name: str, shape: tuple[int, ...], threads: int) -> None:
    img = image(shape, 1)
    k = fitted(img, seed=1, **MODELS[name])
    outside = np.zeros(shape[:2], bool)
    outside[: shape[0] // 3, 10:] = True
    outside[::7, ::5] = True
    for mask in (None, outside):
        expected = np.empty(shape[:2], np.float32)
        step = load("reference").pattern_map(shape[:2], k.structure, Workers(1))
        score = step(img, k, mask, expected)
        for rows in (128, 40, 2):
            found = kernel_map(img, k, threads, rows, mask)
            assert found[0] == score
            np.testing.assert_array_equal(found[1], expected)
        if mask is not None:
            assert not expected[mask].any()


@pytest.mark.parametrize("name", MODELS)
def test_a_tile_with_its_halo_equals_the_whole(name: str) -> None:
    img = image((300, 420, 3), 2)
    k = fitted(img, seed=2, **MODELS[name])
    halo = k.structure.halo
    whole = kernel_map(img, k)[1]
    for y0, y1, x0, x1 in ((0, 60, 0, 80), (131, 190, 200, 233), (251, 300, 331, 420)):
        # its first row and column are even ones of the image
        top, left = ((max(0, first - halo)) // 2 * 2 for first in (y0, x0))
        tile = np.ascontiguousarray(img[top : y1 + halo, left : x1 + halo])
        np.testing.assert_array_equal(
            kernel_map(tile, k)[1][y0 - top : y1 - top, x0 - left : x1 - left], whole[y0:y1, x0:x1]
        )


@settings(max_examples=25)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(32, 100), st.integers(32, 100), st.just(3)),
        elements=st.sampled_from([0, 1, 127, 254, 255]),
        fill=st.sampled_from([0, 128, 255]),
    ),
    st.sampled_from(["whole", "fine"]),
)
def test_hostile_pixels(img: np.ndarray, name: str) -> None:
    k = fitted(image((64, 64, 3)), seed=3, **MODELS[name])
    before = img.copy()
    found = kernel_map(img, k)[1]
    np.testing.assert_array_equal(found, pattern_map(img, k))
    np.testing.assert_array_equal(img, before)
    assert np.isfinite(found).all()


def test_no_sum_over_a_cell_leaves_its_sixteen_bits() -> None:
    """Of every filter on the planes that answer most; the kernels add in 16 bits."""
    structure = PatternStructure(colour=True, coarse=True, channels=3)
    for plane, down, along, shift in structure.filters:
        signs = np.sign(np.outer(TAPS[down], TAPS[along]))
        low, high = (0, TONE_MAX) if plane == 0 else (-TONE_MAX // 2, TONE_MAX // 2)
        worst = np.where(signs > 0, high, low)
        most = abs((np.outer(TAPS[down], TAPS[along]) * worst).sum())
        assert most < 2**15
        assert 4 * (most >> shift) < 2**15


def test_the_planes_of_grey_are_those_of_its_three_channel_copy() -> None:
    grey = image((90, 110), 4)
    k = fitted(grey, colour=False)
    three = FittedPattern(**{**vars(k), "channels": 3})
    found = kernel_map(np.ascontiguousarray(np.dstack([grey] * 3)), three)[1]
    np.testing.assert_array_equal(kernel_map(grey, k)[1], found)


def test_even_light_has_no_energy() -> None:
    structure = PatternStructure(colour=True, coarse=True, channels=3)
    levels = planes(np.full((40, 50, 3), 77, np.uint8), structure)
    assert not any(answer[2:-2, 2:-2].any() for answer in magnitudes(levels, structure))
    assert (cell_sums(levels[0]) == 4 * tones()[77]).all()
    np.testing.assert_array_equal(tone_table(), tones())


def test_logarithms_are_right_to_a_hundredth_and_rise() -> None:
    sums = np.unique(
        np.r_[np.arange(1, 4096), (2 ** np.arange(24) + [[-1], [0], [1]]).ravel(), 1_200_000]
    )
    sums = sums[sums > 0]
    found = logarithms(sums)
    assert abs(found - np.log2(sums)).max() < 0.01
    assert (np.diff(found[sums < 2**16]) > 0).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_features_of_single_rows(name: str, shape: tuple[int, ...]) -> None:
    img = image(shape, 5)
    structure = fitted(img, **MODELS[name]).structure
    rim, width = structure.rim, shape[1] // 2
    rows = np.array([rim, rim + 1, shape[0] // 2 - 1 - rim])
    count = len(structure.windows) * structure.features
    expected, found = np.zeros((2, 3, count, width), np.int32)
    load("reference").pattern_features(shape[:2], structure, Workers(1))(img, rows, expected)
    load("numba").pattern_features(shape[:2], structure, Workers(1))(img, rows, found)
    inside = slice(rim, width - rim)
    np.testing.assert_array_equal(found[..., inside], expected[..., inside])


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_plan_holds_and_runs(shape: tuple[int, ...]) -> None:
    structure = fitted(image(shape)).structure
    tracemalloc.start()
    try:
        step = load("numba").pattern_map(shape[:2], structure, Workers(1), rows=30)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert step.nbytes <= taken <= 1.1 * step.nbytes + 16384
    assert str(step.path).startswith(f"fine and coarse, {-(-(shape[0] // 2) // 15)} strips")
    assert step.path.scratch_bytes == step.nbytes


ALLOCATIONS = """
import tracemalloc
import numpy as np
from pattern_cases import fitted
from texture_cases import image
from fastdefect.backends import load
from fastdefect.kernels._numba import compile_events, runtime_balance
from fastdefect.tiling.workers import Workers
late = []
for threads in (1, 2):
    for shape in ((530, 540), (530, 541, 3)):
        img = image(shape)
        k, outside = fitted(img), np.zeros(shape[:2], bool)
        outside[:50] = True
        score = np.empty(shape[:2], np.float32)
        step = load("numba").pattern_map(shape[:2], k.structure, Workers(threads), rows=128)
        for mask in (None, outside):
            with compile_events(late.append):
                for _ in range(5):
                    step(img, k, mask, score)
            counted = runtime_balance()
            tracemalloc.start()
            step(img, k, mask, score)
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            for _ in range(50):
                step(img, k, mask, score)
            after, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            # a helper may still hold the job that it worked on: 2.5 kB
            left = 512 if threads == 1 else 4096
            print(after - before < left, peak - before < 16384, runtime_balance() == counted)
    if threads == 1:
        late.clear()
print(not late)
"""


def test_a_map_allocates_nothing_and_one_call_compiles_everything() -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", ALLOCATIONS],
        env={**os.environ, "PYTHONPATH": paths, "NUMBA_NRT_STATS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"True"}
