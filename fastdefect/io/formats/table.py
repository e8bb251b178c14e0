"""The table: a format is read by being listed here with its first bytes, its endings and its look.

What is not listed is refused before OpenCV sees it, so every decoder that OpenCV has stands behind a look.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from fastdefect.io.formats.animated import look_gif, look_webp
from fastdefect.io.formats.boxes import JPEG_2000, look_avif, look_jpeg2000
from fastdefect.io.formats.header import Header
from fastdefect.io.formats.jpeg import look_jpeg
from fastdefect.io.formats.plain import (
    look_bmp,
    look_floats,
    look_pam,
    look_pnm,
    look_sun,
)
from fastdefect.io.formats.png import look_png
from fastdefect.io.formats.tiff import look_tiff


@dataclass(frozen=True)
class Format:
    """A format that is recognised: its name, the pattern of its first bytes, endings of its files, its look."""

    name: str
    start: re.Pattern[bytes]
    endings: tuple[str, ...]
    look: Callable[[bytes], Header]


def _format(name: str, start: bytes, endings: str, look: Callable[[bytes], Header]) -> Format:
    return Format(name, re.compile(start, re.DOTALL), tuple(endings.split()), look)


# AVIF first: its mark stands behind four bytes that may be anything.
FORMATS = (
    _format("AVIF", rb"....ftyp(avi[fs]|mif1|msf1|miaf)", ".avif", look_avif),
    _format("PNG", rb"\x89PNG\r\n\x1a\n", ".png", look_png),
    _format("JPEG", rb"\xff\xd8", ".jpe .jpeg .jpg", look_jpeg),
    _format("BMP", rb"BM", ".bmp .dib", look_bmp),
    _format("GIF", rb"GIF8[79]a", ".gif", look_gif),
    _format("WebP", rb"RIFF....WEBP", ".webp", look_webp),
    _format("TIFF", rb"II[*+]\0|MM\0[*+]", ".tif .tiff", look_tiff),
    _format("PNM", rb"P[1-6]\s", ".pbm .pgm .pnm .ppm", look_pnm),
    _format("PAM", rb"P7\s", ".pam", look_pam),
    _format("Sun raster", rb"\x59\xa6\x6a\x95", ".ras .sr", look_sun),
    _format("JPEG 2000", rb"\0\0\0\x0cjP  |" + re.escape(JPEG_2000), ".j2k .jp2", look_jpeg2000),
    _format("floats", rb"P[Ff]\s|#\?R|\x76\x2f\x31\x01", "", look_floats),
)


def look(data: bytes, page: int = 1) -> Header | None:
    """Read what a file says of itself.

    Parameters
    ----------
    data : bytes
        The whole file.
    page : int
        Of the pages of a TIFF that count, from 1.

    Returns
    -------
    Header or None
        None for a format that is not in the table. A header that breaks off is one of no size that is not whole.
    """
    for each in FORMATS:
        if each.start.match(data):
            try:
                return look_tiff(data, page) if each.look is look_tiff else each.look(data)
            except (struct.error, IndexError, ValueError, OverflowError):
                return Header(each.name, 0, 0, is_whole=False)
    return None
