"""What the first bytes of an image file promise: its size, and whether the file is all there.

OpenCV decodes before it can be asked for the size, and OpenCV 4 fills the missing part of a
truncated JPEG with grey without a word. (It refuses truncated PNG, TIFF, BMP, WebP, PNM and
JPEG 2000 files itself: 4.10 and 5.0 were tried at four cuts each.) So these few fields are read
here; what is not recognised is left to OpenCV.
"""

from __future__ import annotations

import re
import struct
from struct import unpack_from

# In the entropy-coded data of a JPEG every FF is followed by 00 (stuffing) or D0 ... D7 (restart).
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_END = 0xD9
_PNM = re.compile(rb"P[1-6]\s(?:\s*#[^\n]*\n)*\s*(\d+)\s(?:\s*#[^\n]*\n)*\s*(\d+)\s")
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Deflate cannot shrink anything by more than this factor (one bit pair for each run of 258 bytes).
_DEFLATE_LIMIT = 1032


def declared_size(data: bytes) -> tuple[int, int] | None:
    """Read the size that a file's header declares.

    Parameters
    ----------
    data : bytes
        The file, or its beginning; PNG, JPEG, BMP, GIF, WebP, TIFF and PNM are recognised.

    Returns
    -------
    (int, int) or None
        (width, height) in pixels, of the first picture in the file; None where the header says
        nothing.
    """
    try:
        return _size(data)
    except struct.error:
        return None


def is_complete(data: bytes) -> bool:
    """Say whether a JPEG or PNG file goes to its end mark.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool
        False for a JPEG without its end-of-image mark after the last scan, and for a PNG whose
        compressed data cannot hold the pixels that its header declares. True for everything else,
        other formats included; bytes after the end do not matter. Linear in the size of the file.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return _walk_jpeg(data)[1]
        if data.startswith(b"\x89PNG"):
            return _png_can_hold_its_pixels(data)
    except struct.error:
        return False
    return True


def _size(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _pair(unpack_from(">II", data, 16))
    if data.startswith(b"\xff\xd8"):
        return _walk_jpeg(data)[0]
    if data.startswith(b"BM"):
        if unpack_from("<I", data, 14)[0] == 12:  # the OS/2 header has 16-bit fields
            return _pair(unpack_from("<HH", data, 18))
        width, height = unpack_from("<ii", data, 18)
        return abs(width), abs(height)  # a negative height means rows from the top
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _pair(unpack_from("<HH", data, 6))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp_size(data)
    if data.startswith((b"II*\0", b"MM\0*")):
        return _tiff_size(data)
    found = _PNM.match(data[:4096])
    return None if found is None else (int(found[1]), int(found[2]))


def _pair(values: tuple[int, ...]) -> tuple[int, int]:
    return values[0], values[1]


def _walk_jpeg(data: bytes) -> tuple[tuple[int, int] | None, bool]:
    """Follow a JPEG's segments: size of its frame, and whether the end mark is reached."""
    size = None
    at = 2
    while True:
        found = _JPEG_MARKER.search(data, at)
        if found is None:
            return size, False
        marker = data[found.start() + 1]
        at = found.end()
        if marker == _JPEG_END:
            return size, True
        if at + 2 > len(data):
            return size, False
        if marker in _JPEG_FRAMES and size is None:
            height, width = unpack_from(">HH", data, at + 3)
            size = width, height
        # Segments are skipped by their length, so an end mark inside an embedded thumbnail does
        # not count. A scan has a short header of its own; the search then runs over its data.
        at += unpack_from(">H", data, at)[0]


def _png_can_hold_its_pixels(data: bytes) -> bool:
    width, height, bits, colour = unpack_from(">IIBB", data, 16)
    row = (width * _PNG_CHANNELS.get(colour, 1) * bits + 7) // 8 + 1
    return bool(row * height <= _DEFLATE_LIMIT * len(data))


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        low = unpack_from("<HBHB", data, 24)
        return (low[0] | low[1] << 16) + 1, (low[2] | low[3] << 16) + 1
    return None


def _tiff_size(data: bytes) -> tuple[int, int] | None:
    order = "<" if data.startswith(b"II") else ">"
    at = unpack_from(f"{order}I", data, 4)[0]
    sides: dict[int, int] = {}
    for entry in range(unpack_from(f"{order}H", data, at)[0]):
        tag, kind = unpack_from(f"{order}HH", data, at + 2 + 12 * entry)
        if tag in (256, 257):  # ImageWidth, ImageLength; SHORT or LONG
            form = "H" if kind == 3 else "I"
            sides[tag] = unpack_from(order + form, data, at + 10 + 12 * entry)[0]
    return (sides[256], sides[257]) if len(sides) == 2 else None
