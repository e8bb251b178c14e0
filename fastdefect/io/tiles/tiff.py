"""TIFF and BigTIFF, strips or tiles: rows are read where they stand, compressed parts are decoded by tifffile one by one."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ImageReadError, MissingPackageError
from fastdefect.io.tiles.opened import OpenFile
from fastdefect.optional import install_line, load_opencv, require
from fastdefect.typing import ByteImage, Shape

_MARKS = b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"
_NONE, _JPEG = 1, 7
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _YCBCR = 0, 1, 2, 6
_REDUCED_OR_MASK = 1 | 4
_ORIENTATION, _UNTURNED = 274, 1
_AGAIN = "copy or export it again"
# A compressed strip or tile is decoded as a whole, in memory.
MOST_PART = 1 << 26
_PIXELS_OF_ONE_THREAD = 60_000
_HELD = 1 << 20  # bytes of rows that are read at once


def is_tiff(first: bytes) -> bool:
    """Whether a file that begins so is of this format."""
    return first.startswith(_MARKS)


class TiffSource:
    """A page of a TIFF file: 8 bits a sample, grey or RGB (alpha is ignored), any compression that tifffile decodes.

    Parameters
    ----------
    file : OpenFile
    page : int, optional
        From 1, of those that the file does not mark as reduced versions or masks; without it a file of several is refused.
    """

    def __init__(self, file: OpenFile, page: int | None) -> None:
        self.name = str(file.path)
        self._file = file
        tifffile = require("tifffile", "large TIFF files are read by", "tiff")
        try:
            # the descriptor that was looked at, not the name
            handle = os.fdopen(os.dup(file.descriptor), "rb")
            weakref.finalize(self, handle.close)
            self._tiff = tifffile.TiffFile(handle, name=file.path.name)
            found = [p for p in self._tiff.pages if not p.subfiletype & _REDUCED_OR_MASK]
            if len(found) > 1 and page is None:
                raise self._fault(
                    f"received {len(found)} pages; choose one by page=N (`fastdefect detect --page N`), or save each as a "
                    "file of its own"
                )
            if (page or 1) > len(found):
                raise self._fault(
                    f"received {len(found)} pages, not one of the number {page or 1}; choose another"
                )
            self._page = found[(page or 1) - 1]
            self._check()
        except (ImageReadError, MissingPackageError):
            raise
        except Exception as error:  # whatever a hostile directory makes of the parser
            raise self._fault(
                f"received a directory that cannot be read ({error}); {_AGAIN}"
            ) from error
        self.shape: Shape = (int(self._page.imagelength), int(self._page.imagewidth))
        self.channels = 3 if self._samples > 1 else 1

    def _fault(self, received: str) -> ImageReadError:
        return ImageReadError(f"{self.name}: expected a TIFF that can be read in parts, {received}")

    def _check(self) -> None:
        """Refuse what cannot be read, before memory is taken for it."""
        page = self._page
        samples = self._samples = int(page.samplesperpixel)
        planes = samples if page.planarconfig == 2 else 1
        if page.bitspersample != 8 or int(page.sampleformat) != 1:
            raise self._fault(
                f"received samples of {page.bitspersample} bits, format {int(page.sampleformat)}; scale them to 8 bits "
                "without a sign, as your camera's range needs"
            )
        colours = int(page.photometric)
        grey = colours in (_WHITE_IS_ZERO, _BLACK_IS_ZERO) and samples == 1
        jpeg = colours == _YCBCR and int(page.compression) == _JPEG and samples == 3
        if not (grey or jpeg or (colours == _RGB and samples in (3, 4))):
            raise self._fault(
                f"received {samples} channels of the colours {page.photometric!s}; save it as grey or RGB of 8 bits"
            )
        turned = page.tags.valueof(_ORIENTATION, _UNTURNED)
        if turned != _UNTURNED:
            raise self._fault(f"received one to be turned (orientation {turned}); save it upright")
        height, width = int(page.imagelength), int(page.imagewidth)
        self._inverted = colours == _WHITE_IS_ZERO
        self._part = (
            (int(page.tilelength), int(page.tilewidth))
            if page.is_tiled
            else (min(int(page.rowsperstrip), height), width)
        )
        if min(height, width, *self._part) < 1:
            raise self._fault(f"received {width} x {height} pixels; {_AGAIN}")
        self._grid = -(-height // self._part[0]), -(-width // self._part[1])
        self._planes = planes
        offsets = np.asarray(page.dataoffsets, np.uint64)
        counts = np.asarray(page.databytecounts, np.uint64)
        wanted = self._grid[0] * self._grid[1] * planes
        size = self._file.size
        # in this order, because the sum of two may wrap
        whole = len(offsets) == len(counts) == wanted and bool(
            (counts > 0).all() and (counts <= size).all() and (offsets <= size - counts).all()
        )
        self._plain = int(page.compression) == _NONE and page.fillorder == 1
        if whole and self._plain:
            rows = np.full(wanted, self._part[0])
            if not page.is_tiled:
                rows = np.minimum(rows, height - np.arange(wanted) % self._grid[0] * self._part[0])
            whole = bool((counts >= rows * self._part[1] * (samples // planes)).all())
        if not whole:
            raise self._fault(
                f"received one of which parts are missing or lie outside its {size} bytes; it was cut off: {_AGAIN}"
            )
        self._offsets, self._counts = offsets.tolist(), counts.tolist()
        pixels = self._part[0] * self._part[1] * (samples // planes)
        if not self._plain and pixels > MOST_PART:
            raise self._fault(
                f"received one in compressed parts of {self._part[1]} x {self._part[0]} pixels, which cannot be decoded in "
                "bounded memory; save it in tiles, or in strips of fewer rows"
            )
        if not self._plain:
            self._try_decoder()

    def _try_decoder(self) -> None:
        """Decode the first part, so that a missing decoder is said before any work."""
        self._decoded(0)

    def read(self, rows: slice, columns: slice) -> ByteImage:
        height, width = rows.stop - rows.start, columns.stop - columns.start
        found = np.empty((height, width, self._samples), np.uint8)
        if self._plain:
            self._read_plain(found, rows, columns)
        else:
            for index, plane, top, left in self._parts(rows, columns):
                decoded = self._decoded(index)
                into, out_of = _overlap((top, left), decoded.shape, rows, columns)
                target = found if self._planes == 1 else found[:, :, plane : plane + 1]
                target[into] = decoded[out_of]
        if self._samples == 1:
            grey = found[:, :, 0]
            return 255 - grey if self._inverted else grey
        return _as_bgr(found)

    def _parts(self, rows: slice, columns: slice) -> Iterator[tuple[int, int, int, int]]:
        """Strips or tiles of a window: number, plane, upper left pixel."""
        (high, wide), (down, across) = self._part, self._grid
        for plane in range(self._planes):
            for i in range(rows.start // high, -(-rows.stop // high)):
                for j in range(columns.start // wide, -(-columns.stop // wide)):
                    yield (plane * down + i) * across + j, plane, i * high, j * wide

    def _read_plain(self, found: NDArray[np.uint8], rows: slice, columns: slice) -> None:
        """Rows of parts that are not compressed, where they stand; many at once where most of each is wanted."""
        samples = self._samples // self._planes
        wide = self._part[1]
        for index, plane, top, left in self._parts(rows, columns):
            into, out_of = _overlap((top, left), (*self._part, samples), rows, columns)
            target = found[into] if self._planes == 1 else found[into][:, :, plane : plane + 1]
            first, count = out_of[1].start, out_of[1].stop - out_of[1].start
            whole = 2 * count >= wide  # else what lies between two rows is longer than they are
            held = max(1, _HELD // (wide * samples)) if whole else 1
            for row in range(0, len(target), held):
                lines = target[row : row + held]
                place = self._offsets[index] + (out_of[0].start + row) * wide * samples
                if whole and count == wide and lines.flags.c_contiguous:
                    self._file.read_into(lines, place)
                elif whole:
                    read = np.empty((len(lines), wide, samples), np.uint8)
                    self._file.read_into(read, place)
                    lines[:] = read[:, first : first + count]
                else:
                    read = np.empty((1, count, samples), np.uint8)
                    self._file.read_into(read, place + first * samples)
                    lines[:] = read

    def _decoded(self, index: int) -> NDArray[np.uint8]:
        """A strip or tile, (h, w, samples)."""
        data = bytearray(self._counts[index])
        self._file.read_into(data, self._offsets[index])
        page: Any = self._page
        try:
            part = page.decode(
                bytes(data), index, jpegtables=page.jpegtables, jpegheader=page.jpegheader
            )[0]
        except Exception as error:  # whatever its many codecs raise
            if "imagecodecs" in str(error):
                raise MissingPackageError(
                    f"{self.name}: TIFF files of the compression {page.compression!s} are decoded by imagecodecs, which is "
                    f"not installed: run `{install_line('tiff', 'imagecodecs')}`"
                ) from error
            raise self._unreadable(index, str(error)) from error
        samples = self._samples // self._planes
        if part is None or part.dtype != np.uint8 or part.ndim != 4 or part.shape[3] != samples:
            raise self._unreadable(index, "other samples than the directory says")
        found: NDArray[np.uint8] = part[0]
        row, column = divmod(index % (self._grid[0] * self._grid[1]), self._grid[1])
        least = min(self._part[0], int(page.imagelength) - row * self._part[0])
        across = min(self._part[1], int(page.imagewidth) - column * self._part[1])
        if found.shape[0] < least or found.shape[1] < across:
            raise self._unreadable(index, "fewer pixels than the directory says")
        return found

    def _unreadable(self, index: int, why: str) -> ImageReadError:
        kind = "tile" if self._page.is_tiled else "strip"
        return self._fault(
            f"received one whose {kind} {index} cannot be decoded ({why}); {_AGAIN}, then resume"
        )


def _as_bgr(pixels: NDArray[np.uint8]) -> ByteImage:
    """RGB, or RGB with alpha, as BGR: OpenCV takes a third of NumPy's time, and starts no thread for so few pixels."""
    cv2 = load_opencv()
    height, width, samples = pixels.shape
    turn = cv2.COLOR_RGB2BGR if samples == 3 else cv2.COLOR_RGBA2BGR
    bgr = np.empty((height, width, 3), np.uint8)
    rows = max(1, _PIXELS_OF_ONE_THREAD // width)
    for start in range(0, height, rows):
        part = slice(start, start + rows)
        cv2.cvtColor(pixels[part], turn, dst=bgr[part])
    return bgr


def _overlap(
    corner: tuple[int, int], shape: tuple[int, ...], rows: slice, columns: slice
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a part goes in a window, and what of the part."""
    into, out_of = [], []
    for start, size, window in zip(corner, shape, (rows, columns), strict=False):
        low, high = max(start, window.start), min(start + size, window.stop)
        into.append(slice(low - window.start, high - window.start))
        out_of.append(slice(low - start, high - start))
    return (into[0], into[1]), (out_of[0], out_of[1])
