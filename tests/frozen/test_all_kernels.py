"""Everything that is frozen, for each level of this processor: the bytes of the reference, and no Numba to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from engine_library import LEVELS_THERE, folder

from fastdefect.freezer.freeze import host_level
from fastdefect.frozen import Level
from fastdefect.kernels._numba import COMPILED

# freezing takes two minutes of two processors for each level
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not COMPILED, reason="without the JIT nothing is frozen"),
]
WIDE = """
import sys
from fastdefect.freezer.exports import exports
from fastdefect.frozen import LEVELS
from fastdefect.kernels import _numba

level = LEVELS["x86-64-v4"]
seen = set()
for export in exports(level):
    if export.name in sys.argv[1:] and export.name not in seen:
        seen.add(export.name)
        text, _ = _numba.emit(export.kernel, export.arguments, export.images, "fd_v4_test")
        print(export.name, _numba.machine_code(text, "fd_v4_test", level)[1].count("%zmm"))
"""


@pytest.fixture(name="library", scope="module")
def _library() -> Path:
    return folder() / "lib/libfastdefect.so"


@pytest.mark.parametrize("level", LEVELS_THERE, ids=[level.name for level in LEVELS_THERE])
def test_without_numba_all_bytes_are_those_of_the_reference(library: Path, level: Level) -> None:
    if level.number > host_level().number:
        pytest.skip(f"{level.name}: compiled, and not run: this processor lacks it")
    told = {
        "FASTDEFECT_FROZEN": str(library),
        "FASTDEFECT_CPU": level.path,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/frozen/frozen_bytes.py")],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == "0", done.stdout


def test_all_levels_take_less_than_four_megabytes_and_need_the_c_library_alone(
    library: Path,
) -> None:
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", str(library)], capture_output=True, text=True, check=True
    ).stdout
    assert all(f" fd_{level.prefix}_" in listed for level in LEVELS_THERE)
    assert library.stat().st_size < 4e6
    needed = subprocess.run(
        ["readelf", "-d", str(library)], capture_output=True, text=True, check=True
    )
    names = {line.split("[")[1][:-1] for line in needed.stdout.splitlines() if "(NEEDED)" in line}
    assert names <= {"libc.so.6", "libm.so.6", "libpthread.so.0"}


@pytest.mark.skipif(host_level().number == 0, reason="a level of x86-64")
def test_the_highest_level_has_the_widest_vectors() -> None:
    """Read, not run: any x86-64 processor makes this code."""
    kernels = [
        "nl_means.tile.sum_tile", "hsv.hsv.hsv_rows", "hsv.value.value_rows", "otsu.rows.binarize_rows",
        "box_blur.blur.blur_rows", "morphology.extreme.extreme_rows",
    ]  # fmt: skip
    told = {"NUMBA_OPT": "0", "FASTDEFECT_FROZEN": "off", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", WIDE, *kernels],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = {name: int(count) for name, count in map(str.split, done.stdout.splitlines())}
    assert sorted(counts) == sorted(kernels)
    assert all(counts.values()), counts
