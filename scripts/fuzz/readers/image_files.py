"""Image files of every format that is read, in the variants that programs write; TIFF has a module of its own."""

from __future__ import annotations

import struct
import sys

import cv2
import numpy as np
from PIL import Image, features
from reader import ROOT, Seed

sys.path.insert(0, str(ROOT / "tests"))
from image_samples import SAMPLES, encoded, photo

PHOTO = photo()
GREY = np.ascontiguousarray(PHOTO[:, :, 0])
_HEIGHT, _WIDTH = GREY.shape
_SMALL = GREY[:9, :16]


def seeds() -> dict[str, Seed]:
    """All of them by name."""
    good = {f"{name.replace(' ', '-')}.sample": Seed(each.data) for name, each in SAMPLES.items()}
    good |= {
        name: Seed(data) for name, data in {**_png(), **_jpeg(), **_plain(), **_boxes()}.items()
    }
    good["runs.ras"] = Seed(
        good["runs.ras"].data, good=None
    )  # OpenCV has no decoder for it, at present
    good["plain.bmp"] = Seed(encoded(".bmp", GREY), lies=("nothing", "deep", "large"))
    good |= {name: Seed(data, good=False) for name, data in _refused().items()}
    for name, sample in SAMPLES.items():
        for part, length in (
            ("half", len(sample.data) // 2),
            ("head", 20),
            ("short", len(sample.data) - 9),
        ):
            good[f"{part}.{name.replace(' ', '-')}"] = Seed(sample.data[:length], good=False)
    return good


def _modes(image: np.ndarray = PHOTO) -> dict[str, Image.Image]:
    rgb = Image.fromarray(image[:, :, ::-1])
    return {
        "palette": rgb.convert("P"),
        "palette-16": rgb.quantize(16),
        "bilevel": rgb.convert("1"),
        "grey-alpha": rgb.convert("LA"),
        "alpha": rgb.convert("RGBA"),
        "cmyk": rgb.convert("CMYK"),
    }


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    import io

    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _png() -> dict[str, bytes]:
    modes = _modes()
    return {
        f"{name}.png": _saved(modes[name], "PNG")
        for name in ("palette", "palette-16", "bilevel", "grey-alpha", "alpha")
    } | {
        "palette.gif": _saved(modes["palette"], "GIF"),
        "palette.bmp": _saved(modes["palette"], "BMP"),
        "bilevel.bmp": _saved(modes["bilevel"], "BMP"),
        "alpha.bmp": _saved(modes["alpha"], "BMP"),
        "alpha.webp": _saved(modes["alpha"], "WEBP"),
        "exif.webp": _saved(modes["palette"].convert("RGB"), "WEBP", exif=_exif()),
    }


def _exif() -> bytes:
    found = Image.Exif()
    found[0x0112] = 6  # turned by a quarter
    return found.tobytes()


def _jpeg() -> dict[str, bytes]:
    rgb = Image.fromarray(PHOTO[:, :, ::-1])
    return {
        "grey.jpg": encoded(".jpg", GREY),
        "progressive.jpg": _saved(rgb, "JPEG", progressive=True),
        "restarts.jpg": encoded(".jpg", PHOTO, cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
        "turned.jpg": _saved(rgb, "JPEG", exif=_exif()),
        "cmyk.jpg": _saved(_modes()["cmyk"], "JPEG"),
    }


def _plain() -> dict[str, bytes]:
    rows = cv2.flip(GREY, 0)
    padded = np.zeros((_HEIGHT, _WIDTH + 1), np.uint8)
    padded[:, :_WIDTH] = rows
    greys = bytes(value for level in range(256) for value in (level, level, level))
    size = 26 + len(greys) + padded.size
    os2 = b"BM" + struct.pack("<IHHIIHHHH", size, 0, 0, 26 + len(greys), 12, _WIDTH, _HEIGHT, 1, 8)
    # Windows' runs: a count and a level for each pixel, the end of the line, the end
    runs = (
        b"".join(b"".join(bytes((1, v)) for v in row) + b"\0\0" for row in rows.tolist()) + b"\0\1"
    )
    levels = bytes(value for level in range(256) for value in (level, level, level, 0))
    head = struct.pack("<IiiHHIIiiII", 40, _WIDTH, _HEIGHT, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + len(head) + len(levels)
    rle = b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start) + head + levels + runs
    # Sun's: a value of 128 stands for itself when followed by 0
    body = b"".join(
        bytes((v,)) if v != 128 else b"\x80\0" for v in padded[::-1].reshape(-1).tolist()
    )
    sun = struct.pack(">8I", 0x59A66A95, _WIDTH, _HEIGHT, 8, len(body), 2, 0, 0)
    plain = struct.pack(">8I", 0x59A66A95, _WIDTH, _HEIGHT, 8, padded.size, 1, 0, 0)
    return {
        "os2.bmp": os2 + greys + padded.tobytes(),
        "runs.bmp": rle,
        "runs.ras": sun + body,
        "grey.ras": plain + padded.tobytes(),
        "digits.pgm": encoded(".pgm", _SMALL, cv2.IMWRITE_PXM_BINARY, 0),
        "digits.pbm": b"P1\n# a comment\n4 2\n1 0 1 0\n0 1 0 1\n",
        "grey.pam": encoded(".pam", GREY),
    }


def _boxes() -> dict[str, bytes]:
    jp2 = encoded(".jp2", PHOTO)
    box = jp2.index(b"jp2c") - 4
    whole = len(jp2) - box
    found = {
        "to-the-end.jp2": jp2[:box] + struct.pack(">I", 0) + jp2[box + 4 :],
        "long-size.jp2": jp2[:box] + struct.pack(">I4sQ", 1, b"jp2c", whole + 8) + jp2[box + 8 :],
        "stream.j2k": jp2[box + 8 :],
    }
    if features.check("jpg_2000"):
        rgb = Image.fromarray(PHOTO[:, :, ::-1])
        found["tiles.jp2"] = _saved(rgb, "JPEG2000", tile_size=(32, 32), irreversible=False)
    avif = SAMPLES["avif"].data
    at = avif.index(b"mdat") - 4
    found["to-the-end.avif"] = avif[:at] + struct.pack(">I", 0) + avif[at + 4 :]
    length = len(avif) - at
    free = struct.pack(">I4sQ", 1, b"free", 20) + b"more"
    found["long-size.avif"] = avif + free if length > 0 else avif
    return found


def _refused() -> dict[str, bytes]:
    """Several pictures, or samples of more than 8 bits."""
    rgb = Image.fromarray(PHOTO[:20, :20, ::-1])
    other = Image.fromarray(255 - PHOTO[:20, :20])
    several = {"save_all": True, "append_images": [other, rgb]}
    deep = GREY.astype(np.uint16) * 257
    ppm = encoded(".ppm", PHOTO)
    floats = GREY.astype(np.float32)
    head = struct.pack(">I4s4s4s4sI4sI", 0, b"moov", b"trak", b"mdia", b"stsz", 0, bytes(4), 7)
    return {
        "several.png": _saved(rgb, "PNG", **several),
        "several.gif": _saved(rgb, "GIF", **several),
        "several.webp": _saved(rgb, "WEBP", **several),
        "several.ppm": ppm + ppm,
        "sequence.avif": SAMPLES["avif"].data + head,
        "deep.png": encoded(".png", deep),
        "deep.pgm": encoded(".pgm", deep),
        "deep.pam": encoded(".pam", deep),
        "deep.jp2": encoded(".jp2", deep),
        "floats.pfm": encoded(".pfm", floats),
        "floats.hdr": encoded(".hdr", PHOTO.astype(np.float32)),
        "floats.exr": b"\x76\x2f\x31\x01" + bytes(200),
        "text.png": b"no image at all",
        "empty.png": b"",
    }
