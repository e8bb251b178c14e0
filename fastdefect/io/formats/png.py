"""PNG: its chunks from the signature to the end mark."""

from __future__ import annotations

from struct import unpack_from

from fastdefect.io.formats.header import Header, bits_name

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Deflate cannot shrink anything by more than this factor (one bit pair for each run of 258 bytes).
DEFLATE_LIMIT = 1032


def look_png(data: bytes) -> Header:
    """Follow the chunks: a decoder takes memory for a chunk's length before it finds the file shorter."""
    width, height, bits, colour = unpack_from(">IIBB", data, 16)
    frames, packed, at, kind = 1, 0, len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(data):
            break
        length, kind = unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            kind = b""
            break
        if kind == b"IDAT":
            packed += length
        elif kind == b"acTL":  # an animation
            frames = unpack_from(">I", data, at + 8)[0]
        at += 12 + length
    row = (width * _CHANNELS.get(colour, 1) * bits + 7) // 8 + 1
    whole = kind == b"IEND" and row * height <= DEFLATE_LIMIT * packed
    # one bit a pixel at least
    return Header("PNG", width, height, whole, 8 * DEFLATE_LIMIT, max(frames, 1), bits_name(bits))
