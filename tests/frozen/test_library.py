"""A library of frozen kernels: the bytes of the reference without Numba, and what does not fit is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from fastdefect.errors import ArgumentValueError
from fastdefect.freezer.freeze import freeze, host_level
from fastdefect.freezer.linking import compiler
from fastdefect.frozen import LEVELS, Frozen
from fastdefect.frozen.library import installed
from fastdefect.kernels._numba import COMPILED, sources
from fastdefect.kernels.otsu.level import TABLES

Run = Callable[..., str]
PLAIN = "otsu."
"""Beginning of the names of the kernels that it has: arrays in tuples, results of several numbers, vectors, plain loops."""


@pytest.fixture(scope="module", name="library")
def _library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not COMPILED:
        pytest.skip("without the JIT nothing is frozen")
    out = tmp_path_factory.mktemp("frozen")
    (path,) = freeze([host_level()], out, lambda word: None, only=PLAIN)
    return path


@pytest.fixture(name="run")
def _run(library: Path) -> Callable[..., str]:
    """Runs code in a process that takes its kernels from the library; returns what it prints."""

    def run_code(code: str, **variables: str) -> str:
        told = {"FASTDEFECT_FROZEN": str(library), "PYTHONPATH": str(ROOT)} | variables
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run_code


OTSU = """
import sys, warnings
warnings.simplefilter("error")
import numpy as np, fastdefect
same = True
for seed, shape in enumerate([(1, 1), (1, 70), (33, 64), (120, 301)]):
    image = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    found = fastdefect.otsu_threshold(image, threads=2), fastdefect.binarize(image, 99)
    wanted = (fastdefect.otsu_threshold(image, backend="reference"),
              fastdefect.binarize(image, 99, backend="reference"))
    same &= found[0] == wanted[0] and np.array_equal(found[1], wanted[1])
print(same, "numba" in sys.modules, "llvmlite" in sys.modules)
"""


def test_its_kernels_give_the_bytes_and_numba_stays_away(run: Run) -> None:
    assert run(OTSU).split() == ["True", "False", "False"]
    assert run(OTSU, FASTDEFECT_BACKEND="frozen").split() == ["True", "False", "False"]


def test_what_it_lacks_is_compiled_and_so_is_all_of_the_back_end_numba(run: Run) -> None:
    erode = OTSU.replace(
        "binarize(image, 99", "erode(image, 1"
    )  # a copy: the kernel of Otsu is what counts
    assert run(erode, FASTDEFECT_BACKEND="numba").split() == ["True", "True", "True"]


def test_without_a_library_the_back_end_frozen_says_what_to_do(run: Run) -> None:
    code = """
import numpy as np, fastdefect
try:
    fastdefect.binarize(np.zeros((3, 3), np.uint8), 1, backend="frozen")
except fastdefect.MissingPackageError as error:
    print(error)
"""
    assert "fastdefect freeze" in run(code, FASTDEFECT_FROZEN="off")


def test_its_table_names_sources_kernels_and_levels(library: Path) -> None:
    found = Frozen(library)
    assert found.sources == sources()
    assert host_level() in found.levels
    assert {name for _, name, _ in found.kernels()} >= {
        "otsu.level.otsu_level",
        "otsu.rows.histogram_rows",
        "otsu.rows.binarize_rows",
    }
    levels, histogram = np.zeros((TABLES, 256), np.uint32), np.zeros((TABLES, 256), np.uint32)
    image = np.full((8, 100), 7, np.uint8)
    code = found.find("otsu.rows.histogram_rows", (image, 0, 8, histogram))
    assert code is not None
    code(image, 0, 8, histogram)
    assert histogram.sum(axis=0)[7] == 800
    assert found.find("otsu.rows.histogram_rows", (image[:, ::2], 0, 8, levels)) is None


def test_one_of_other_sources_is_left_and_said(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTDEFECT_FROZEN", str(library))
    with pytest.warns(RuntimeWarning, match="made of other kernels.*freeze anew"):
        assert installed("other sources") is None


def test_what_is_no_library_is_an_error_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "no.so"
    path.write_bytes(b"\x7fELF")
    monkeypatch.setenv("FASTDEFECT_FROZEN", str(path))
    with pytest.raises(ArgumentValueError, match=r"FASTDEFECT_FROZEN: expected a library.*off"):
        installed("any sources")


def test_what_numba_is_told_holds_for_numba_alone(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTDEFECT_FROZEN", str(library))
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert installed(sources() + "\n") is None


def test_it_needs_nothing_but_the_c_library_and_a_c_program_links(library: Path) -> None:
    needed = subprocess.run(
        ["readelf", "-d", str(library)], capture_output=True, text=True, check=True
    )
    names = {line.split("[")[1][:-1] for line in needed.stdout.splitlines() if "(NEEDED)" in line}
    # the loader is part of the C library: it finds variables of a thread, as the last error
    assert [
        name for name in names if not re.match(r"(libc|libm|libpthread|ld-linux[\w-]*)\.so", name)
    ] == []
    folder = library.parents[1]
    source = folder / "host.c"
    symbol = f"fd_{host_level().prefix}_otsu_rows_histogram_rows"
    source.write_text(HOST.replace("HISTOGRAM", symbol))
    program = folder / "host"
    command = compiler(folder.name)
    for libraries in (
        [str(library.with_suffix(".a"))],
        [str(library), f"-Wl,-rpath,{library.parent}"],
    ):
        subprocess.run(
            [*command, "-Wall", "-Wextra", "-Werror", f"-I{folder / 'include'}", str(source), "-o", str(program),
             *libraries, "-lm"],
            check=True,
        )  # fmt: skip
        done = subprocess.run([str(program)], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [str(max(0, host_level().number)), "800"]


HOST = """
#include <fastdefect.h>
#include <stdio.h>
int main(void) {
    static uint8_t pixels[800];
    static uint32_t counts[8][256];
    const intptr_t lengths[2] = {8, 100}, strides[2] = {100, 1};
    const intptr_t tables[2] = {8, 256}, apart[2] = {1024, 4};
    for (int i = 0; i < 800; i++) pixels[i] = 7;
    const fd_array image = {{0}, pixels, 2, 0, lengths, strides}, table = {{0}, counts, 2, 0, tables, apart};
    HISTOGRAM(&image, 0, 8, &table);
    unsigned all = 0;
    for (int i = 0; i < 8; i++) all += counts[i][7];
    printf("%d %u\\n", fd_level(), all);
    return 0;
}
"""


def test_every_level_has_a_path_and_prefix_of_its_own() -> None:
    prefixes = [level.prefix for level in LEVELS.values()]
    assert len(set(prefixes)) == len(prefixes)
    assert not [prefix for prefix in prefixes if "_" in prefix]
