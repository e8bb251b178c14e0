"""A BigTIFF of blocks that are written and read one by one, in any order, from any thread.

Its directory stands in front, its blocks follow one after another without compression, so where each lies is known before
it is computed. The file is sparse until then.
"""

from __future__ import annotations

import os
import struct
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import OutputError
from fastdefect.io.paths import reason
from fastdefect.typing import Shape

_PAGE = 4096  # blocks begin at pages of the system
_SHORT, _LONG, _LONG8 = 3, 4, 16
_PACKED = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}
_FLOAT, _UNSIGNED = 3, 1


class BlockTiff:
    """A grey image of one page in tiles.

    Parameters
    ----------
    path : Path
    shape : (int, int)
        Height and width in pixels.
    dtype : dtype
        uint8 or float32; little-endian in the file.
    block : int
        Side of a tile in pixels, a multiple of 16.
    create : bool
        Make the file, in place of an older one; else open what was made so.

    Raises
    ------
    OutputError
        It cannot be made or opened, or is not of that shape.
    """

    def __init__(
        self, path: Path, shape: Shape, dtype: Any, block: int, *, create: bool = False
    ) -> None:
        self.path, self.shape, self.block = path, shape, block
        self.dtype = np.dtype(dtype).newbyteorder("<")
        self.grid = -(-shape[0] // block), -(-shape[1] // block)
        head = _directory(shape, self.dtype, block, self.grid)
        self._start = -(-len(head) // _PAGE) * _PAGE
        self._bytes = block * block * self.dtype.itemsize
        self.size = self._start + self._bytes * self.grid[0] * self.grid[1]
        mode = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            if create:
                path.unlink(missing_ok=True)
                mode |= os.O_CREAT | os.O_EXCL
            self._descriptor = os.open(path, mode, 0o666)
            weakref.finalize(self, os.close, self._descriptor)
            if create:
                os.ftruncate(self._descriptor, self.size)
                os.pwrite(self._descriptor, head, 0)
            elif (
                os.fstat(self._descriptor).st_size != self.size
                or os.pread(self._descriptor, len(head), 0) != head
            ):
                raise OutputError(
                    f"{path}: expected the file of an earlier run, received another; remove it, or start anew"
                )
        except OSError as error:
            if isinstance(error, OutputError):
                raise
            raise _refused(path, error) from error

    def write_block(self, row: int, column: int, pixels: NDArray[Any]) -> None:
        """Write a block; at the image's lower and right edge it is smaller than the others."""
        height, width = pixels.shape
        whole = pixels
        if (height, width) != (self.block, self.block):
            whole = np.zeros((self.block, self.block), self.dtype)
            whole[:height, :width] = pixels
        left = np.ascontiguousarray(whole, self.dtype).data.cast("B")
        place = self._place(row, column)
        try:
            while left:
                count = os.pwrite(self._descriptor, left, place)
                left, place = left[count:], place + count
        except OSError as error:
            raise _refused(self.path, error) from error

    def read_block(self, row: int, column: int) -> NDArray[Any]:
        """Read a block, cut off at the image's edge."""
        rows = min(self.block, self.shape[0] - row * self.block)
        return self._read_rows(row, column, 0, rows)

    def _read_rows(self, row: int, column: int, first: int, last: int) -> NDArray[Any]:
        """Some rows of a block."""
        side = self.block
        found = np.empty((last - first, side), self.dtype)
        left, line = found.data.cast("B"), side * self.dtype.itemsize
        place = self._place(row, column) + first * line
        try:
            while left:
                count = os.preadv(self._descriptor, [left], place)
                if not count:
                    raise OSError("the file was cut off")
                left, place = left[count:], place + count
        except OSError as error:
            raise _refused(self.path, error, "read") from error
        return found[:, : min(side, self.shape[1] - column * side)]

    def read(self, rows: slice, columns: slice) -> NDArray[Any]:
        """A window as an array of its own."""
        found = np.empty((rows.stop - rows.start, columns.stop - columns.start), self.dtype)
        side = self.block
        for i in range(rows.start // side, -(-rows.stop // side)):
            top, bottom = max(rows.start, i * side), min(rows.stop, i * side + side)
            for j in range(columns.start // side, -(-columns.stop // side)):
                part = self._read_rows(i, j, top - i * side, bottom - i * side)
                left, right = max(columns.start, j * side), min(columns.stop, j * side + side)
                found[
                    top - rows.start : bottom - rows.start,
                    left - columns.start : right - columns.start,
                ] = part[:, left - j * side : right - j * side]
        return found

    def sync(self) -> None:
        """Have the disk hold what was written."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise _refused(self.path, error) from error

    def _place(self, row: int, column: int) -> int:
        return self._start + (row * self.grid[1] + column) * self._bytes


def _directory(shape: Shape, dtype: np.dtype[Any], block: int, grid: tuple[int, int]) -> bytes:
    """Header, the one directory, and behind it what does not fit into its entries."""
    count = grid[0] * grid[1]
    size = block * block * dtype.itemsize
    form = _FLOAT if dtype.kind == "f" else _UNSIGNED
    entries: list[tuple[int, int, Any]] = [
        (256, _LONG, [shape[1]]),
        (257, _LONG, [shape[0]]),
        (258, _SHORT, [8 * dtype.itemsize]),
        (259, _SHORT, [1]),
        (262, _SHORT, [1]),
        (277, _SHORT, [1]),
        (322, _LONG, [block]),
        (323, _LONG, [block]),
        (324, _LONG8, [0] * count),
        (325, _LONG8, [size] * count),
        (339, _SHORT, [form]),
    ]
    behind = 16 + 8 + 20 * len(entries) + 8
    length = behind + 2 * 8 * count
    start = -(-length // _PAGE) * _PAGE
    entries[8] = 324, _LONG8, [start + index * size for index in range(count)]
    made = bytearray(struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(entries)))
    rest = bytearray()
    for tag, kind, values in entries:
        data = struct.pack(f"<{len(values)}{_PACKED[kind]}", *values)
        if len(data) > 8:
            place = struct.pack("<Q", behind + len(rest))
            rest += data
            data = place
        made += struct.pack("<HHQ", tag, kind, len(values)) + data.ljust(8, b"\0")
    return bytes(made + struct.pack("<Q", 0) + rest)


def _refused(path: Path, error: Exception, doing: str = "written") -> OutputError:
    return OutputError(
        f"{path}: cannot be {doing} ({reason(error)}); make room and permission there, then resume"
    )
