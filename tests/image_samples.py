"""A small file of every format that is read, and what turns it into a hostile one; a new format is tested by a line here."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 47, 61
# What an encoder made that not every OpenCV has: 15 x 9 pixels
_AVIF = base64.b85decode(
    "0000SW^{RQVRmU|00000VRmU|ZE0pPZE0a<0002#ZDn*}000000000XXk=`10000000000aA{+7000000000000000000004"
    "sdC7Z2$lO000310016oY;R)#0000)000310RR910RR924FCWDCjbBdC~0YKW&i*H00031000_kZf0cy000000RRADb}%tRZ)"
    "|UJ00000XlZbAZ~y=RNojCnZvX%Q6lrsCWdHyG000004*&oF2><{94sdCBX#fBK009U9000bOb}>VN02}}S000wXZ)|dIV{C"
    "W;0RRmE27mwn02gU+ZD9Za00000009621OWnr1ONa4FKuLDbP@mx2pA0d8ek!y)G`?q#$^Ht<p2OW+(R+zMO4|u4qJ*hr}N)"
    "9"
)


@dataclass(frozen=True)
class Sample:
    """A file: its bytes, its size, and the same file with another size declared."""

    data: bytes
    size: tuple[int, int]
    declaring: Callable[[bytes, int, int], bytes]
    most: int = 2**31 - 1  # the largest side that the format can declare


def photo() -> np.ndarray:
    """Smooth noise in colour."""
    rng = np.random.default_rng(5)
    return cv2.GaussianBlur(rng.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8), (9, 9), 0)


def encoded(ending: str, image: np.ndarray, *options: int) -> bytes:
    """What OpenCV writes."""
    good, data = cv2.imencode(ending, image, list(options))
    assert good
    return bytes(data)


def by_pillow(kind: str, image: np.ndarray, **options: object) -> bytes:
    """What Pillow writes."""
    file = io.BytesIO()
    Image.fromarray(image if image.ndim == 2 else image[:, :, ::-1]).save(file, kind, **options)
    return file.getvalue()


def at(
    place: int | bytes, form: str, *, height_first: bool = False, skip: int = 0
) -> Callable[[bytes, int, int], bytes]:
    """Write the size at an offset, or ``skip`` bytes behind the last place of some bytes."""

    def declaring(data: bytes, width: int, height: int) -> bytes:
        start = place if isinstance(place, int) else data.rindex(place) + len(place) + skip
        value = struct.pack(form, *((height, width) if height_first else (width, height)))
        return data[:start] + value + data[start + len(value) :]

    return declaring


def in_tiff(data: bytes, width: int, height: int) -> bytes:
    """Overwrite ImageWidth, ImageLength and RowsPerStrip, as LONGs."""
    return tiff_tags(data, {256: width, 257: height, 278: height})


def tiff_tags(data: bytes, values: dict[int, int]) -> bytes:
    """Overwrite tags of the first directory of a little-endian TIFF, as LONGs."""
    made = bytearray(data)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", data, entry)
        if tag in values:
            struct.pack_into("<HII", made, entry + 2, 4, 1, values[tag])
    return bytes(made)


def in_text(data: bytes, width: int, height: int) -> bytes:
    """Numbers as digits."""
    return data.replace(str(WIDTH).encode(), str(width).encode(), 1).replace(
        str(HEIGHT).encode(), str(height).encode(), 1
    )


def _samples() -> dict[str, Sample]:
    image = photo()
    grey = np.ascontiguousarray(image[:, :, 0])
    size = WIDTH, HEIGHT
    start_of_frame = at(b"\xff\xc0\0\x11\x08", ">HH", height_first=True)
    raw = np.zeros(
        (HEIGHT, WIDTH + 1, 3), np.uint8
    )  # rows of Sun's files have an even number of bytes
    raw[:, :WIDTH] = image
    sun = struct.pack(">8I", 0x59A66A95, WIDTH, HEIGHT, 24, 0, 1, 0, 0)
    rows = b"".join(row.tobytes()[: WIDTH * 3 + 1] for row in raw)
    return {
        "png": Sample(encoded(".png", image), size, at(16, ">II")),
        "png in rows of 8": Sample(encoded(".png", grey), size, at(16, ">II")),
        "jpg": Sample(encoded(".jpg", image), size, start_of_frame, 65_500),
        "bmp": Sample(encoded(".bmp", image), size, at(18, "<ii")),
        "gif": Sample(by_pillow("GIF", grey), size, at(6, "<HH"), 65_535),
        "webp": Sample(encoded(".webp", image, cv2.IMWRITE_WEBP_QUALITY, 80), size, at(b"VP8 ", "<HH", skip=10), 16_383),
        "lossless webp": Sample(
            encoded(".webp", image, cv2.IMWRITE_WEBP_QUALITY, 101), size, _in_vp8l, 16_384
        ),
        "tif": Sample(encoded(".tif", image), size, in_tiff),
        "deflated tif": Sample(by_pillow("TIFF", image, compression="tiff_adobe_deflate"), size, in_tiff),
        "plain tif": Sample(by_pillow("TIFF", image), size, in_tiff),
        "packed tif": Sample(by_pillow("TIFF", image, compression="packbits"), size, in_tiff),
        "jpeg tif": Sample(by_pillow("TIFF", image, compression="jpeg"), size, in_tiff),
        "ppm": Sample(encoded(".ppm", image), size, in_text, 999_999_999),
        "pgm": Sample(encoded(".pgm", grey), size, in_text, 999_999_999),
        "pbm": Sample(encoded(".pbm", grey), size, in_text, 999_999_999),
        "ppm of digits": Sample(
            encoded(".ppm", image, cv2.IMWRITE_PXM_BINARY, 0), size, in_text, 999_999_999
        ),
        "pam": Sample(encoded(".pam", image), size, in_text, 999_999_999),
        "ras": Sample(sun + rows, size, at(4, ">II")),
        "jp2": Sample(encoded(".jp2", image), size, at(b"\xff\x4f\xff\x51", ">II", skip=4)),
        "avif": Sample(_AVIF, (15, 9), at(b"ispe\0\0\0\0", ">II")),
    }  # fmt: skip


def _in_vp8l(data: bytes, width: int, height: int) -> bytes:
    place = data.index(b"VP8L") + 9
    (bits,) = struct.unpack_from("<I", data, place)
    bits = bits & 0xF000_0000 | width - 1 | height - 1 << 14
    return data[:place] + struct.pack("<I", bits) + data[place + 4 :]


SAMPLES = _samples()
