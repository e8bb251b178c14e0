"""Formats that ISO's boxes hold: AVIF, and JPEG 2000, which also stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import unpack_from

from fastdefect.io.formats.header import Header, bits_name

JPEG_2000 = b"\xff\x4f\xff\x51"  # the marks of a code stream's start and of its sizes
_SIZES = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL)
_TILE_PART, _END = 0xFF90, 0xFFD9
_TILE_BYTES = 14  # a tile has a header of 12 bytes and a mark of 2


def look_avif(data: bytes) -> Header:
    """The largest of the sizes of the items, and the frames of a sequence."""
    width = height = 0
    frames, whole = 1, True
    for kind, start, end in _boxes(data):
        whole = end <= len(data)
        if kind == b"meta":
            for sides in _SIZES.findall(data, start, min(end, len(data))):
                wide, high = unpack_from(">II", sides)
                if wide * high > width * height:
                    width, height = wide, high
        elif kind == b"moov":
            table = data.find(b"stsz", start, end)
            if table >= 0:
                frames = unpack_from(">I", data, table + 12)[0]
    return Header("AVIF", width, height, whole, frames=max(frames, 1))


def look_jpeg2000(data: bytes) -> Header:
    """The sizes of the code stream, and its tile parts to the end mark."""
    at = data.find(JPEG_2000)
    if at < 0:
        return Header("JPEG 2000", 0, 0, is_whole=False)
    right, bottom, left, top, tile_width, tile_height = unpack_from(">6I", data, at + 8)
    bits = (data[at + 42] & 0x7F) + 1
    width, height = right - left, bottom - top
    tiles = -(-right // max(tile_width, 1)) * -(-bottom // max(tile_height, 1))
    whole = _reaches_end(data, at + 2) and tiles * _TILE_BYTES <= len(data)
    return Header("JPEG 2000", width, height, whole, samples=bits_name(bits))


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box at the top."""
    at = 0
    while at + 8 <= len(data):
        size, kind = unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            size, start = unpack_from(">Q", data, at + 8)[0], at + 16
        end = len(data) if size == 0 else at + size
        if end < start:
            return
        yield kind, start, end
        at = end


def _reaches_end(data: bytes, at: int) -> bool:
    """Follow the marks of the main header, then the lengths of the tile parts."""
    while True:
        mark, length = unpack_from(">HH", data, at)
        if mark == _END:
            return True
        if mark == _TILE_PART:
            part = unpack_from(">I", data, at + 6)[0]
            if part == 0:  # the last one, up to the end mark
                return data.find(b"\xff\xd9", at) >= 0
            at += max(part, _TILE_BYTES)
            if data[at : at + 2] == b"\xff\xd9":
                return True
        else:
            at += 2 + length
