"""`pip install .` with a linker, without one and on a lesser processor: what is installed, what it says, what it uses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from fastdefect.frozen import Frozen
from fastdefect.kernels._numba import COMPILED, sources

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux" or not COMPILED, reason="nothing is frozen here"),
]
LIBRARY = "fastdefect/frozen/libfastdefect.so"
CALL = """
import sys, numpy as np, fastdefect
image = np.random.default_rng(0).integers(0, 256, (60, 90), np.uint8)
np.save(sys.argv[1], fastdefect.binarize(image, 99))
print("numba" in sys.modules)
"""


def _install(folder: Path, **variables: str) -> tuple[Path, str]:
    """Install a copy of this tree with nothing but itself; returns where to and what pip and the backend said."""
    tree, target = folder / "tree", folder / "site"
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, tree)
    for name in ("fastdefect", "packaging_backend"):
        shutil.copytree(
            ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.so")
        )
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-v", "--no-deps", "--target", str(target), str(tree)],
        env=_environment(variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert not list((tree / "fastdefect").rglob("*.so"))
    return target, done.stdout


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """As here, without what says which kernels are used and how loud pip is."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "FASTDEFECT_"))}
    return own | {"PIP_QUIET": "0"} | variables


def _run(command: list[str], site: Path, **variables: str) -> str:
    """What a program prints that imports the installed package, anything on stderr included."""
    done = subprocess.run(
        command, env=_environment({"PYTHONPATH": str(site)} | variables), cwd=site,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout + done.stderr


@pytest.fixture(scope="module", name="frozen")
def _frozen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return _install(tmp_path_factory.mktemp("frozen"))


def test_with_a_linker_kernels_are_frozen_for_this_processor(
    frozen: tuple[Path, str], tmp_path: Path
) -> None:
    site, said = frozen
    library = Frozen(site / LIBRARY)
    assert library.sources == sources()
    (level,) = library.levels
    assert f"fastdefect kernels: the installation froze them for {level.name}" in said
    local = f"+{level.prefix}" if level.number else ""
    (told,) = site.glob("fastdefect-*.dist-info")
    assert told.name.endswith(f"{local}.dist-info")
    tags = [line for line in (told / "WHEEL").read_text().splitlines() if line.startswith("Tag")]
    assert tags == [f"Tag: py3-none-linux_{os.uname().machine}"]
    version = _run([sys.executable, "-m", "fastdefect", "--version"], site)
    assert f"kernels    frozen for {local[1:] or 'this architecture'}, {site / LIBRARY}" in version
    assert _run([sys.executable, "-c", CALL, str(tmp_path / "a.npy")], site) == "False\n"


def test_without_a_linker_kernels_are_compiled_and_the_reason_is_told(tmp_path: Path) -> None:
    house, programs = tmp_path / "wheels", tmp_path / "bin"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "-d", str(house), "setuptools>=77"],
        check=True,
    )
    programs.mkdir()  # a system without a compiler
    variables = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(house), "PATH": str(programs), "CC": ""}
    site, said = _install(tmp_path, **variables)
    why = "the installation froze none: there is neither a C compiler nor the package ziglang to link with"
    assert f"fastdefect kernels: {why}" in said
    assert not (site / LIBRARY).exists()
    (told,) = site.glob("fastdefect-*.dist-info")
    assert "Tag: py3-none-any\n" in (told / "WHEEL").read_text()
    version = _run([sys.executable, "-m", "fastdefect", "--version"], site)
    assert f"kernels    compiled when they are first used; {why}" in version
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    made = _run([sys.executable, "-c", CALL, str(tmp_path / "a.npy")], site, **cache)
    assert made == "True\n"


def test_on_a_lesser_processor_kernels_are_compiled_and_that_is_told_once(
    frozen: tuple[Path, str], tmp_path: Path
) -> None:
    """Neither a library nor kernels on disk, made for this processor, end in an illegal instruction on a lesser one."""
    site, _ = frozen
    emulator = shutil.which("qemu-x86_64-static") or shutil.which("qemu-x86_64")
    if emulator is None:
        pytest.skip("qemu's user mode for x86-64 is not installed")
    if Frozen(site / LIBRARY).levels[0].number < 3:
        pytest.skip("this processor has no more than the emulated one")
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    here, there = tmp_path / "here.npy", tmp_path / "there.npy"
    _run([sys.executable, "-c", CALL, str(here)], site, FASTDEFECT_FROZEN="off", **cache)
    assert list((tmp_path / "kernels").rglob("*.nbc"))
    emulated = [emulator, "-cpu", "Nehalem", sys.executable, "-c", CALL]
    said = _run([*emulated, str(there)], site, **cache)
    assert said.startswith("True\n")
    assert said.count("has no machine code that this processor runs") == 1
    np.testing.assert_array_equal(np.load(here), np.load(there))
