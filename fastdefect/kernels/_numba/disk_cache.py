"""The files that keep machine code: nothing runs that is not what was written, and what cannot be read is compiled anew.

Numba loads what it finds: a cut file broke every call of every process, and one that stood under another's name ran.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching
from numba.core.caching import IndexDataCacheFile
from numba.core.serialize import dumps

from fastdefect.io import read_file
from fastdefect.kernels._numba.digest import sources

SOURCES = sources()
# Numba 0.61 names it with an underscore, and has no setting for other locators.
_USERS_FOLDER = (
    getattr(caching, "UserProvidedCacheLocator", None) or caching._UserProvidedCacheLocator
)
_OTHER_LOCATORS = bool(getattr(numba.config, "CACHE_LOCATOR_CLASSES", ""))
_MARK = b"fastdefect kernel\n"
_DIGEST = 32
_LARGEST = 64 * 2**20  # bytes; the largest kernel takes under 1 MB
_HEAD = f"{SOURCES} {numba.__version__}\n".encode()
_said: set[str] = set()


class _DamagedError(Exception):
    """A file of the cache is not what was written there."""


class CheckedFiles(IndexDataCacheFile):  # type: ignore[misc]  # Numba is untyped
    """The index and data files of one kernel.

    Each has the digest of its own name and content, so a file that is cut, changed or stands under another's name is
    none; the content begins with the sources that it was compiled from. A data file also holds what it was compiled for:
    types, target processor and its features, bytecode. So code for other instructions is never run, whatever an index says.
    """

    def load(self, key: Any) -> Any:
        """Machine code for these types and this processor, or None."""
        name = self._load_index().get(key)
        stored = None if name is None else self._read(name)
        return stored[1] if stored is not None and stored[0] == key else None

    def save(self, key: Any, data: Any) -> None:
        """Keep machine code; a disk that does not take it is said once."""
        try:
            super().save(key, (key, data))
        except OSError as error:
            say_once(
                "unwritten",
                f"fastdefect: compiled kernels cannot be kept in {self._cache_path} ({error.strerror or error}), so every "
                "process compiles them anew (seconds); make room there, or set NUMBA_CACHE_DIR to another folder",
            )

    def _load_index(self) -> Any:
        found = self._read(self._index_name)
        return {} if found is None else found

    def _save_index(self, overloads: Any) -> None:
        self._write(self._index_name, overloads)

    def _save_data(self, name: str, data: Any) -> None:
        self._write(name, data)

    def _read(self, name: str) -> Any:
        """The content of a file, or None where there is none of these sources and this Numba, or a damaged one."""
        path = os.path.join(self._cache_path, name)
        try:
            content = read_file(Path(path), _LARGEST, _DamagedError)
        except _DamagedError as error:
            # what was never written is an ordinary miss
            return None if isinstance(error.__cause__, FileNotFoundError) else _damaged(path, error)
        if content.startswith(b"\x80"):
            return None  # a pickle, as Numba itself would write: an ordinary miss
        at = len(_MARK) + _DIGEST
        body = memoryview(content)[at:]
        if content[:at] != _MARK + _digest(name, body):
            return _damaged(path, _DamagedError("not as it was written"))
        if body[: len(_HEAD)] != _HEAD:
            return None  # of other sources or another Numba
        try:
            return pickle.loads(body[len(_HEAD) :])
        except Exception as error:
            return _damaged(path, error)

    def _write(self, name: str, value: Any) -> None:
        body = _HEAD + dumps(value)
        with self._open_for_write(os.path.join(self._cache_path, name)) as file:
            file.write(_MARK + _digest(name, body) + body)


def _digest(name: str, content: Any) -> bytes:
    digest = hashlib.blake2b(f"{name}\n".encode(), digest_size=_DIGEST)
    digest.update(content)
    return digest.digest()


def _damaged(path: str, error: Exception) -> None:
    say_once(
        "damaged",
        f"fastdefect: {path} of the kernel cache cannot be used ({error}), so its kernel is compiled and written anew, as "
        "are others that follow; if this comes again, look after the disk",
    )


def say_once(what: str, sentence: str) -> None:
    """Warn of this, once a process."""
    if what not in _said:
        _said.add(what)
        warnings.warn(sentence, RuntimeWarning, stacklevel=2)


def checked(dispatcher: Any) -> bool:
    """Give a kernel such files; False where they would lie elsewhere than the user says."""
    store: Any = getattr(dispatcher, "_cache", None)
    files = getattr(store, "_cache_file", None)
    if files is None:  # without the JIT
        return True
    chosen = isinstance(store._impl.locator, _USERS_FOLDER)
    if numba.config.CACHE_DIR and not chosen and not _OTHER_LOCATORS:
        return False
    store._cache_file = CheckedFiles(files._cache_path, files._index_name[: -len(".nbi")], SOURCES)
    return True


class _ReadOnlyFolder(_USERS_FOLDER):  # type: ignore[misc, valid-type]
    """The user's folder that another user filled, as in the image of a container; Numba takes none that it cannot write."""

    def ensure_cache_path(self) -> None:
        if not os.path.isdir(self.get_cache_path()):
            raise FileNotFoundError(self.get_cache_path())


class _ReadOnlyPlace(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_ReadOnlyFolder,)


class _ReadOnlyCache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _ReadOnlyPlace


def read_only(dispatcher: Any) -> bool:
    """Give a kernel the files of a folder that cannot be written; False where none were kept there."""
    try:
        dispatcher._cache = _ReadOnlyCache(dispatcher.py_func)
    except RuntimeError:  # Numba: "cannot cache function ...: no locator available for file ..."
        return False
    return checked(dispatcher)


@cache
def user_folder_fails(folder: str) -> str:
    """Why the folder that the user set cannot be written; empty where it can. Numba would take the package's instead."""
    if not folder or _OTHER_LOCATORS:
        return ""
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)
