"""Compiled kernels are kept on disk; whatever stands there instead is a miss, said once, and never run."""

import os
import pickle
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from conftest import ROOT

from fastdefect.kernels._numba import disk_cache
from fastdefect.kernels._numba.disk_cache import CheckedFiles

CODE = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import numpy as np, fastdefect
    from fastdefect.kernels.otsu.plain import binarize_rows
    print(int(fastdefect.binarize(np.full((3, 3), 7, np.uint8), 5, backend="numba").sum()))
    print(sum(binarize_rows.stats.cache_hits.values()), sum(binarize_rows.stats.cache_misses.values()))
    print(len([w for w in caught if "NUMBA_CACHE_DIR" in str(w.message)]))
    print(len([w for w in caught if "of the kernel cache cannot be used" in str(w.message)]))
"""


# What Numba finds on a read-only file system: no place that takes a file.
NOWHERE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
"""


# sum of the result, hits, misses, warnings of the folder, warnings of a file
HIT, MISS, UNWRITTEN, DAMAGED = (
    [str(9 * 255), *counts.split()] for counts in ("1 0 0 0", "0 1 0 0", "0 1 1 0", "0 1 0 1")
)


def _run(cache: Path, before: str = "", root: Path = ROOT, **variables: str) -> list[str]:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(root)} | variables
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
    assert _run(tmp_path) == MISS
    assert _run(tmp_path) == HIT


@pytest.mark.long
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
    assert _run(tmp_path, NOWHERE) == UNWRITTEN
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said_and_the_package_left_alone(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "fastdefect", tmp_path / "fastdefect", ignore=shutil.ignore_patterns("__pycache__")
    )
    before = sorted(tmp_path.rglob("*"))
    (tmp_path / "file").write_text("")
    found = _run(tmp_path / "file" / "cache", root=tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert found == UNWRITTEN
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "file"])


READ_ONLY = """
import tempfile
def read_only(*_, **__):
    raise OSError(30, "Read-only file system")
tempfile.TemporaryFile = read_only
from numba.core.caching import IndexDataCacheFile
IndexDataCacheFile._open_for_write = read_only
"""


def test_a_folder_that_another_user_filled_is_read(tmp_path: Path) -> None:
    """As in the image of a container, whose user may write nothing there."""
    assert _run(tmp_path) == MISS
    before = sorted(tmp_path.rglob("*"))
    assert _run(tmp_path, READ_ONLY) == HIT
    assert sorted(tmp_path.rglob("*")) == before
    for file in tmp_path.rglob("*.nb?"):
        file.unlink()
    assert _run(tmp_path, READ_ONLY) == UNWRITTEN
    assert _run(tmp_path / "none", READ_ONLY) == UNWRITTEN


def test_a_disk_that_takes_no_kernel_is_said_and_the_call_works(tmp_path: Path) -> None:
    full = """
from numba.core.caching import IndexDataCacheFile
def full(*_):
    raise OSError(28, "No space left on device")
IndexDataCacheFile._open_for_write = full
"""
    assert _run(tmp_path, full) == UNWRITTEN


def _others(path: Path) -> Path:
    """A file of the same kind that belongs to another kernel."""
    return next(
        other
        for other in sorted(path.parent.glob(f"*{path.suffix}"))
        if other.name.split("-")[0] != path.name.split("-")[0]
    )


def _flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


FAULTS = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut by a byte": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "another kernel's": lambda path: shutil.copy(_others(path), path),
    "a bit at the beginning": lambda path: _flip(path, 0),
    "a bit of the digest": lambda path: _flip(path, 20),
    "a bit of the sources": lambda path: _flip(path, 60),
    "a bit in the middle": lambda path: _flip(path, path.stat().st_size // 2),
    "a bit at the end": lambda path: _flip(path, -1),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a device": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "a link to itself": lambda path: (path.unlink(), path.symlink_to(path.name)),
    "a terabyte": lambda path: os.truncate(path, 2**40),
}


@pytest.fixture(name="kept", scope="module")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with two kernels of one file."""
    folder = tmp_path_factory.mktemp("cache")
    more = "import numpy as np, fastdefect\nfastdefect.otsu_threshold(np.zeros((9, 9), np.uint8), backend='numba')\n"
    assert _run(folder, more) == MISS
    return folder


def _files(folder: Path, name: str = "mine") -> CheckedFiles:
    return CheckedFiles(str(folder), f"{name}-1.py311", "")


@pytest.mark.parametrize("suffix", [".nbi", ".1.nbc"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_file_is_a_miss_said_once_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, suffix: str
) -> None:
    monkeypatch.setattr(disk_cache, "_said", set())
    for name in ("mine", "other"):
        _files(tmp_path, name).save("int", list(range(100)))
    assert _files(tmp_path).load("int") == list(range(100))
    path = tmp_path / f"mine-1.py311{suffix}"
    FAULTS[fault](path)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert _files(tmp_path).load("int") is None
        assert _files(tmp_path).load("int") is None
        _files(tmp_path).save("int", [1])
    words = ["of the kernel cache cannot be used"]
    if fault == "a folder":  # nothing can be written there either
        words.append("compiled kernels cannot be kept")
    assert len(said) == len(words)
    for word, warning in zip(words, said, strict=True):
        assert word in str(warning.message)
    if fault != "a folder":
        assert _files(tmp_path).load("int") == [1]


def test_every_byte_of_a_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_cache, "say_once", lambda *_: None)
    _files(tmp_path).save("int", "code")
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for place in range(len(whole)):
            _flip(path, place)
            assert _files(tmp_path).load("int") is None
            path.write_bytes(whole[:place])
            assert _files(tmp_path).load("int") is None
            path.write_bytes(whole)
    assert _files(tmp_path).load("int") == "code"


def test_files_of_other_sources_are_ordinary_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "_HEAD", b"older 0.60\n")
    _files(tmp_path).save("int", 1)
    (tmp_path / "numba-1.py311.nbi").write_bytes(pickle.dumps("0.60") + pickle.dumps({}))
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _files(tmp_path).load("int") is None
        assert _files(tmp_path, "numba").load("int") is None


def test_an_index_that_points_to_other_types_runs_nothing(tmp_path: Path) -> None:
    """As where two processes wrote at once, or half of a cache was copied."""
    files = _files(tmp_path)
    files.save("float", 1)
    files.save("int", 2)
    index = files._load_index()
    files._save_index(dict.fromkeys(index, index["int"]))
    assert files.load("float") is None
    assert files.load("int") == 2


@pytest.mark.parametrize(
    ("fault", "suffix"),
    [
        ("cut", ".nbc"),
        *(
            pytest.param(*f, marks=pytest.mark.long)
            for f in [("another kernel's", ".nbc"), ("emptied", ".nbi")]
        ),
    ],
)
def test_calls_work_whatever_stands_in_the_cache(
    kept: Path, tmp_path: Path, fault: str, suffix: str
) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(kept, cache)
    [path] = cache.rglob(f"*.binarize_rows-*{suffix}")
    FAULTS[fault](path)
    assert _run(cache) == DAMAGED
    assert _run(cache) == HIT


@pytest.mark.long
@pytest.mark.parametrize(
    "other",
    [
        {"NUMBA_CPU_NAME": "generic"},
        {"NUMBA_CPU_FEATURES": "+sse2,-avx,-avx2,-fma"},
    ],
)
def test_a_cache_of_another_processor_is_not_run(kept: Path, tmp_path: Path, other: dict) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(kept, cache)
    assert _run(cache, **other) == MISS
    assert _run(cache, **other) == HIT
    assert _run(cache) == HIT  # beside it
