"""GIF and WebP: formats of one picture or of many."""

from __future__ import annotations

from struct import unpack_from

from fastdefect.io.formats.header import Header

# 4,096 codes of the longest strings that LZW makes stand for 7.4 million pixels in 5.7 kB.
_GIF_PIXELS_PER_BYTE = 1400
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B


def look_gif(data: bytes) -> Header:
    """Count the images between the screen's size and the trailer."""
    width, height, flags = unpack_from("<HHB", data, 6)
    at = 13 + _palette(flags)
    frames, largest, whole = 0, 0, False
    while at < len(data):
        kind = data[at]
        if kind == _TRAILER:
            whole = frames > 0
            break
        if kind == _IMAGE:
            frame_width, frame_height, flags = unpack_from("<HHB", data, at + 5)
            largest = max(largest, frame_width * frame_height)
            frames += 1
            at = _after_blocks(data, at + 11 + _palette(flags))
        elif kind == _EXTENSION:
            at = _after_blocks(data, at + 2)
        else:
            break
    return Header(
        "GIF", width, height, whole, _GIF_PIXELS_PER_BYTE, max(frames, 1), scratch_pixels=largest
    )


def _palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:  # an IndexError is a block that the file lacks
        at += data[at] + 1
    return at + 1


def look_webp(data: bytes) -> Header:
    """Follow the chunks of the container."""
    end = 8 + unpack_from("<I", data, 4)[0]
    frames, sizes, at, whole = 0, [(0, 0)], 12, end <= len(data)
    while whole and at + 8 <= end:
        kind, length = unpack_from("<4sI", data, at)
        if at + 8 + length > end:
            whole = False
            break
        if kind == b"VP8 ":
            width, height = unpack_from("<HH", data, at + 14)
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        elif kind == b"VP8L":
            bits = unpack_from("<I", data, at + 9)[0]
            sizes.append(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        elif kind == b"VP8X":
            low = unpack_from("<HBHB", data, at + 12)
            sizes.append(((low[0] | low[1] << 16) + 1, (low[2] | low[3] << 16) + 1))
        elif kind == b"ANMF":
            frames += 1
        at += 8 + length + length % 2
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Header("WebP", width, height, whole and len(sizes) > 1, frames=max(frames, 1))
