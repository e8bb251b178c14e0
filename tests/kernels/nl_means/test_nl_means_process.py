"""NL-means in processes of its own: the disk cache, a forced path, and no JIT."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import ROOT

from fastdefect.kernels._numba.cpu import WORDS

BASELINE = (
    "neon" if "neon" in WORDS else "portable"
)  # what the architecture has without any list of features

SCRIPT = """
import sys
import cv2
import numpy as np
from fastdefect.backends.numba_nl_means import nl_means
from fastdefect.kernels.nl_means import tile as kernels
from fastdefect.tiling.workers import Workers
h, template, search = (int(word) for word in sys.argv[1:4])
src = np.random.default_rng(0).integers(0, 256, (33, 47), dtype=np.uint8)
out = np.empty_like(src)
plan = nl_means(src.shape, h, template, search, Workers(1))
plan(src, out)
assert np.array_equal(out, cv2.fastNlMeansDenoising(src, None, h, template, search))
stats = getattr(kernels.sum_tile, "stats", None)
print(plan.path.cpu, plan.path.kernel, sum(stats.cache_misses.values()) if stats else 0)
"""

NO_JIT = """
import cv2
import numpy as np
from fastdefect.kernels.nl_means.scalar import denoise_tile_plainly, extend
from fastdefect.kernels.nl_means.weights import weight_shift, weight_table
for shape, (h, t, s) in (((5, 7), (10.0, 1, 2)), ((1, 1), (0.0, 1, 1)), ((4, 3), (50.0, 2, 1))):
    src = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    border = t + s
    index = [np.pad(np.arange(n), border, mode="reflect" if n > 1 else "edge") for n in shape]
    tile = np.zeros((shape[0] + 2 * border, shape[1] + 2 * border), np.uint8)
    extend(src, *index, tile)
    table = np.append(weight_table(h, t, s), 0).astype(np.int32)
    line = shape[1] + 2 * border
    out = np.empty_like(src)
    denoise_tile_plainly(tile, table, weight_shift(t), t, s, np.zeros(line, np.int32), np.zeros(line, np.int32),
                         np.zeros(shape, np.int32), np.zeros(shape, np.int32), out)
    assert np.array_equal(out, cv2.fastNlMeansDenoising(src, None, h, 2 * t + 1, 2 * s + 1)), shape
print("same")
"""


def run(script: str, *args: str, **variables: str) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        [sys.executable, "-c", script, *args],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.long  # as the test of the kernel cache, for the largest kernel
def test_the_second_start_compiles_nothing(tmp_path):
    variables = {"NUMBA_CACHE_DIR": str(tmp_path), "FASTDEFECT_FROZEN": "off"}
    assert int(run(SCRIPT, "10", "7", "22", **variables)[-1]) > 0
    assert run(SCRIPT, "10", "7", "22", **variables)[-1] == "0"


@pytest.mark.parametrize("word", WORDS)
def test_a_forced_path_gives_the_same_bytes(word):
    path, kernel, _ = run(SCRIPT, "10", "7", "22", FASTDEFECT_CPU=word)
    assert kernel == "vector"
    assert path == word or word != "portable"


@pytest.mark.long
def test_a_baseline_processor_gives_the_same_bytes():
    path, _, _ = run(SCRIPT, "10", "7", "22", NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert path == BASELINE


def test_the_plain_loops_run_without_the_jit():
    assert run(NO_JIT, NUMBA_DISABLE_JIT="1") == ["same"]
