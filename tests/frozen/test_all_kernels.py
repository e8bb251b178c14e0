"""Everything that is frozen, for each level of this processor: the bytes of the reference, and no Numba to be had."""

from __future__ import annotations

import os
import re
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
    # the loader is part of the C library: it finds variables of a thread, as the last error
    assert [
        name for name in names if not re.match(r"(libc|libm|libpthread|ld-linux[\w-]*)\.so", name)
    ] == []


@pytest.mark.skipif(host_level().number == 0, reason="levels of x86-64")
def test_each_level_has_vectors_of_its_width_and_none_wider(library: Path) -> None:
    """Read, so that levels that this processor lacks are looked at too."""
    widest = {"v2": "xmm", "v3": "ymm", "v4": "zmm"}
    found = registers(library)
    for prefix, register in widest.items():
        used = {kernel: kinds for (level, kernel), kinds in found.items() if level == prefix}
        assert set.union(*used.values()) <= set(list(widest.values())[: int(prefix[1]) - 1])
        assert [kernel for kernel in WIDE if register not in used[kernel]] == []


WIDE = (
    "nl_means_tile_sum_tile", "nl_means_layout_fill", "hsv_hsv_hsv_rows", "hsv_value_value_rows",
    "otsu_rows_binarize_rows", "box_blur_blur_blur_rows", "morphology_extreme_extreme_rows",
)  # fmt: skip


def registers(library: Path) -> dict[tuple[str, str], set[str]]:
    """The kinds of vector registers by level and kernel, with the helpers behind it."""
    listed = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", str(library)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[tuple[str, str], set[str]] = {}
    here: set[str] = set()
    for line in listed.stdout.splitlines():
        if label := re.match(r"[0-9a-f]+ <(\w+)", line):
            name = re.match(r"fd_(v\d)_(\w+?)(_\d+)?$", label[1])
            here = found.setdefault((name[1], name[2]), set()) if name else set()
        here.update(re.findall(r"%([xyz]mm)", line))
    return found
