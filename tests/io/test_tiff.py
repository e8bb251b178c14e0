"""TIFF files: every compression, page and layout is read as it should be or refused with its name; never a black picture."""

from __future__ import annotations

import contextlib
import io as streams
import struct
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from image_samples import encoded, photo, tiff_tags
from PIL import Image

import fastdefect
from fastdefect import io
from fastdefect.io import tiff
from fastdefect.io.tiff_extra import EXTRA
from fastdefect.optional import install_line

tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed")

PHOTO = photo()
RGB = np.ascontiguousarray(PHOTO[:, :, ::-1])
GREY = np.ascontiguousarray(PHOTO[:, :, 0])
_EXTRA_NEEDED = "imagecodecs is not installed (extra tiff)"


def made(image: np.ndarray = RGB, **options: Any) -> bytes:
    """What tifffile writes."""
    file = streams.BytesIO()
    options.setdefault("photometric", "rgb" if image.ndim == 3 else "minisblack")
    tifffile.imwrite(file, image, metadata=None, **options)
    return file.getvalue()


def by_pillow(image: np.ndarray, compression: str, mode: str | None = None) -> bytes:
    file = streams.BytesIO()
    picture = Image.fromarray(image)
    (picture.convert(mode) if mode else picture).save(file, "TIFF", compression=compression)
    return file.getvalue()


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "photo.tif"


def refused(path: Path, *words: str, **options: int) -> None:
    refused_by(path, "received", *words, **options)


