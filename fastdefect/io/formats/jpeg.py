"""JPEG: its segments from the start mark to the end mark.

OpenCV fills the missing part of a truncated JPEG with grey without a word.
"""

from __future__ import annotations

import re
from struct import unpack_from

from fastdefect.io.formats.header import Header, bits_name

# In the entropy-coded data every FF is followed by 00 (stuffing) or D0 ... D7 (restart).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ARITHMETIC = frozenset(range(0xC9, 0xD0))
_END = 0xD9
# A block of 64 pixels takes a bit at least, except where bits are coded by arithmetic.
_PIXELS_PER_BYTE = 64 * 8


def look_jpeg(data: bytes) -> Header:
    """Follow the segments; an end mark inside an embedded thumbnail does not count."""
    size, bits, densest, at = (0, 0), 8, None, 2
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            return _header(size, bits, densest, whole=False)
        marker = data[found.start() + 1]
        at = found.end()
        if marker == _END:
            return _header(size, bits, densest, whole=True)
        if at + 2 > len(data):
            return _header(size, bits, densest, whole=False)
        if marker in _FRAMES and size == (0, 0):
            bits, height, width = unpack_from(">BHH", data, at + 2)
            size = width, height
            densest = None if marker in _ARITHMETIC else _PIXELS_PER_BYTE
        # Segments are skipped by their length. A scan has a short header of its own; the search then runs over its data.
        at += unpack_from(">H", data, at)[0]


def _header(size: tuple[int, int], bits: int, densest: float | None, *, whole: bool) -> Header:
    return Header("JPEG", *size, whole, densest, samples=bits_name(bits))
