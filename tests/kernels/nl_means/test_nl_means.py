"""NL-means against OpenCV, byte for byte: every size, window, strength, processor path, tile and thread count."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.kernels._numba import PATHS, cpu_path
from fastdefect.reference import nl_means as reference
from fastdefect.tiling.workers import Workers

pytestmark = pytest.mark.parity

AVAILABLE = [path for path in PATHS if cpu_path(path) == path]
KINDS = (
    "noise",
    "steps",
    "constant",
    "two levels",
    "ramp",
    "blurred",
    "smooth",
    "mild",
    "flat and steep",
)


def picture(kind: str, shape: tuple[int, int], seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, shape, dtype=np.uint8)
    y, x = np.indices(shape)
    match kind:
        case "noise":
            return noise
        case "steps":
            return ((x // 5 + y // 3) % 2 * 255).astype(np.uint8)
        case "constant":
            return np.full(shape, seed % 256, np.uint8)
        case "two levels":
            return random.integers(seed % 255, seed % 255 + 2, shape).astype(np.uint8)
        case "ramp":
            return (x * (seed % 7) + y).astype(np.uint8)
        case "blurred":
            return cv2.blur(noise, (16, 16))
        case "smooth":
            return (127 + 60 * np.sin(x / 9 + seed) + 60 * np.cos(y / 7)).astype(np.uint8)
        case "mild":
            return random.integers(100, 100 + 20 + seed % 20, shape).astype(np.uint8)
    half = np.full(shape, 90, np.uint8)
    half[:, shape[1] // 2 :] = noise[:, shape[1] // 2 :]
    return half


def denoise(
    src: np.ndarray, h: float, template: int, search: int, threads: int = 1, **options
) -> np.ndarray:
    out = np.empty_like(src)
    nl_means(src.shape, h, template, search, Workers(threads), **options)(src, out)
    return out


def assert_same(src: np.ndarray, h: float, template: int, search: int, **options) -> None:
    before = src.copy()
    result = denoise(src, h, template, search, **options)
    np.testing.assert_array_equal(result, reference.nl_means(src, h, template, search))
    np.testing.assert_array_equal(src, before)


@pytest.mark.long  # compiles a kernel for most of its examples
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(KINDS),
    height=st.integers(1, 200),
    width=st.integers(1, 300),
    h=st.one_of(st.sampled_from([0.0, 3.0, 10.0, 20.0, 33.3]), st.floats(0, 100)),
    template=st.sampled_from([1, 3, 6, 7, 9, 21]),
    search=st.integers(1, 35),
    seed=st.integers(0, 2**16),
)
@example(kind="noise", height=200, width=300, h=10.0, template=7, search=22, seed=0)
@example(kind="noise", height=1, width=1, h=0.0, template=1, search=1, seed=0)
@example(kind="blurred", height=60, width=70, h=10.0, template=1, search=21, seed=0)
@example(kind="blurred", height=57, width=257, h=33.3, template=7, search=21, seed=0)
def test_equals_opencv_for_any_parameters(kind, height, width, h, template, search, seed):
    assert_same(picture(kind, (height, width), seed), h, template, search)


@pytest.mark.parametrize("cpu", AVAILABLE)
@pytest.mark.parametrize("kind", KINDS)
def test_equals_opencv_on_every_processor_path(kind, cpu):
    for shape in ((61, 203), (40, 16), (3, 3)):
        assert_same(picture(kind, shape, 3), 10.0, 7, 22, cpu=cpu)


@pytest.mark.parametrize("cpu", AVAILABLE)
@pytest.mark.parametrize("h", [3.0, 5.0, 20.0])
def test_equals_opencv_around_its_defaults(h, cpu):
    for kind in ("noise", "blurred", "mild"):
        assert_same(picture(kind, (70, 90), 5), h, 7, 21, cpu=cpu)


@pytest.mark.parametrize("cpu", AVAILABLE)
@pytest.mark.parametrize(
    "template", [3, *(pytest.param(t, marks=pytest.mark.long) for t in (5, 13, 15, 17, 19, 21, 23))]
)
def test_patch_sums_of_every_template_fit_where_they_are_kept(template, cpu):
    """At h = 60 noise still weighs something: patches differ by much, and every part of a split sum comes to its limit."""
    for kind in ("noise", "steps", "mild"):
        for shape in ((21, 45), (1, 2), (1, 3)):
            for h in (20.0, 60.0):
                assert_same(picture(kind, shape, 1), h, template, 19, cpu=cpu)


@pytest.mark.parametrize("width", [*range(1, 40), 255, 256, 257, 300])
def test_strided_lanes_at_every_width(width):
    assert_same(picture("blurred", (21, width), width), 10.0, 7, 22)


@pytest.mark.parametrize("tile", [(8, 16), (17, 33), (64, 50), (256, 512)])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_tiles_and_threads_do_not_show(tile, threads):
    src = picture("flat and steep", (90, 131), 1)
    assert_same(src, 10.0, 7, 22, threads=threads, tile=tile)


@pytest.mark.parametrize("level", [0, 1, 127, 254])
@pytest.mark.parametrize("shape", [(1, 1), (2, 90), (33, 70)])
def test_nearly_flat_tiles_are_box_means(level, shape):
    src = np.random.default_rng(level).integers(level, level + 2, shape, dtype=np.uint8)
    for h, template, search in ((10.0, 7, 22), (0.0, 7, 21), (3.0, 3, 35)):
        assert_same(src, h, template, search, tile=(16, 40))


def test_a_plan_keeps_nothing_between_calls():
    plan = nl_means((60, 80), 10.0, 7, 22, Workers(2), tile=(32, 40))
    out = np.empty((60, 80), np.uint8)
    for seed, kind in enumerate(("noise", "constant", "blurred", "noise", "two levels")):
        src = picture(kind, (60, 80), seed)
        plan(src, out)
        np.testing.assert_array_equal(out, reference.nl_means(src, 10.0, 7, 22))


def test_the_path_says_what_ran():
    plan = nl_means((64, 64), 10.0, 7, 22, Workers(1))
    src = np.zeros((64, 64), np.uint8)
    assert plan.path.plain_share == 0.0
    plan(src, src.copy())
    assert plan.path.kernel == "vector"
    assert plan.path.plain_share == 1.0
    plan(picture("noise", (64, 64), 0), src.copy())
    assert plan.path.plain_share == 0.0
    assert plan.path.scratch_bytes > 0


@pytest.mark.parametrize(
    ("h", "template", "search"), [(10.0, 7, 22), (0.0, 3, 5), (33.3, 5, 9), (50.0, 1, 3)]
)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (13, 17)])
def test_the_integers_of_the_reference_are_opencv(shape, h, template, search):
    for kind in ("noise", "blurred"):
        src = picture(kind, shape, 2)
        np.testing.assert_array_equal(
            reference.nl_means_in_integers(src, h, template, search),
            reference.nl_means(src, h, template, search),
        )
