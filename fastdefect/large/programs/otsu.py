"""Otsu's threshold of a histogram: the level that OpenCV gives for an image that has it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import opencv
from fastdefect.kernels.otsu.level import TABLES, otsu_level

_MOST = 2**31 - 1  # pixels that OpenCV takes in one row
_TABLE = 2**32 - 1  # what one table counts to


def level_of(counts: NDArray[np.int64], folder: Path | None) -> int:
    """Otsu's threshold.

    Parameters
    ----------
    counts : ndarray of int64, (256,)
        Pixels of each level, at least one in all.
    folder : Path or None
        Where a file without a name may lie; None for the place of temporary files.

    Returns
    -------
    int

    Notes
    -----
    Where two levels split the histogram equally well the result depends on how OpenCV was built, and OpenCV is asked: by an
    image of that histogram, which lies in a file that is removed again. Beyond 2³¹ pixels, which it does not take, the first
    such level stands.
    """
    tables = np.zeros((TABLES, 256), np.uint32)
    left = counts.astype(np.int64)
    for table in tables:
        part = np.minimum(left, _TABLE)
        table[:] = part
        left -= part
    level, certain = otsu_level(tables)
    total = int(counts.sum())
    if certain or total > _MOST:
        return int(level)
    with tempfile.TemporaryFile(dir=folder) as file:
        for value, count in enumerate(counts.tolist()):
            line = bytes([value]) * min(count, 1 << 20)
            for start in range(0, count, 1 << 20):
                file.write(line[: count - start])
        file.flush()
        pixels = np.memmap(file, np.uint8, "r", shape=(1, total))
        return int(opencv.otsu_level(np.asarray(pixels)))
