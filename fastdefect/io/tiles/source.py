"""Where the windows of a large image come from: an array, an NPY file, a TIFF file, a Zarr array."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

import numpy as np

from fastdefect.errors import ArgumentTypeError, ImageReadError
from fastdefect.io.paths import PathLike, checked_path
from fastdefect.io.tiles.zarr_array import ZarrSource, is_zarr, is_zarr_array
from fastdefect.typing import ByteImage, Shape


class Source(Protocol):
    """An image whose windows are read one by one, from any thread.

    Attributes
    ----------
    shape : (int, int)
        Height and width in pixels.
    channels : int
        1 for grey, 3 for BGR.
    name : str
        For messages.
    """

    shape: Shape
    channels: int
    name: str

    def read(self, rows: slice, columns: slice) -> ByteImage:
        """A window as an array of its own, uint8 (h, w) or (h, w, 3), C-contiguous.

        Raises
        ------
        ImageReadError
            It cannot be read.
        """


class ArraySource:
    """An array in memory, or mapped.

    Parameters
    ----------
    array : ndarray of uint8, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        Grey, BGR, or BGR with alpha, which is ignored.

    Raises
    ------
    ArgumentTypeError
        It is another array.
    """

    name = "source"

    def __init__(self, array: ByteImage) -> None:
        wanted = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))
        if array.dtype != np.uint8 or not wanted or not array.size:
            raise ArgumentTypeError(
                f"source: expected uint8 of shape (H, W), (H, W, 3) or (H, W, 4), received {array.dtype} of shape "
                f"{array.shape}; scale it to 0 ... 255, channels last"
            )
        self.shape: Shape = (array.shape[0], array.shape[1])
        self.channels = 3 if array.ndim == 3 and array.shape[2] > 1 else 1
        self._pixels = array[:, :, :3] if self.channels == 3 else array.reshape(self.shape)

    def read(self, rows: slice, columns: slice) -> ByteImage:
        return np.array(self._pixels[rows, columns], order="C")


def open_source(source: object, page: int | None = None) -> Source:
    """Open what holds an image.

    Parameters
    ----------
    source : ndarray, zarr.Array, str, os.PathLike or Source
        An array, the name of a TIFF, BigTIFF or NPY file or of a Zarr array's folder, or what is open already.
    page : int, optional
        Which page of a TIFF of several, from 1.

    Returns
    -------
    Source

    Raises
    ------
    ArgumentTypeError
        It is something else, or an array that is no image.
    ImageReadError
        The file is missing, truncated, of another kind or hostile; checked before memory is taken.
    MissingPackageError
        TIFF files need the extra ``tiff``, Zarr arrays the extra ``zarr``.
    """
    if isinstance(source, np.ndarray):
        return ArraySource(source)
    if is_zarr_array(source):
        return ZarrSource(source)
    if hasattr(source, "read") and hasattr(source, "channels"):
        return cast(Source, source)
    path = checked_path("source", source)
    return ZarrSource(path) if is_zarr(path) else _open_file(path, page)


def _open_file(path: Path, page: int | None) -> Source:
    from fastdefect.io.tiles.npy import NpySource, is_npy
    from fastdefect.io.tiles.opened import OpenFile
    from fastdefect.io.tiles.tiff import TiffSource, is_tiff

    file = OpenFile(path)
    first = bytearray(min(8, file.size))
    file.read_into(first, 0)
    if is_tiff(bytes(first)):
        return TiffSource(file, page)
    if page not in (None, 1):
        raise ImageReadError(
            f"{path}: expected a TIFF of {page} pages or more, received another format; leave the page out"
        )
    if is_npy(bytes(first)):
        return NpySource(file)
    raise ImageReadError(
        f"{path}: expected a TIFF, BigTIFF or NPY file or a Zarr array, whose parts can be read one by one, received "
        "another format; save it as TIFF, or pass the array that fastdefect.read_image reads"
    )


def is_partial(path: PathLike) -> bool:
    """Whether a file is of a format whose parts can be read one by one; False for what cannot be opened."""
    from fastdefect.io.tiles.npy import is_npy
    from fastdefect.io.tiles.opened import OpenFile
    from fastdefect.io.tiles.tiff import is_tiff

    try:
        file = OpenFile(checked_path("path", path))
        first = bytearray(min(8, file.size))
        file.read_into(first, 0)
    except ImageReadError:
        return False
    return is_tiff(bytes(first)) or is_npy(bytes(first))
