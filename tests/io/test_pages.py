"""Files of several pictures: each that counts is read by its number, or the file is refused with count and option."""

from __future__ import annotations

import io as streams
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_samples import SAMPLES, photo
from PIL import Image

import fastdefect
from fastdefect import io

tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed")
GREY = np.ascontiguousarray(photo()[:, :, 0])


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "photo.tif"


def refused(path: Path, *words: str, **options: int) -> None:
    with pytest.raises(fastdefect.ImageReadError) as caught:
        io.read_image(path, **options)
    message = str(caught.value)
    for word in (path.name, "expected", "received", ";", *words):
        assert word in message


def several(*options: dict[str, Any]) -> bytes:
    """A file of pages: the first bright, each next one darker by 20."""
    file = streams.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for index, each in enumerate(options):
            options_of = (
                each if each != MASK else REDUCED
            )  # which tifffile does not write of a picture
            writer.write(
                np.full((8, 9, 3), 200 - 20 * index, np.uint8),
                photometric="rgb",
                metadata=None,
                **options_of,
            )
    data = bytearray(file.getvalue())
    with tifffile.TiffFile(streams.BytesIO(data)) as made_file:
        for page, each in zip(made_file.pages, options, strict=True):
            if each == MASK:
                data[page.tags[254].valueoffset] = MASK["subfiletype"]
    return bytes(data)


REDUCED, MASK, PAGE = {"subfiletype": 1}, {"subfiletype": 4}, {"subfiletype": 2}


@pytest.mark.parametrize(
    ("pages", "counting"),
    [
        (({}, {}), [200, 180]),
        (({}, {}, {}), [200, 180, 160]),
        ((PAGE, PAGE), [200, 180]),
        (({}, REDUCED), [200]),
        (({}, MASK, REDUCED), [200]),
        ((REDUCED, {}), [180]),
        ((MASK, PAGE, REDUCED, PAGE), [180, 140]),
        ((REDUCED, MASK), []),
    ],
)
def test_pages_count_unless_marked_and_each_can_be_read(
    path: Path, pages: tuple[dict[str, Any], ...], counting: list[int]
) -> None:
    path.write_bytes(several(*pages))
    if len(counting) == 1:
        assert (io.read_image(path) == counting[0]).all()
    elif counting:
        refused(path, f"received {len(counting)}", "page=N", "--page N")
    for number, value in enumerate(counting, 1):
        assert (io.read_image(path, page=number) == value).all()
    refused(path, f"{len(counting)} pages", page=len(counting) + 1)


def test_pages_of_every_byte_order(path: Path) -> None:
    for options in ({"bigtiff": True}, {"byteorder": ">"}, {"bigtiff": True, "byteorder": ">"}):
        file = streams.BytesIO()
        with tifffile.TiffWriter(file, **options) as writer:
            for value in (200, 180):
                writer.write(np.full((8, 9, 3), value, np.uint8), photometric="rgb", metadata=None)
        path.write_bytes(file.getvalue())
        refused(path, "received 2")
        assert [int(io.read_image(path, page=n).max()) for n in (1, 2)] == [200, 180]


def test_directories_in_a_ring(path: Path) -> None:
    data = bytearray(several({}))
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    data[start + 2 + 12 * count :][:4] = data[4:8]
    end = start + 2 + 12 * count
    data[end : end + 4] = data[4:8]
    path.write_bytes(data)
    refused(path, "truncated or damaged TIFF")


@pytest.mark.parametrize("name", ["gif", "png", "webp", "pgm"])
def test_other_files_of_several_pictures(tmp_path: Path, name: str) -> None:
    """Animations, and PNM files one behind the other; of each the first picture alone was read."""
    first, second = Image.fromarray(GREY), Image.fromarray(255 - GREY)
    file = streams.BytesIO()
    if name == "pgm":
        file.write(2 * SAMPLES["pgm"].data)
    else:
        first.save(file, name, save_all=True, append_images=[second], duration=40)
    path = tmp_path / f"two.{name}"
    path.write_bytes(file.getvalue())
    refused(path, "expected one picture", "of 2", "a file of its own")
    (tmp_path / f"one.{name}").write_bytes(SAMPLES[name].data)
    assert io.read_image(tmp_path / f"one.{name}").ndim == 3


def test_a_page_of_what_has_none(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(SAMPLES["png"].data)
    assert io.read_image(tmp_path / "photo.png", page=1).ndim == 3
    refused(tmp_path / "photo.png", "a TIFF of 2 pages", page=2)
    for page in (0, -1, 10**400, 1.5, True):
        with pytest.raises(fastdefect.FastDefectError, match="page: expected"):
            io.read_image(tmp_path / "photo.png", page=page)  # type: ignore[arg-type]
