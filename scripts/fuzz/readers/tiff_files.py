"""TIFF files: every layout, compression and kind of pages; those of the extra where its packages are installed."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import tifffile
from image_samples import encoded, tiff_tags
from PIL import Image
from reader import Seed

from readers.image_files import GREY, PHOTO

try:
    import imagecodecs  # noqa: F401
except ModuleNotFoundError:
    EXTRAS = False
else:
    EXTRAS = True

RGB = np.ascontiguousarray(PHOTO[:, :, ::-1])
_COMPRESSED = ("nothing", "black")


def seeds() -> dict[str, Seed]:
    """All of them by name."""
    found = {f"{name}.tif": Seed(data) for name, data in _layouts().items()}
    found |= {f"{name}.tif": Seed(data, lies=_COMPRESSED) for name, data in _compressed().items()}
    found |= {f"{name}.tif": Seed(data, good=False) for name, data in _refused().items()}
    if EXTRAS:
        found |= {f"{name}.tif": Seed(data) for name, data in _extras().items()}
        refused = _refused_extras().items()
        found |= {f"{name}.tif": Seed(data, good=False) for name, data in refused}
    return found


def made(image: np.ndarray = RGB, **options: Any) -> bytes:
    """What tifffile writes."""
    return pages((image, options))


def pages(*each: tuple[np.ndarray, dict[str, Any]]) -> bytes:
    """A file of several pages."""
    file = io.BytesIO()
    with tifffile.TiffWriter(
        file, bigtiff=each[0][1].pop("bigtiff", False), byteorder=each[0][1].pop("byteorder", "<")
    ) as writer:
        for image, options in each:
            options.setdefault("photometric", "rgb" if image.ndim == 3 else "minisblack")
            writer.write(image, metadata=None, **options)
    return file.getvalue()


def by_pillow(image: np.ndarray, compression: str, mode: str | None = None) -> bytes:
    """What Pillow writes."""
    file = io.BytesIO()
    picture = Image.fromarray(image)
    (picture.convert(mode) if mode else picture).save(file, "TIFF", compression=compression)
    return file.getvalue()


def _layouts() -> dict[str, bytes]:
    return {
        "plain": made(),
        "grey": made(GREY),
        "white-is-zero": made(GREY, photometric="miniswhite"),
        "big-endian": made(byteorder=">"),
        "bigtiff": made(bigtiff=True),
        "bigtiff-big-endian": made(bigtiff=True, byteorder=">"),
        "strips": made(rowsperstrip=7),
        "tiles": made(tile=(32, 32)),
        "planes": made(np.moveaxis(RGB, -1, 0), planarconfig="separate", photometric="rgb"),
        "alpha": made(np.dstack([RGB, GREY]), extrasamples=["unassalpha"]),
        "palette": by_pillow(RGB, "raw", "P"),
        "bilevel": by_pillow(GREY, "raw", "1"),
        "cmyk": by_pillow(RGB, "raw", "CMYK"),
        "all-rows": tiff_tags(made(rowsperstrip=61), {278: 2**32 - 1}),
        "reduced": pages((RGB, {}), (GREY[::2, ::2], {"subfiletype": 1})),
        "reduced-first": pages((GREY[::2, ::2], {"subfiletype": 1}), (RGB, {})),
        "old-reduced": _old_reduced(),
    }


def _old_reduced() -> bytes:
    """A second page marked in the way of TIFF 5."""
    data = bytearray(pages((RGB, {}), (GREY[::2, ::2], {"subfiletype": 1})))
    at = data.rindex(struct.pack("<HHII", 254, 4, 1, 1))
    data[at : at + 12] = struct.pack("<HHIHH", 255, 3, 1, 2, 0)
    return bytes(data)


def _compressed() -> dict[str, bytes]:
    return {
        "deflate": made(compression="zlib"),
        "deflate-strips": made(compression="zlib", rowsperstrip=5, predictor=2),
        "lzw": encoded(".tif", PHOTO),
        "lzw-black": encoded(".tif", PHOTO * 0),
        "packbits": by_pillow(RGB, "packbits"),
        "packbits-big": made(GREY, compression="packbits", byteorder=">"),
        "jpeg": by_pillow(RGB, "jpeg"),
        "ccitt-3": by_pillow(GREY, "group3", "1"),
        "ccitt-4": by_pillow(GREY, "group4", "1"),
    }


def _refused() -> dict[str, bytes]:
    return {
        "several": pages((RGB, {}), (255 - RGB, {}), (RGB // 2, {})),
        "several-bigtiff": pages((GREY, {"bigtiff": True}), (255 - GREY, {})),
        "only-reduced": pages((GREY[::2, ::2], {"subfiletype": 1})),
        "six-channels": made(np.dstack([RGB, RGB]), photometric="rgb"),
        "float32": made(GREY.astype(np.float32)),
        "uint16": made(GREY.astype(np.uint16)),
        "int8": made((GREY // 2).astype(np.int8)),
        "complex": made(GREY.astype(np.complex64)),
        "twelve-bits": tiff_tags(made(GREY), {258: 12}),
        "unknown-compression": tiff_tags(made(), {259: 32766}),
        "cut": tiff_tags(made(rowsperstrip=61), {279: 100}),
        "no-bytes": tiff_tags(made(rowsperstrip=61), {279: 0}),
        "no-rows": tiff_tags(made(tile=(32, 32)), {323: 0}),
        "cut-jpeg": tiff_tags(by_pillow(RGB, "jpeg"), {279: 300}),
        "cut-deflate": tiff_tags(made(compression="zlib", rowsperstrip=61), {279: 300}),
        "ring": _ring(),
        "outside": made()[:-40],
    }


def _ring() -> bytes:
    """The second directory is followed by the first."""
    data = bytearray(pages((RGB, {}), (RGB, {})))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, first + 2 + 12 * count)[0]
    count = struct.unpack_from("<H", data, second)[0]
    struct.pack_into("<I", data, second + 2 + 12 * count, first)
    return bytes(data)


_LOSSY = {"webp": 100, "jpeg2000": 90, "jpegxl": 90}


def _extras() -> dict[str, bytes]:
    found = {}
    for name in ("zstd", "lzma", "webp", "jpeg2000", "jpegxl", "png"):
        found[name] = made(compression=name)
        found[f"{name}-tiles"] = made(compression=name, tile=(32, 32))
    tall = np.ascontiguousarray(RGB[:, :40])
    found["jpegxl-large"] = made(np.tile(GREY, (5, 5)), compression="jpegxl")
    found["jpegxl-square"] = made(GREY[:40, :40], compression="jpegxl")
    found["jpegxl-tall"] = made(tall, compression="jpegxl")
    return found | {
        "lerc": made(GREY, compression="lerc"),
        "zstd-white-is-zero": made(GREY, compression="zstd", photometric="miniswhite"),
        "zstd-planes": made(
            np.moveaxis(RGB, -1, 0), compression="zstd", planarconfig="separate", photometric="rgb"
        ),
        "zstd-grey-alpha": made(
            np.dstack([GREY, GREY]), compression="zstd", photometric="minisblack", planarconfig="contig",
            extrasamples=["unassalpha"],
        ),
        "zstd-alpha": made(np.dstack([RGB, GREY]), compression="zstd", extrasamples=["unassalpha"]),
    }  # fmt: skip


def _refused_extras() -> dict[str, bytes]:
    webp = made(compression="webp")
    colours = np.zeros((3, 256), np.uint16)
    return {
        "webp-of-another-size": tiff_tags(webp, {257: 20, 278: 20}),
        "zstd-palette": made(GREY, compression="zstd", photometric="palette", colormap=colours),
        "zstd-damaged": tiff_tags(made(compression="zstd", rowsperstrip=61), {279: 30}),
        "zstd-volume": made(
            np.stack([GREY[:32, :32]] * 16),
            compression="zstd",
            tile=(16, 16, 16),
            volumetric=True,
            photometric="minisblack",
        ),
    }
