"""The start: a light import, and no detour on the way to the first kernel."""

import os
import subprocess
import sys

from conftest import ROOT

IMPORT = """
from time import perf_counter
import numpy, cv2
start = perf_counter()
import fastdefect
print(1000 * (perf_counter() - start))
"""

# A program that uses Numba and SciPy beside this package: what the start leaves out is still found.
DETOUR = """
import sys
import fastdefect
fastdefect.Engine((8, 8), threads=1).warmup()
print("scipy.linalg" in sys.modules)
import numba, numpy as np
@numba.njit
def product(a, b):
    return np.dot(a, b)
print(product(np.arange(6.0).reshape(2, 3), np.ones((3, 1))).ravel())
"""


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_takes_less_than_60_milliseconds() -> None:
    # the quickest of five: a busy machine only makes it slower
    assert min(float(_run(IMPORT)) for _ in range(5)) < 60


def test_scipy_is_not_imported_and_is_found_when_needed() -> None:
    assert _run(DETOUR).splitlines() == ["False", "[ 3. 12.]"]
