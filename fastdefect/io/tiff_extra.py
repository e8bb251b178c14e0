"""Compressions of TIFF files that OpenCV's wheels lack, decoded by tifffile and imagecodecs (extra ``tiff``)."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from struct import unpack_from

import numpy as np

from fastdefect.io.formats.animated import look_webp
from fastdefect.io.formats.boxes import look_jpeg2000
from fastdefect.io.formats.jpeg_xl import jpeg_xl_size
from fastdefect.io.formats.png import look_png
from fastdefect.io.formats.tiff import COMPRESSION, PHOTOMETRIC, Page
from fastdefect.optional import require
from fastdefect.typing import ByteImage


def _look(look: Callable[[bytes], object]) -> Callable[[bytes], tuple[int, int]]:
    def size(block: bytes) -> tuple[int, int]:
        header = look(block)
        return header.width, header.height  # type: ignore[attr-defined]

    return size


def _lerc_size(block: bytes) -> tuple[int, int]:
    version = unpack_from("<6si", block)[1]
    height, width = unpack_from("<ii", block, 14 if version >= 3 else 10)
    return width, height


# Name by number, and the size that a block of a format of its own declares; the others are decoded into as many bytes as
# the directory says.
EXTRA: dict[int, tuple[str, Callable[[bytes], tuple[int, int]] | None]] = {
    34925: ("LZMA", None),
    50000: ("ZSTD", None),
    34926: ("ZSTD", None),
    34887: ("LERC", _lerc_size),
    50001: ("WebP", _look(look_webp)),
    34927: ("WebP", _look(look_webp)),
    33003: ("JPEG 2000", _look(look_jpeg2000)),
    33004: ("JPEG 2000", _look(look_jpeg2000)),
    33005: ("JPEG 2000", _look(look_jpeg2000)),
    34712: ("JPEG 2000", _look(look_jpeg2000)),
    50002: ("JPEG XL", jpeg_xl_size),
    52546: ("JPEG XL", jpeg_xl_size),
    34933: ("PNG", _look(look_png)),
}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _YCBCR = 0, 1, 2, 6


def decode_extra(data: bytes, page: Page, error: type[Exception]) -> ByteImage:
    """Decode a page.

    Raises
    ------
    MissingPackageError
        Without the extra ``tiff``.
    Exception
        ``error`` for a page that cannot be decoded.
    """
    name, size_of = EXTRA[page.get(COMPRESSION, 1)]
    doing = f"TIFF files of the compression {name} are read by"
    tifffile = require("tifffile", doing, "tiff")
    require("imagecodecs", doing, "tiff")
    photometric = page.get(PHOTOMETRIC, _BLACK_IS_ZERO)
    own_colours = size_of is not None and photometric == _YCBCR
    if photometric > _RGB and not own_colours:
        raise error(
            f"received one of the compression {name} whose colours (photometric {photometric}) are neither grey nor "
            "RGB; save it as PNG"
        )
    for offset, count in zip(*page.blocks(), strict=True):
        block = data[int(offset) : int(offset + count)]
        if size_of is not None and not _fits(size_of, block, page.block):
            raise error(
                f"received one whose compressed data ({name}) is damaged or of another size than its header says; "
                "copy or export it again"
            )
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            found = file.pages[page.index]
            array = found.asarray(maxworkers=1)
            axes = found.axes
    except Exception as fault:  # whatever its many codecs raise
        raise error(
            f"received one whose compressed data ({name}) cannot be decoded ({fault}); copy or export it again"
        ) from fault
    return _as_bgr(array, axes, photometric, error)


def _fits(size_of: Callable[[bytes], tuple[int, int]], block: bytes, most: tuple[int, int]) -> bool:
    try:
        width, height = size_of(block)
    except (struct.error, IndexError, ValueError):
        return False
    return 0 < width <= most[0] and 0 < height <= most[1]


def _as_bgr(array: np.ndarray, axes: str, photometric: int, error: type[Exception]) -> ByteImage:
    """Blue, green, red from what tifffile gives: grey or RGB, channels first or last, perhaps with alpha."""
    if axes == "SYX":
        array = np.moveaxis(array, 0, -1)
    if axes not in {"YX", "YXS", "SYX"} or array.dtype != np.uint8:
        raise error(
            f"received one of the axes {axes} and {array.dtype}; save it as grey or RGB of 8 bits, for example as PNG"
        )
    if array.ndim == 2 or array.shape[2] < 3:
        grey = array if array.ndim == 2 else array[:, :, 0]
        grey = 255 - grey if photometric == _WHITE_IS_ZERO else grey
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    return np.ascontiguousarray(array[:, :, 2::-1])
