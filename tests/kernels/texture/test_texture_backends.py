"""The texture operations of each back end: the same bits, whatever is outside, and nothing allocated or compiled late."""

import os
import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from texture_cases import cloth, constants, image, spoiled

from fastdefect.backends import load
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.operations.texture import BINS, FEATURES, TextureStructure
from fastdefect.tiling.workers import Workers

MODELS: dict[str, dict[str, Any]] = {
    "grey": {"colour": False},
    "full": {},
    "zero-shot": {"window": 191, "scales": (3, 7, 15, 31), "geometric": False},
}
SHAPES = [(97, 130), (70, 61, 3)]


def plan(table: str, operation: str, img: np.ndarray, k: Any, threads: int = 1, **rows: int) -> Any:
    structure = TextureStructure.of(k, 3 if img.ndim == 3 else 1)
    return getattr(load(table), operation)(img.shape[:2], structure, Workers(threads), **rows)


def outside_of(img: np.ndarray) -> np.ndarray:
    outside = np.zeros(img.shape[:2], bool)
    outside[: img.shape[0] // 3, 10:] = True
    outside[::7, ::5] = True
    return outside


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("masked", [False, True])
def test_maps(name: str, shape: tuple[int, ...], masked: bool, threads: int) -> None:
    img, k = image(shape, 1), constants(1, **MODELS[name])
    outside = outside_of(img) if masked else None
    maps = []
    for table, rows in (("reference", 512), ("numba", 30), ("opencv", 64), ("auto", 512)):
        score = np.full(img.shape[:2], np.nan, np.float32)
        value = plan(table, "texture_map", img, k, threads, rows=rows)(img, k, outside, score)
        maps.append((value, score))
    for value, score in maps[1:]:
        assert value == maps[0][0]
        np.testing.assert_array_equal(score, maps[0][1])
    if outside is not None:
        assert not maps[0][1][outside].any()
    with_bytes = np.empty(img.shape[:2], np.float32)
    if outside is not None:
        plan("numba", "texture_map", img, k)(img, k, outside.view(np.uint8), with_bytes)
        np.testing.assert_array_equal(with_bytes, maps[0][1])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_histograms(name: str, shape: tuple[int, ...], threads: int) -> None:
    img, k = image(shape, 2), constants(2, **MODELS[name])
    for outside in (None, outside_of(img)):
        expected = np.zeros((FEATURES, BINS), np.int64)
        plan("reference", "texture_histograms", img, k)(img, k, outside, expected)
        found = np.ones_like(expected)
        count = plan("numba", "texture_histograms", img, k, threads, rows=25)
        count(img, k, outside, found)
        np.testing.assert_array_equal(found, expected + 1)
        count(img, k, outside, found)
        np.testing.assert_array_equal(found, 2 * expected + 1)
        counted = img.shape[0] * img.shape[1] - (0 if outside is None else outside.sum())
        assert expected[0].sum() == counted


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_residual_sums(name: str, shape: tuple[int, ...], threads: int) -> None:
    img, k = image(shape, 3), constants(3, **MODELS[name])
    profile = np.random.default_rng(0).integers(0, 20000, shape[1]).astype(np.int16)
    for outside in (None, outside_of(img)):
        for offset in (None, profile):
            expected = plan("reference", "texture_residual_sums", img, k)(img, offset, outside)
            step = plan("numba", "texture_residual_sums", img, k, threads, rows=33)
            found = step(img, offset, outside)
            assert (found.count, found.contrast) == (expected.count, expected.contrast)
            np.testing.assert_array_equal(found.squares, expected.squares)


def test_a_plan_serves_one_fit_after_another() -> None:
    img = image((64, 70, 3), 4)
    step = plan("numba", "texture_map", img, constants(0))
    for seed in (1, 2, 1):
        k = constants(seed)
        score, expected = np.empty((2, 64, 70), np.float32)
        step(img, k, None, score)
        plan("reference", "texture_map", img, k)(img, k, None, expected)
        np.testing.assert_array_equal(score, expected)


def test_a_forced_back_end_fits_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    good = [cloth(seed, (40, 44, 3)) for seed in range(5)]
    models = []
    for table in ("numba", "reference"):
        monkeypatch.setenv("FASTDEFECT_BACKEND", table)
        model = TextureModel(window=31, column_profile=True).fit(good, threads=2)
        found = model(spoiled(cloth(9, (60, 44, 3))[:40].copy()))
        models.append((model.threshold, found.score, found.score_map.tobytes()))
    assert models[0] == models[1]


def test_halos_of_structure_and_settings_agree() -> None:
    for name in MODELS:
        params = TextureParams(**MODELS[name])
        assert TextureStructure.of(params, 3).halo == params.halo


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_plan_holds_and_runs(shape: tuple[int, ...]) -> None:
    img, k = image(shape), constants()
    tracemalloc.start()
    try:
        step = plan("numba", "texture_map", img, k, rows=30)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert step.nbytes <= taken <= 1.1 * step.nbytes + 16384
    strips = -(-shape[0] // 30)
    assert str(step.path) == f"full model, {strips} strips of up to {step.path.rows} rows"
    assert step.path.scratch_bytes == step.nbytes


ALLOCATIONS = """
import tracemalloc
import numpy as np
from texture_cases import constants, image
from fastdefect.backends import load
from fastdefect.kernels._numba import runtime_balance
from fastdefect.operations.texture import TextureStructure
from fastdefect.tiling.workers import Workers
for threads in (1, 2):
    for shape in ((130, 140), (130, 140, 3)):
        img, k, channels = image(shape), constants(), len(shape) if len(shape) == 3 else 1
        outside = np.zeros(shape[:2], bool)
        outside[:50] = True
        score = np.empty(shape[:2], np.float32)
        structure = TextureStructure.of(k, channels)
        step = load("numba").texture_map(shape[:2], structure, Workers(threads), rows=64)
        for mask in (None, outside):
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
"""


def _run(code: str, **variables: str) -> list[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_map_allocates_nothing() -> None:
    assert set(_run(ALLOCATIONS, NUMBA_NRT_STATS="1")) == {"True"}


COMPILED = """
import os
os.environ["FASTDEFECT_FROZEN"] = "off"
import numpy as np
from texture_cases import constants, image
from fastdefect.backends import load
from fastdefect.kernels import _numba
from fastdefect.kernels._numba import compile_events
from fastdefect.operations.texture import BINS, FEATURES, TextureStructure
from fastdefect.tiling.workers import Workers

def once(shape, table=load("numba"), **settings):
    img, k = image(shape), constants(**settings)
    structure = TextureStructure.of(k, 3 if len(shape) == 3 else 1)
    outside, workers = np.zeros(shape[:2], bool), Workers(1)
    table.texture_residual_sums(shape[:2], structure, workers)(img, None, outside)
    out = np.zeros((FEATURES, BINS), np.int64)
    table.texture_histograms(shape[:2], structure, workers)(img, k, outside, out)
    table.texture_map(shape[:2], structure, workers)(img, k, outside, np.empty(shape[:2], np.float32))

once((40, 50, 3))
late = []
with compile_events(late.append):
    for shape in ((40, 50), (64, 80, 3)):
        once(shape)
        once(shape, colour=False)
        once(shape, geometric=False, window=191, scales=(3, 7, 15, 31))
print(*[event.kernel for event in late])
"""


def test_one_call_of_each_on_a_colour_image_compiles_everything() -> None:
    assert _run(COMPILED) == []
