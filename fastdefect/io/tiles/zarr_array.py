"""Zarr arrays: chunks are decoded one by one, by the package zarr (extra ``zarr``)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.errors import ImageReadError
from fastdefect.optional import require
from fastdefect.typing import ByteImage, Shape

_AGAIN = "copy or export it again, then resume"
# What the folder of an array has in it, by the format's version: 3 and 2.
_MARKS = "zarr.json", ".zarray", ".zgroup"
# A chunk is decoded as a whole, in memory.
MOST_CHUNK = 1 << 26


def is_zarr(path: Path) -> bool:
    """Whether a folder is one of a Zarr array or group."""
    return any((path / mark).is_file() for mark in _MARKS)


def is_zarr_array(source: object) -> bool:
    """Whether something is an opened array of Zarr, without importing it."""
    return type(source).__module__.partition(".")[0] == "zarr" and hasattr(source, "chunks")


class ZarrSource:
    """An array of uint8, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): grey or BGR; alpha is ignored.

    A chunk that is missing has the array's fill value, as the format wants it.

    Parameters
    ----------
    source : Path or zarr.Array

    Raises
    ------
    ImageReadError
        It cannot be opened, or is no such array.
    MissingPackageError
        zarr is not installed.
    """

    def __init__(self, source: Any) -> None:
        zarr = require("zarr", "Zarr arrays are read by", "zarr")
        self.name = str(source) if isinstance(source, Path) else "source"
        if isinstance(source, Path):
            try:
                source = zarr.open(str(source), mode="r")
            except Exception as error:  # whatever a hostile folder makes of the package
                raise self._fault(
                    f"received one that cannot be opened ({error}); {_AGAIN}"
                ) from error
        if not is_zarr_array(source):
            raise self._fault("received a group of arrays; name one of them, as image.zarr/0")
        self._array = source
        shape = tuple(int(side) for side in source.shape)
        wanted = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))
        if source.dtype != np.uint8 or not wanted or min(shape) < 1:
            raise self._fault(
                f"received {source.dtype} of shape {shape}; scale it to 0 ... 255, channels last, blue first"
            )
        if math.prod(source.chunks) > MOST_CHUNK:
            raise self._fault(
                f"received one in chunks of {tuple(source.chunks)}, which cannot be decoded in bounded memory; store it in "
                "smaller ones"
            )
        self.shape: Shape = shape[0], shape[1]
        self.channels = 3 if len(shape) == 3 and shape[2] > 1 else 1

    def _fault(self, received: str) -> ImageReadError:
        return ImageReadError(
            f"{self.name}: expected a Zarr array of uint8, (H, W), (H, W, 3) or (H, W, 4), {received}"
        )

    def read(self, rows: slice, columns: slice) -> ByteImage:
        try:
            found = np.asarray(self._array[rows, columns])
        except Exception as error:  # whatever its many codecs raise
            raise self._fault(
                f"received one whose chunks in rows {rows.start} ... {rows.stop} and columns {columns.start} ... "
                f"{columns.stop} cannot be decoded ({error}); {_AGAIN}"
            ) from error
        if self.channels == 1:
            found = found.reshape(found.shape[:2])
        return np.ascontiguousarray(found[:, :, :3] if self.channels == 3 else found)
