"""Arrays that lie in files of a folder: what grows with the number of defects, and not with memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import OutputError
from fastdefect.io.paths import reason


class ArrayFolder:
    """Makes arrays in NPY files, mapped; their room on the disk is taken first, so that no write can fail.

    Parameters
    ----------
    folder : Path
        Made anew; what was in it is removed.
    names : sequence of str
        Of the files, in the order in which the arrays are made; further ones get numbers.

    Raises
    ------
    OutputError
        It cannot be made, or the disk is full.
    """

    def __init__(self, folder: Path, names: Sequence[str] = ()) -> None:
        self.folder = folder
        self._names = chain(names, map(str, count()))
        try:
            if folder.exists():
                for path in folder.iterdir():
                    path.unlink()
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _refused(folder, error) from error

    def zeros(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """An array of zeros of its own file."""
        return make_array(self.folder / f"{next(self._names)}.npy", shape, dtype)

    def remove(self) -> None:
        """Remove the folder; arrays that are still held stay readable."""
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


class Appended:
    """Rows that are written one after another, then mapped as an array."""

    def __init__(self, path: Path, columns: tuple[int, ...], dtype: Any) -> None:
        self._path, self._columns, self._dtype = path, columns, np.dtype(dtype)
        self.rows = 0
        try:
            self._file = open(path, "wb")  # noqa: SIM115 - closed by `array`
        except OSError as error:
            raise _refused(path, error) from error

    def append(self, rows: NDArray[Any]) -> None:
        """Write some more.

        Raises
        ------
        OutputError
            The disk is full.
        """
        try:
            self._file.write(np.ascontiguousarray(rows, self._dtype).tobytes())
        except OSError as error:
            raise _refused(self._path, error) from error
        self.rows += len(rows)

    def array(self) -> NDArray[Any]:
        """All of them; no more can be appended."""
        try:
            self._file.close()
        except OSError as error:
            raise _refused(self._path, error) from error
        shape = (self.rows, *self._columns)
        if not self.rows:
            return np.zeros(shape, self._dtype)
        return np.memmap(self._path, self._dtype, "r+", shape=shape).view(np.ndarray)


def make_array(path: Path, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """An array of zeros in an NPY file, mapped for writing.

    Raises
    ------
    OutputError
        The disk is full.
    """
    kind = np.dtype(dtype)
    header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    size = kind.itemsize * int(np.prod(shape, dtype=np.int64))
    try:
        with open(path, "wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
            if size:
                os.posix_fallocate(file.fileno(), file.tell(), size)
    except OSError as error:
        raise _refused(path, error) from error
    return load_array(path, "r+")


def load_array(path: Path, mode: Any = "r") -> NDArray[Any]:
    """An array of an NPY file, mapped; an empty one, which cannot be mapped, in memory."""
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        start = file.tell()
    if 0 in shape:
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype, mode, start, shape).view(np.ndarray)


def _refused(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path}: cannot be written ({reason(error)}); make room and permission there, then resume"
    )
