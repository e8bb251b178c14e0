"""Mask and map into a store of Zarr: a task writes whole shards alone.

Two tasks that write into one shard of Zarr 3 lose a third of its pixels without a word, so every task looks at its window
before it writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import OutputError
from fastdefect.io import make_folder
from fastdefect.large.layout import BLOCK, Window
from fastdefect.optional import require
from fastdefect.typing import Shape

SHARD = 4 * BLOCK
"""Side of a shard in pixels; its chunks are the certificate's blocks."""


def make_store(path: Path, name: str, shape: Shape, dtype: Any, block: int, shard: int) -> None:
    """Make an empty array in a folder.

    Raises
    ------
    MissingPackageError
        zarr is not installed.
    OutputError
        The folder cannot be written.
    """
    zarr = require("zarr", "Zarr arrays are written by", "zarr")
    make_folder(path)
    zarr.create_array(
        str(path), name=name, shape=shape, chunks=(block, block), shards=(shard, shard), dtype=np.dtype(dtype).str,
        fill_value=0, overwrite=True, dimension_names=("y", "x"),
    )  # fmt: skip


def check_alone(window: Window, shape: Shape, shard: int) -> None:
    """See that a window is made of whole shards.

    Raises
    ------
    OutputError
        Another task would write into one of its shards.
    """
    for part, size in zip(window, shape, strict=True):
        if part.start % shard or (part.stop % shard and part.stop != size):
            raise OutputError(
                f"expected a window that begins and ends with shards of {shard} pixels, received pixels {part.start} ... "
                f"{part.stop} of {size}; two tasks in one shard lose pixels: rechunk to {shard}"
            )


def write(path: str, name: str, window: Window, shard: int, pixels: NDArray[Any]) -> None:
    """Write a window of an array, as one task.

    Raises
    ------
    OutputError
        It is not made of whole shards, or cannot be written.
    """
    zarr = require("zarr", "Zarr arrays are written by", "zarr")
    array = zarr.open_array(path, path=name, mode="r+")
    check_alone(window, array.shape, shard)
    try:
        array[window] = pixels
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error}); make room and permission there"
        ) from error
