"""NPY files: their header is checked, then rows are read where they stand."""

from __future__ import annotations

import io
import math

import numpy as np

from fastdefect.errors import ImageReadError
from fastdefect.io.tiles.opened import OpenFile
from fastdefect.typing import ByteImage, Shape

_MAGIC = b"\x93NUMPY"
_MOST_HEADER = 4096


def is_npy(first: bytes) -> bool:
    """Whether a file that begins so is of this format."""
    return first.startswith(_MAGIC)


class NpySource:
    """An array that NumPy saved: uint8, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), C order."""

    def __init__(self, file: OpenFile) -> None:
        self.name = str(file.path)
        self._file = file
        begin = bytearray(min(_MOST_HEADER, file.size))
        file.read_into(begin, 0)
        text = io.BytesIO(bytes(begin))
        try:
            version = np.lib.format.read_magic(text)
            read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
                version, np.lib.format.read_array_header_2_0
            )
            shape, fortran, dtype = read(text)
        except Exception as error:  # whatever a hostile header makes of its text
            raise ImageReadError(
                f"{self.name}: expected an NPY file, received a header that cannot be read ({error}); save it again"
            ) from error
        wanted = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))
        if dtype != np.uint8 or fortran or not wanted or min(shape) < 1:
            order = "Fortran" if fortran else "C"
            raise ImageReadError(
                f"{self.name}: expected uint8 of shape (H, W), (H, W, 3) or (H, W, 4) in C order, received {dtype} of shape "
                f"{shape} in {order} order; scale it to 0 ... 255 and save numpy.ascontiguousarray of it"
            )
        self._start = text.tell()
        if file.size < self._start + math.prod(shape):
            raise ImageReadError(
                f"{self.name}: expected {math.prod(shape)} bytes of pixels, received {file.size - self._start}; it was cut "
                "off: copy it again"
            )
        self.shape: Shape = (int(shape[0]), int(shape[1]))
        self._samples = int(shape[2]) if len(shape) == 3 else 1
        self.channels = 3 if self._samples > 1 else 1

    def read(self, rows: slice, columns: slice) -> ByteImage:
        samples, width = self._samples, self.shape[1]
        height, across = rows.stop - rows.start, columns.stop - columns.start
        found = np.empty((height, across, samples), np.uint8)
        if across == width:
            self._file.read_into(found, self._start + rows.start * width * samples)
        else:
            for row in range(height):
                place = (rows.start + row) * width + columns.start
                self._file.read_into(found[row], self._start + place * samples)
        if samples == 1:
            return found[:, :, 0]
        return found if samples == 3 else np.ascontiguousarray(found[:, :, :3])
