"""Whether a large image shows the material at all: by the very rows that are looked at where it lies in memory.

`fastdefect.kernels.domain` measures at most 64 places down the image. Rows there are kept in a sparse file of the image's
size as tiles come by; the file is mapped and measured as an image, and only those rows of it are ever touched.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import Domain
from fastdefect.detectors.domain import DomainCheck, Judged
from fastdefect.kernels.domain import FAR, MOST_ROWS
from fastdefect.large.layout import Window
from fastdefect.typing import BoolImage, ByteImage, Shape


class Sampled(NamedTuple):
    """A piece of a row that counts.

    Attributes
    ----------
    row, column : int
        Where it begins.
    pixels : ndarray of uint8, (w,) or (w, 3)
    outside : ndarray of bool, (w,), or None
        What is not inspected of it; None for nothing.
    """

    row: int
    column: int
    pixels: NDArray[np.uint8]
    outside: NDArray[np.bool_] | None


def sampled_rows(height: int) -> NDArray[np.int64]:
    """The rows that the domain of an image of that height depends on."""
    step = max(1, -(-(height - FAR) // MOST_ROWS))
    step += 1 - step % 2
    first = np.arange(0, max(height - FAR, 0), step)
    rows = np.unique(np.concatenate([first, first + 1, first + FAR, np.arange(0, height, step)]))
    return rows[rows < height]


def sample(
    height: int, window: Window, pixels: ByteImage, inside: BoolImage | None
) -> list[Sampled]:
    """What counts of a window of an image of that height."""
    rows = sampled_rows(height)
    found = []
    for row in rows[(rows >= window[0].start) & (rows < window[0].stop)].tolist():
        at = row - window[0].start
        outside = None if inside is None else ~inside[at]
        found.append(Sampled(row, window[1].start, pixels[at].copy(), outside))
    return found


class Sampler:
    """Keeps the rows of an image that its domain depends on.

    Parameters
    ----------
    domain : Domain
    shape : (int, int)
        Of the image.
    folder : Path or None
        Where its files without names lie; None for the place of temporary files.
    """

    def __init__(self, domain: Domain, shape: Shape, folder: Path | None) -> None:
        self._domain, self._shape = domain, shape
        self._image = _SparseImage((*shape, 3) if domain.channels == 3 else shape, folder)
        self._outside = _SparseImage(shape, folder)

    def take(self, sampled: Sequence[Sampled]) -> None:
        """Keep what counts of a window; from any thread."""
        for row, column, pixels, outside in sampled:
            self._image.write(row, column, pixels)
            if outside is not None:
                self._outside.write(row, column, outside.view(np.uint8))

    def judged(self, masked: bool) -> Judged:
        """What the image is besides its score; ``masked`` where a part of it is not inspected."""
        check = DomainCheck(self._domain, self._shape)
        outside = self._outside.mapped().view(np.bool_) if masked else None
        return check(self._image.mapped(), outside)


class _SparseImage:
    """An image in a file without a name, of which only some rows are written."""

    def __init__(self, shape: tuple[int, ...], folder: Path | None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed when the sampler goes
        weakref.finalize(self, self._file.close)
        self._shape = shape
        self._pixel = int(np.prod(shape[2:], dtype=np.int64))
        os.ftruncate(self._file.fileno(), int(np.prod(shape, dtype=np.int64)))

    def write(self, row: int, column: int, pixels: NDArray[np.uint8]) -> None:
        place = (row * self._shape[1] + column) * self._pixel
        os.pwrite(self._file.fileno(), np.ascontiguousarray(pixels).tobytes(), place)

    def mapped(self) -> ByteImage:
        # the kernels take arrays that look writable; nothing is written
        found: ByteImage = np.memmap(self._file, np.uint8, "r+", shape=self._shape).view(np.ndarray)
        return found