def refused_by(path: Path, *words: str, **options: int) -> None:
    with pytest.raises(fastdefect.ImageReadError) as caught:
        io.read_image(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    for word in (path.name, "expected", ";", *words):
        assert word in message


OPENCV_READS = {
    "plain": made(),
    "grey": made(GREY),
    "white is zero": made(GREY, photometric="miniswhite"),
    "big-endian": made(byteorder=">"),
    "BigTIFF": made(bigtiff=True),
    "BigTIFF, big-endian": made(bigtiff=True, byteorder=">"),
    "strips": made(rowsperstrip=7),
    "tiles": made(tile=(32, 32)),
    "planes": made(np.moveaxis(RGB, -1, 0), planarconfig="separate", photometric="rgb"),
    "alpha": made(np.dstack([RGB, GREY]), extrasamples=["unassalpha"]),
    "Deflate": made(compression="zlib"),
    "Deflate in strips with a predictor": made(compression="zlib", rowsperstrip=5, predictor=2),
    "LZW": encoded(".tif", PHOTO),
    "PackBits": by_pillow(RGB, "packbits"),
    "JPEG": by_pillow(RGB, "jpeg"),
    "palette": by_pillow(RGB, "raw", "P"),
    "bilevel": by_pillow(GREY, "raw", "1"),
    "CCITT 3": by_pillow(GREY, "group3", "1"),
    "CCITT 4": by_pillow(GREY, "group4", "1"),
    "CMYK": by_pillow(RGB, "raw", "CMYK"),
}


@pytest.mark.parametrize("name", OPENCV_READS)
def test_what_opencv_reads_is_read_as_it_reads_it(path: Path, name: str) -> None:
    path.write_bytes(OPENCV_READS[name])
    image = io.read_image(path)
    np.testing.assert_array_equal(image, cv2.imread(str(path)))
    assert image.std() > 5


COMPRESSIONS = {  # as tifffile calls them
    "zstd": RGB, "lzma": RGB, "lerc": GREY, "webp": RGB, "jpeg2000": RGB, "jpegxl": RGB, "png": RGB,
}  # fmt: skip


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("layout", [{}, {"tile": (32, 32)}], ids=["strip", "tiles"])
def test_compressions_of_the_extra(path: Path, name: str, layout: dict[str, Any]) -> None:
    pytest.importorskip("imagecodecs", reason=_EXTRA_NEEDED)
    image = COMPRESSIONS[name]
    lossless = (
        {} if name in {"zstd", "lzma", "lerc", "png"} else {"compressionargs": {"level": 100}}
    )
    lossless = {"compressionargs": {"lossless": True}} if name == "webp" else lossless
    path.write_bytes(made(image, compression=name, **layout, **lossless))
    expected = np.repeat(image[:, :, None], 3, 2) if image.ndim == 2 else PHOTO
    found = io.read_image(path)
    assert found.flags.c_contiguous
    assert found.flags.writeable
    assert np.abs(found.astype(int) - expected).max() <= (
        3 if name in {"jpegxl", "jpeg2000"} else 0
    )


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_damage_to_compressions_of_the_extra(path: Path, name: str) -> None:
    pytest.importorskip("imagecodecs", reason=_EXTRA_NEEDED)
    data = bytearray(made(COMPRESSIONS[name], compression=name))
    with tifffile.TiffFile(streams.BytesIO(data)) as file:
        (start,), (count,) = file.pages[0].dataoffsets, file.pages[0].databytecounts
    data[start : start + count] = bytes(count)
    path.write_bytes(data)
    refused(path, "damaged", "again") if name not in {"zstd", "lzma"} else refused(path, "again")


@pytest.mark.parametrize("name", ["webp", "jpeg2000", "jpegxl", "png", "lerc"])
def test_a_block_of_another_size_than_its_directory_says(path: Path, name: str) -> None:
    """The decoder would take memory for what the block declares."""
    pytest.importorskip("imagecodecs", reason=_EXTRA_NEEDED)
    data = made(COMPRESSIONS[name], compression=name)
    path.write_bytes(tiff_tags(data, {257: 20, 278: 20}))
    refused(path, "of another size than its header says")


@pytest.mark.parametrize(
    "entry", [(320 + 32000, 3, 768), (320, 2, 768), (320, 3, 765), (320, 3, 0)], ids=str
)
def test_numbers_of_colours_without_the_colours_are_no_grey_levels(
    path: Path, entry: tuple[int, int, int]
) -> None:
    data = OPENCV_READS["palette"]
    there = struct.pack("<HHI", 320, 3, 768)
    assert data.count(there) == 1
    path.write_bytes(data.replace(there, struct.pack("<HHI", *entry)))
    refused(path, "damaged", "again")


@pytest.mark.parametrize("compression", sorted(EXTRA))
def test_without_the_extra_compression_and_extra_are_named(
    path: Path, compression: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    path.write_bytes(tiff_tags(made(), {259: compression}))
    refused_by(path, EXTRA[compression][0], install_line("tiff", "imagecodecs"))


@pytest.mark.parametrize("compression", [0, 6, 9, 32766, 34677, 50003, 65535])
def test_other_compressions_are_named_and_never_black(path: Path, compression: int) -> None:
    path.write_bytes(tiff_tags(made(), {259: compression}))
    refused(path, f"compression {compression}", "PNG")


BITS = {
    "float16": (made(GREY.astype(np.float16)), "16-bit floats"),
    "float32": (made(RGB.astype(np.float32)), "32-bit floats"),
    "float64": (made(GREY.astype(np.float64)), "64-bit floats"),
    "uint16": (made(GREY.astype(np.uint16)), "16-bit integers"),
    "uint32": (made(GREY.astype(np.uint32)), "32-bit integers"),
    "int8": (made((GREY // 2).astype(np.int8)), "8-bit integers with a sign"),
    "int16": (made(GREY.astype(np.int16)), "16-bit integers with a sign"),
    "complex": (made(GREY.astype(np.complex64)), "complex"),
    "2 bits": (tiff_tags(made(GREY), {258: 2}), "2-bit integers"),
    "4 bits": (tiff_tags(made(GREY), {258: 4}), "4-bit integers"),
    "12 bits": (tiff_tags(made(GREY), {258: 12}), "12-bit integers"),
}


@pytest.mark.parametrize("name", BITS)
def test_other_samples_are_named_with_what_to_do(path: Path, name: str) -> None:
    data, words = BITS[name]
    path.write_bytes(data)
    refused(path, "expected 8 bits per channel", words, "scale it to 8 bits")


def test_more_channels_than_a_colour_has(path: Path) -> None:
    path.write_bytes(made(np.dstack([RGB, RGB]), photometric="rgb"))
    refused(path, "6 channels")


@pytest.mark.parametrize(
    "name", ["Deflate", "Deflate in strips with a predictor", "LZW", "PackBits"]
)
@pytest.mark.parametrize("damage", ["zeros", "noise", "one byte"])
def test_damaged_data_is_refused_and_not_filled_with_black(
    path: Path, name: str, damage: str
) -> None:
    """What OpenCV decodes of these has black rows, and no error."""
    data = bytearray(OPENCV_READS[name])
    with tifffile.TiffFile(streams.BytesIO(data)) as file:
        start, count = (
            values[len(values) // 2]
            for values in (file.pages[0].dataoffsets, file.pages[0].databytecounts)
        )
    if name == "PackBits" and damage != "zeros":
        return  # every byte has a meaning there, so damage is a picture too
    middle, end = start + count // 2, start + count
    if damage == "zeros":
        data[middle:end] = bytes(end - middle)
    elif damage == "noise":
        data[middle:end] = np.random.default_rng(0).bytes(end - middle)
    else:
        data[middle] ^= 0x55
    path.write_bytes(data)
    if (
        name == "LZW" and damage == "one byte"
    ):  # another valid code, perhaps: then it is a picture, and a whole one
        with contextlib.suppress(fastdefect.ImageReadError):
            assert io.read_image(path).any(axis=2).mean() > 0.99
        return
    refused(path, "damaged", "again")


def test_strips_that_are_missing_cut_or_outside(path: Path) -> None:
    whole = made(rowsperstrip=61)
    for tags in ({279: 0}, {279: 100}, {273: 10**6}, {273: 2**32 - 1, 279: 2**32 - 1}):
        path.write_bytes(tiff_tags(whole, tags))
        refused(path, "whole" if 100 not in tags.values() else "cut off", "again")


def test_a_decoder_that_gives_black_is_found_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An OpenCV built without a compression."""
    monkeypatch.setattr(cv2, "imdecode", lambda *_: np.zeros(PHOTO.shape, np.uint8))
    for name in ("LZW", "Deflate"):
        path.write_bytes(OPENCV_READS[name])
        refused(path, name, "lacks the compression", "PNG")
    black = encoded(".tif", PHOTO * 0)
    path.write_bytes(black)
    assert not io.read_image(path).any()


def test_black_pictures_are_pictures(path: Path) -> None:
    path.write_bytes(encoded(".tif", PHOTO * 0))
    assert not io.read_image(path).any()


def test_the_tables_of_compressions_do_not_overlap() -> None:
    assert not set(tiff.OPENCV) & set(EXTRA)
