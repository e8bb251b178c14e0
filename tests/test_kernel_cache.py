"""Compiled kernels are kept on disk; without a writable folder the package still works and says once what to set."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

CODE = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import numpy as np, fastdefect
    from fastdefect.kernels.otsu import binarize_rows
    print(int(fastdefect.binarize(np.full((3, 3), 7, np.uint8), 5, backend="numba").sum()))
    print(sum(binarize_rows.stats.cache_hits.values()), sum(binarize_rows.stats.cache_misses.values()))
    print(len([w for w in caught if "NUMBA_CACHE_DIR" in str(w.message)]))
"""


# What Numba finds on a read-only file system: no place that takes a file.
NOWHERE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
"""


def _run(cache: Path, before: str = "") -> list[str]:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", before + CODE],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    assert _run(tmp_path) == [str(9 * 255), "0", "1", "0"]
    assert _run(tmp_path) == [str(9 * 255), "1", "0", "0"]


def test_without_a_writable_folder(tmp_path: Path) -> None:
    assert _run(tmp_path, NOWHERE) == [str(9 * 255), "0", "1", "1"]
    assert not list(tmp_path.iterdir())
