"""Images: what is read has the pixels that OpenCV's own decoder gives, and no row that is black because a decoder failed."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import tifffile
from PIL import Image, TiffImagePlugin
from reader import ROOT, Reader, Seed, WrongError

from fastdefect.errors import FastDefectError
from fastdefect.io import MAX_PIXELS, read_image, write_image
from readers import image_files, tiff_files

# Small enough for a lying decoder to exceed it, see `faults.LIES`.
_MOST = 85_000
_PAGES = (1, 2, 3, 70_000)


def make(_folder: Path) -> Reader:
    """The reader of images."""
    seeds: dict[str, Seed] = image_files.seeds() | tiff_files.seeds()
    listed = sorted((ROOT / "fastdefect" / "io" / "formats").glob("*.py"))
    names = ("images", "guarded", "tiff", "tiff_extra")
    sources = [f"io/{name}.py" for name in names] + [f"io/formats/{path.name}" for path in listed]
    return Reader(seeds, _read, _check, tuple(sources), calls=(_write, _write_refused, _pages))


def _read(_which: str, path: Path) -> Any:
    """The picture; of a file that is refused as one picture, the pages are read and compared besides."""
    try:
        return read_image(path, max_pixels=_MOST)
    except FastDefectError as error:
        if path.suffix == ".tif":
            _read_pages(path)
        if "max_pixels" in str(error):
            read_image(path)  # beyond what is allowed here: the other limits hold it
        raise


def _read_pages(path: Path) -> None:
    for page in _PAGES:
        with contextlib.suppress(FastDefectError):
            image = read_image(path, max_pixels=_MOST, page=page)
            data = np.frombuffer(path.read_bytes(), np.uint8)
            try:
                good, pictures = cv2.imdecodemulti(data, cv2.IMREAD_COLOR)
            except cv2.error:  # of a page that is damaged, another than this one
                continue
            known = [each for each in pictures if each.any()]
            # OpenCV stops at the first page that it does not read
            if (
                good
                and len(known) >= page
                and not any(np.array_equal(image, each) for each in known)
            ):
                raise WrongError(f"page {page} is no page that OpenCV finds")


def _check(which: str, data: bytes, image: Any) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise WrongError(f"{image.dtype} {image.shape}")
    if image.shape[0] * image.shape[1] > _MOST:
        raise WrongError(f"{image.shape} beyond max_pixels")
    if data[:2] in (b"II", b"MM"):
        _check_tiff(which, data, image)
        return
    expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if expected is None or expected.shape != image.shape or (expected != image).any():
        raise WrongError("other pixels than OpenCV's")


def _check_tiff(which: str, data: bytes, image: Any) -> None:
    """OpenCV's pixels, unless those are black; no black row that Pillow, which tells of failures, does not have."""
    expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    # a page that counts may stand behind one that does not, which OpenCV then gives
    same = expected is not None and expected.shape == image.shape
    if same and expected.any() and (expected != image).any():
        raise WrongError(f"other pixels than OpenCV's of {which}")
    black = ~image.any(axis=(1, 2))
    if not black.any() or not same:
        return
    try:
        rows = _lit_rows(data)
    except Exception as error:
        raise WrongError(f"{black.sum()} black rows where another finds damage: {error}") from error
    if rows is not None and len(rows) == len(black) and (rows & black).any():
        raise WrongError("black rows that another decodes")


def _lit_rows(data: bytes) -> Any:
    """Which rows have light for decoders that tell of failures; None where bytes are pixels, zeros included."""
    # Pillow finds no tags in a BigTIFF of the other byte order, and does not know some compressions
    if data[:4] == b"MM\0+" or _compression(data) not in TiffImagePlugin.COMPRESSION_INFO:
        with tifffile.TiffFile(io.BytesIO(data)) as opened:
            page: Any = opened.pages.first
            if page.compression == 1:
                return None
            pixels = page.asarray()
            return pixels.reshape(len(pixels), -1).any(axis=1)
    picture = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    if _compression(data) == 1:
        return None
    return np.asarray(picture.convert("RGB")).any(axis=(1, 2))


def _compression(data: bytes) -> int:
    """The number that the first page's tag has."""
    with tifffile.TiffFile(io.BytesIO(data)) as opened:
        page: Any = opened.pages.first
        return int(page.compression)


def _pages(folder: Path, chance: Random) -> None:
    """Pages of files that have none, and numbers that are none."""
    sample = chance.choice(sorted(image_files.SAMPLES))
    (folder / "page.png").write_bytes(image_files.SAMPLES[sample].data)
    page = chance.choice([1, 2, 0, -1, 1.5, True, "1", 10**400])
    most = chance.choice([MAX_PIXELS, 100, 0, -1, 1e6, None])
    read_image(folder / "page.png", page=page, max_pixels=most)


def _write(folder: Path, chance: Random) -> None:
    """What is written without loss is read back."""
    shape = chance.choice([(7, 9), (7, 9, 3), (1, 1), (7, 9, 4), (64, 3, 3)])
    image = np.frombuffer(chance.randbytes(int(np.prod(shape))), np.uint8).reshape(shape)
    ending = chance.choice([".png", ".bmp", ".tif", ".ppm"])
    path = write_image(folder / f"written{ending}", image)
    colours = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, 2)
    if len(shape) == 3 and shape[2] == 4 and ending == ".ppm":
        return
    if (read_image(path) != colours[:, :, :3]).any():
        raise WrongError(f"{shape} {ending} is read back as another")


def _write_refused(folder: Path, chance: Random) -> None:
    """Arrays that are no pictures, endings that are none, places that take no file."""
    good = np.zeros((4, 5, 3), np.uint8)
    images: list[Any] = [
        None, "image", [[1]], good.astype(np.uint16), np.zeros((0, 4), np.uint8), np.zeros((4, 5, 2), np.uint8),
        np.zeros((2, 2, 2, 2), np.uint8), np.uint8(1), Image.new("L", (3, 3)), good,
    ]  # fmt: skip
    names: list[Any] = [
        "a.png",
        "a",
        "a.nothing",
        "none/a.png",
        "a\0.png",
        7,
        b"a.png",
        folder,
        "x" * 300 + ".png",
    ]
    name = chance.choice(names)
    place = folder / name if isinstance(name, str) else name
    write_image(place, chance.choice(images))
