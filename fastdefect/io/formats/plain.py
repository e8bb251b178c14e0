"""Formats whose pixels stand in the file as they are, or in runs: BMP, Sun raster, PNM, PAM; and those of floats."""

from __future__ import annotations

import re
from struct import unpack_from

from fastdefect.io.formats.header import Header, bits_name

_PIXELS_PER_BYTE_OF_RUNS = 128  # a run of 255 takes two bytes, one of 256 three
_BLANK = rb"(?:\s|#[^\n]*\n)+"
_PNM = re.compile(
    rb"P([1-6])" + _BLANK + rb"(\d{1,9})" + _BLANK + rb"(\d{1,9})(?:" + _BLANK + rb"(\d{1,9}))?\s"
)
_PAM_LINE = re.compile(rb"(?m)^(WIDTH|HEIGHT|DEPTH|MAXVAL)\s+(\d{1,9})\s*$")


def look_bmp(data: bytes) -> Header:
    """Windows' and OS/2's headers."""
    if unpack_from("<I", data, 14)[0] == 12:  # the OS/2 header has 16-bit fields
        width, height, _planes, bits = unpack_from("<HHHH", data, 18)
        packing = 0
    else:
        width, height, _planes, bits, packing = unpack_from("<iiHHI", data, 18)
        width, height = abs(width), abs(height)  # a negative height means rows from the top
    if packing in (1, 2):
        return Header("BMP", width, height, True, _PIXELS_PER_BYTE_OF_RUNS)
    stride = (width * bits + 31) // 32 * 4
    return Header("BMP", width, height, stride * height <= len(data), 8)


def look_sun(data: bytes) -> Header:
    """Sun's raster files, plain or in runs."""
    width, height, bits, _length, kind, _map, colours = unpack_from(">7I", data, 4)
    if kind == 2:
        return Header("Sun raster", width, height, colours <= len(data), _PIXELS_PER_BYTE_OF_RUNS)
    row = (width * bits + 15) // 16 * 2
    whole = 32 + colours + row * height <= len(data)
    return Header("Sun raster", width, height, whole, 8)


def look_pnm(data: bytes) -> Header:
    """PBM, PGM and PPM, as numbers or as bytes; several may follow each other in a file."""
    found = _PNM.match(data[:4096])
    if found is None:
        return Header("PNM", 0, 0, is_whole=False)
    kind, width, height = int(found[1]), int(found[2]), int(found[3])
    bitmap = kind in (1, 4)
    most = 1 if bitmap else int(found[4] or 0)
    channels = 3 if kind in (3, 6) else 1
    bits = 1 if bitmap else 8 if most < 256 else 16
    start = found.end(3) + 1 if bitmap else found.end()
    if kind < 4:  # a digit at least for each sample
        return Header(
            "PNM", width, height, width * height * channels <= len(data), 1, 1, bits_name(bits)
        )
    size = (width * channels * bits + 7) // 8 * height
    more = _PNM.match(data[start + size : start + size + 4096].lstrip())
    return Header(
        "PNM", width, height, start + size <= len(data), 8, 1 + bool(more), bits_name(bits)
    )


def look_pam(data: bytes) -> Header:
    """PNM's newer form with named fields."""
    head, mark, _pixels = data[:4096].partition(b"ENDHDR\n")
    fields = {name: int(value) for name, value in _PAM_LINE.findall(head)}
    width, height = fields.get(b"WIDTH", 0), fields.get(b"HEIGHT", 0)
    deep = fields.get(b"MAXVAL", 255) > 255
    size = width * height * fields.get(b"DEPTH", 1) * (1 + deep)
    whole = bool(mark) and size <= len(data) - len(head) - len(mark)
    return Header("PAM", width, height, whole, 8, samples=bits_name(16 if deep else 8))


def look_floats(data: bytes) -> Header:
    """PFM, Radiance HDR and OpenEXR hold floats, which nothing here decodes."""
    known = {b"P": "PFM", b"#": "Radiance HDR", b"\x76": "OpenEXR"}
    return Header(known[data[:1]], 1, 1, samples="floats")
