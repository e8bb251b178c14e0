"""Compiled kernels are kept on disk; without a writable folder the package still works and says once what to set."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

CODE = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import numpy as np, fastdefect
    from fastdefect.kernels.otsu.plain import binarize_rows
    print(int(fastdefect.binarize(np.full((3, 3), 7, np.uint8), 5, backend="numba").sum()))
    print(sum(binarize_rows.stats.cache_hits.values()), sum(binarize_rows.stats.cache_misses.values()))
    print(len([w for w in caught if "NUMBA_CACHE_DIR" in str(w.message)]))
"""


# What Numba finds on a read-only file system: no place that takes a file.
NOWHERE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
"""


def _run(cache: Path, before: str = "", root: Path = ROOT) -> list[str]:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(root)}
    result = subprocess.run(
        [sys.executable, "-c", before + CODE],
        capture_output=True,
        text=True,
        env=environment,
        cwd=root,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    assert _run(tmp_path) == [str(9 * 255), "0", "1", "0"]
    assert _run(tmp_path) == [str(9 * 255), "1", "0", "0"]


def test_other_sources_are_compiled_anew(tmp_path: Path) -> None:
    """Also where the edit is in a file that the kernel only calls."""
    package = tmp_path / "fastdefect"
    shutil.copytree(ROOT / "fastdefect", package, ignore=shutil.ignore_patterns("__pycache__"))
    cache = tmp_path / "cache"
    assert _run(cache, root=tmp_path)[1:3] == ["0", "1"]
    assert _run(cache, root=tmp_path)[1:3] == ["1", "0"]
    with (package / "kernels" / "border.py").open("a", encoding="utf-8") as file:
        file.write("# an edit\n")
    assert _run(cache, root=tmp_path)[1:3] == ["0", "1"]


def test_without_a_writable_folder(tmp_path: Path) -> None:
    assert _run(tmp_path, NOWHERE) == [str(9 * 255), "0", "1", "1"]
    assert not list(tmp_path.iterdir())
