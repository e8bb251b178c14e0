"""A page of a TIFF file: by OpenCV where it can, checked; by tifffile where it cannot.

OpenCV returns a black picture, or black rows, where a TIFF's decoder is missing or fails, and only logs it. So strips
that can be checked without a decoder are (their lengths; a check sum), the others are decoded a second time by Pillow,
which tells, and compressions that OpenCV's wheels lack never reach it.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import numpy as np

from fastdefect.io.formats.jpeg import look_jpeg
from fastdefect.io.formats.tiff import (
    BITS,
    COMPRESSION,
    PLANAR,
    SAMPLES,
    Page,
    pages,
    with_first,
)
from fastdefect.io.tiff_extra import EXTRA, decode_extra
from fastdefect.optional import require
from fastdefect.typing import ByteImage

Decode = Callable[[bytes], ByteImage | None]

NONE, JPEG = 1, 7
DEFLATE = {8: "Deflate", 32946: "Deflate"}
# What the libtiff in OpenCV's wheels decodes.
OPENCV = {
    NONE: "none",
    2: "CCITT",
    3: "CCITT",
    4: "CCITT",
    5: "LZW",
    JPEG: "JPEG",
    32773: "PackBits",
} | DEFLATE
_MOST_CHANNELS = 4


class TiffError(Exception):
    """Why a page is not decoded: what was received, and the remedy."""


def decode_tiff(data: bytes, number: int, decode: Decode) -> ByteImage:
    """Decode the page of that number, from 1, of those that count.

    Parameters
    ----------
    data : bytes
        A file that `fastdefect.io.formats.look` found whole, of 8-bit samples.
    number : int
    decode : callable
        OpenCV's decoder: None where it fails.

    Raises
    ------
    TiffError
        The compression is unknown, or a decoder failed.
    MissingPackageError
        The compression needs the extra ``tiff``.
    """
    page = pages(data)[number - 1]
    channels, compression = page.get(SAMPLES, 1), page.get(COMPRESSION, NONE)
    if channels > _MOST_CHANNELS:
        raise TiffError(
            f"received one of {channels} channels; choose up to three of them, and save these as PNG"
        )
    if compression in EXTRA:
        return decode_extra(data, page, TiffError)
    if compression not in OPENCV:
        raise TiffError(
            f"received one of the compression {compression}, which nothing here decodes; save it as PNG, or "
            "with the compression LZW or Deflate"
        )
    fault = _fault_of_blocks(data, page, compression)
    if fault:
        raise TiffError(f"received one whose {fault}; copy or export it again")
    first = with_first(data, page)
    by_pillow = None
    if compression != NONE and compression not in DEFLATE:
        by_pillow = _is_black(first, OPENCV[compression])
    image = decode(first)
    if image is None:
        raise TiffError(
            f"received one that OpenCV cannot decode (compression {OPENCV[compression]}): damaged, or of a "
            "variant that it lacks; copy or export it again, for example as PNG"
        )
    if compression != NONE and not image.any():
        black = _is_black(first, OPENCV[compression]) if by_pillow is None else by_pillow
        if not black:
            raise TiffError(
                f"received one that this OpenCV cannot decode (it lacks the compression {OPENCV[compression]}); "
                "save it as PNG"
            )
    return image


def _fault_of_blocks(data: bytes, page: Page, compression: int) -> str:
    """Check what can be checked without a decoder."""
    (width, rows), bits = page.block, page.get(BITS, 1)
    planar = page.get(PLANAR, 1) == 2
    row = (width * bits * (1 if planar else page.get(SAMPLES, 1)) + 7) // 8
    for index, (offset, count) in enumerate(zip(*page.blocks(), strict=True)):
        block = memoryview(data)[int(offset) : int(offset + count)]
        if compression == NONE:
            if len(block) < row * page.rows_of(index):
                return "pixels are cut off"
        elif compression in DEFLATE:
            if not _inflates(block, row * page.rows_of(index), row * rows):
                return "compressed data (Deflate) is damaged"
        elif compression == JPEG and not look_jpeg(bytes(block)).is_whole:
            return "compressed data (JPEG) is cut off"
    return ""


def _inflates(block: memoryview, least: int, most: int) -> bool:
    """Whether a strip has its bytes, and the check sum is theirs; a last strip may be as long as the others."""
    inflate = zlib.decompressobj()
    try:
        length = len(inflate.decompress(block, most + 1))
    except zlib.error:
        return False
    return inflate.eof and length >= least


def _is_black(data: bytes, compression: str) -> bool:
    """Decode by Pillow, which does not go on after an error; whether all is black."""
    plugin = require(
        "PIL.TiffImagePlugin", "compressed TIFF files are checked by", package="pillow"
    )
    try:
        # not Image.open, which warns of sizes that a caller may have allowed
        image = plugin.TiffImageFile(io.BytesIO(data))
        image.load()
        return not np.asarray(image.convert("RGB")).any()
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, MemoryError) as error:
        raise TiffError(
            f"received one whose compressed data ({compression}) is damaged or cannot be checked ({error}); copy "
            "or export it again, for example as PNG"
        ) from error
