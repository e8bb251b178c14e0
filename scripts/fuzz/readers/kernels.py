"""The kernel cache: the code that was kept, or a miss that the next keeping mends."""

from __future__ import annotations

import importlib.util
import pickle
import warnings
from pathlib import Path
from random import Random
from typing import Any

import numba
from reader import Reader, Seed, WrongError

from fastdefect.errors import FastDefectError
from fastdefect.kernels._numba import disk_cache
from fastdefect.kernels._numba.disk_cache import CheckedFiles, checked, user_folder_fails

_CODE = {"code": bytes(range(256)), "types": ["array", 3]}
_OTHER = {"code": bytes(256), "types": ["array", 4]}
_NAME, _ANOTHER = "kernel-1.py3", "kernel-2.py3"


def make(folder: Path) -> Reader:
    """The reader of kernels that are kept on disk."""
    for name in (_NAME, _ANOTHER):
        _files(folder, name).save("int", _CODE if name == _NAME else _OTHER)
        _files(folder, name).save("float", _OTHER)
    good = {path.name: path.read_bytes() for path in sorted(folder.glob("kernel-*"))}
    asked = (f"{_NAME}.nbi", f"{_NAME}.1.nbc")  # the second data file is of other types
    seeds = {name: Seed(good[name]) for name in asked}
    names = sorted(seeds)
    return Reader(
        seeds,
        _read,
        _check,
        ("kernels/_numba/disk_cache.py",),
        lambda data, other, chance: _mutate(data, other, chance, list(good.values())),
        calls=(_folders, _dispatchers, lambda place, chance: _swapped(place, chance, names, good)),
    )


def _files(folder: Path, name: str = _NAME) -> CheckedFiles:
    return CheckedFiles(str(folder), name, "")


def _mutate(data: bytes, other: bytes, chance: Random, others: list[bytes]) -> bytes:
    """Damage; another kernel's file; a pickle as Numba writes it; well-formed files of other sources or content."""
    from mutation import mutated

    kind = chance.random()
    if kind < 0.8:
        return mutated(data, other, chance)
    if kind < 0.9:
        return chance.choice(others)
    if kind < 0.93:
        return pickle.dumps(("0.0", {"int": "kernel-1.py3.1.nbc"}))
    body = chance.choice(
        (b"other sources\n" + pickle.dumps(_OTHER), disk_cache._HEAD + b"\xff", disk_cache._HEAD)
    )
    name = chance.choice(("kernel-1.py3.nbi", "kernel-1.py3.1.nbc"))
    return disk_cache._MARK + disk_cache._digest(name, body) + body


def _read(_which: str, path: Path) -> Any:
    """One of the two files is changed, the other good; after a miss the code is kept anew and found."""
    files = _files(path.parent)
    disk_cache._said.clear()
    found = files.load("int")
    if found is None:
        files.save("int", _CODE)
        again = files.load("int")
        if again is not None and again != _CODE:
            raise WrongError("other code than was kept anew")
        if again is None and path.is_file():
            raise WrongError("kept anew and not found")
        raise FastDefectError("a miss")
    return found


def _check(_which: str, _data: bytes, found: Any) -> None:
    if found != _CODE:
        raise WrongError("other code than was kept")


def _swapped(folder: Path, chance: Random, names: list[str], good: dict[str, bytes]) -> None:
    """Any of the files in place of any other, or none."""
    for name in names:
        (folder / name).write_bytes(chance.choice(list(good.values())))
        if chance.random() < 0.2:
            (folder / name).unlink()
    found = _files(folder).load("int")
    if found is not None and found != _CODE:
        raise WrongError("another kernel's code")


def _folders(folder: Path, chance: Random) -> None:
    """Folders that a user may have set."""
    user_folder_fails.cache_clear()
    (folder / "file").write_text("")
    good = folder / "made" / "new"
    place = chance.choice(
        ["", str(good), str(folder / "file"), str(folder / "file" / "below"), "/proc/none"]
    )
    fails = user_folder_fails(place)
    if bool(fails) == (place in ("", str(good))):
        raise WrongError(f"{place!r}: {fails!r}")


def _dispatchers(folder: Path, chance: Random) -> None:
    """A function that is kept where the user said, and one that is not kept."""
    source = folder / "module.py"
    source.write_text("def one(x):\n    return x + 1\n")
    spec = importlib.util.spec_from_file_location("module", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = chance.choice(["", str(folder / "kept"), "/proc/none"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kept = numba.njit(cache=chance.random() < 0.8)(module.one)
        if checked(kept) and hasattr(kept._cache, "_cache_file"):
            if not isinstance(kept._cache._cache_file, CheckedFiles):
                raise WrongError("files that no one checks")
            if numba.config.CACHE_DIR and not kept._cache.cache_path.startswith(
                numba.config.CACHE_DIR
            ):
                raise WrongError(f"kept in {kept._cache.cache_path}")
    finally:
        numba.config.CACHE_DIR = before
