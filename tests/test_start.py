"""The start: a light import, and no detour on the way to the first kernel."""

import os
import subprocess
import sys

from conftest import ROOT

# NumPy's import in the same process is the yardstick: a slow or busy machine slows both.
IMPORT = """
from time import perf_counter
start = perf_counter()
import numpy
middle = perf_counter()
import fastdefect
print((perf_counter() - middle) / (middle - start))
"""

MODULES = """
import sys
before = set(sys.modules)
import fastdefect
new = set(sys.modules) - before
print(sorted(name for name in new if name.split(".")[0] not in sys.stdlib_module_names))
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


def test_the_import_costs_a_fraction_of_numpys() -> None:
    # measured: 0.005, so a quarter leaves room; the best of five, as a busy machine disturbs one or the other
    assert min(float(_run(IMPORT)) for _ in range(5)) < 0.25


def test_the_import_loads_one_module_of_ours_and_one_of_others() -> None:
    assert _run(MODULES).split() == ["['fastdefect',", "'lazy_loader']"]


def test_scipy_is_not_imported_and_is_found_when_needed() -> None:
    assert _run(DETOUR).splitlines() == ["False", "[ 3. 12.]"]
