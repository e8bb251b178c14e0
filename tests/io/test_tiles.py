"""Windows of large files: the pixels of the whole file, or an error that names it, before memory is taken."""

import itertools
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastdefect import ArgumentTypeError, ImageReadError, MissingPackageError, read_image
from fastdefect.io.tiles import open_source
from fastdefect.io.tiles.source import is_partial
from fastdefect.optional import install_line

tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed (extra tiff)")
IMAGE = np.random.default_rng(0).integers(0, 256, (117, 83, 3), np.uint8)
LAYOUTS: dict[str, dict[str, Any]] = {
    "one strip": {"rowsperstrip": 117},
    "strips": {"rowsperstrip": 10},
    "rows": {"rowsperstrip": 1},
    "tiles": {"tile": (32, 16)},
    "planes": {"planarconfig": "separate", "rowsperstrip": 9},
    "tiled planes": {"planarconfig": "separate", "tile": (16, 32)},
}
COMPRESSIONS = None, "zlib", "lzw", "zstd", "packbits"


def _windows(shape: tuple[int, int]) -> list[tuple[slice, slice]]:
    height, width = shape
    return [
        (slice(0, height), slice(0, width)),
        (slice(3, 4), slice(0, width)),
        (slice(9, 37), slice(31, 33)),
        (slice(height - 1, height), slice(width - 1, width)),
    ]


def _assert_windows(path: Path, expected: np.ndarray, **settings: Any) -> None:
    source = open_source(path, **settings)
    assert source.shape == expected.shape[:2]
    assert source.channels == (1 if expected.ndim == 2 else 3)
    for window in _windows(source.shape):
        found = source.read(*window)
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, expected[window])


@pytest.mark.parametrize(
    ("layout", "compression", "big", "grey"),
    [
        (layout, compression, (len(layout) + i) % 2, grey)
        for layout, (i, compression), grey in itertools.product(
            LAYOUTS, enumerate(COMPRESSIONS), (False, True)
        )
        if not (grey and "planes" in layout)
    ],
)
def test_tiff(layout: str, compression: str | None, big: int, grey: bool, tmp_path: Path) -> None:
    if compression not in (None, "zlib"):
        pytest.importorskip("imagecodecs", reason="imagecodecs is not installed (extra tiff)")
    image = IMAGE[:, :, 1] if grey else IMAGE
    settings = dict(LAYOUTS[layout])
    if settings.get("planarconfig"):
        image = np.moveaxis(image, 2, 0)
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, image, photometric="minisblack" if grey else "rgb", compression=compression, bigtiff=bool(big),
        byteorder=">" if big else "<", **settings,
    )  # fmt: skip
    _assert_windows(path, IMAGE[:, :, 1] if grey else IMAGE[:, :, ::-1])
    if compression is None and "tile" not in layout:  # OpenCV 5 refuses tiles of 16 columns
        grey_or_bgr = IMAGE[:, :, 1:2].repeat(3, axis=2) if grey else IMAGE[:, :, ::-1]
        np.testing.assert_array_equal(read_image(path), grey_or_bgr)


def test_other_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE[:, :, 0], photometric="miniswhite")
    _assert_windows(path, 255 - IMAGE[:, :, 0])
    alpha = np.dstack([IMAGE, IMAGE[:, :, :1]])
    tifffile.imwrite(path, alpha, photometric="rgb", extrasamples=["unassalpha"])
    _assert_windows(path, IMAGE[:, :, ::-1])


def test_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.stack([IMAGE, 255 - IMAGE]), photometric="rgb")
    _assert_windows(path, 255 - IMAGE[:, :, ::-1], page=2)
    with pytest.raises(ImageReadError, match=r"received 2 pages; choose one"):
        open_source(path)
    with pytest.raises(ImageReadError, match=r"not one of the number 3"):
        open_source(path, 3)


@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_npy_and_arrays(channels: int | None, tmp_path: Path) -> None:
    pixels = np.dstack([IMAGE, IMAGE[:, :, :1]])[:, :, : channels or 1]
    pixels = pixels[:, :, 0] if channels is None else pixels
    expected = (
        pixels if channels is None else pixels[:, :, 0] if channels == 1 else pixels[:, :, :3]
    )
    np.save(tmp_path / "a.npy", pixels)
    _assert_windows(tmp_path / "a.npy", expected)
    source = open_source(np.asfortranarray(pixels))
    np.testing.assert_array_equal(source.read(slice(3, 9), slice(2, 80)), expected[3:9, 2:80])


def test_what_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for wrong, match in (
        ((IMAGE.astype(np.uint16), {}), "16 bits"),
        ((IMAGE.astype(np.float32), {}), "32 bits"),
        ((IMAGE.astype(np.int8), {}), "format 2"),
        ((IMAGE, {"extratags": [(274, 3, 1, 6, True)]}), "orientation 6"),
    ):
        tifffile.imwrite(path, wrong[0], photometric="rgb", **wrong[1])
        with pytest.raises(ImageReadError, match=match):
            open_source(path)
    np.save(tmp_path / "a.npy", IMAGE.astype(np.int16))
    with pytest.raises(ImageReadError, match="received int16"):
        open_source(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.asfortranarray(IMAGE))
    with pytest.raises(ImageReadError, match="Fortran order"):
        open_source(tmp_path / "a.npy")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    with pytest.raises(ImageReadError, match="another format"):
        open_source(tmp_path / "a.png")
    with pytest.raises(ImageReadError, match="nothing of that name"):
        open_source(tmp_path / "none")
    with pytest.raises(ImageReadError, match="a folder"):
        open_source(tmp_path)
    with pytest.raises(ArgumentTypeError, match="source: expected"):
        open_source(7)
    with pytest.raises(ArgumentTypeError, match="received float64"):
        open_source(np.zeros((4, 4)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_files_that_were_cut_off(layout: str, compression: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    image = np.moveaxis(IMAGE, 2, 0) if "planes" in layout else IMAGE
    tifffile.imwrite(path, image, photometric="rgb", compression=compression, **LAYOUTS[layout])
    data = path.read_bytes()
    for length in (0, 3, 8, 60, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(ImageReadError):
            open_source(path).read(slice(0, 117), slice(0, 83))
    np.save(tmp_path / "a.npy", IMAGE)
    data = (tmp_path / "a.npy").read_bytes()
    for length in (6, 40, len(data) - 1):
        (tmp_path / "a.npy").write_bytes(data[:length])
        with pytest.raises(ImageReadError):
            open_source(tmp_path / "a.npy")


def test_a_part_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", compression="zlib", tile=(32, 32))
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].dataoffsets[7]
    data = bytearray(path.read_bytes())
    data[place : place + 40] = bytes(40)
    path.write_bytes(data)
    source = open_source(path)
    source.read(slice(0, 32), slice(0, 83))
    with pytest.raises(ImageReadError, match=r"tile 7 cannot be decoded.*resume"):
        source.read(slice(32, 117), slice(0, 83))


def test_a_missing_decoder_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("imagecodecs", reason="imagecodecs is not installed (extra tiff)")
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", compression="zstd")

    def missing(*_: object, **settings: object) -> None:
        raise ValueError("<COMPRESSION.ZSTD: 50000> requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPage, "decode", missing)
    with pytest.raises(MissingPackageError, match=re.escape(install_line("tiff", "imagecodecs"))):
        open_source(path)


def test_an_unknown_compression_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", byteorder="<")
    data = path.read_bytes()
    entry = struct.pack("<HHI", 259, 3, 1)
    assert entry in data
    at = data.index(entry) + 8
    path.write_bytes(data[:at] + struct.pack("<H", 41234) + data[at + 2 :])
    with pytest.raises(ImageReadError, match="41234"):
        open_source(path)


def test_compressed_parts_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastdefect.io.tiles import tiff

    monkeypatch.setattr(tiff, "MOST_PART", 1000)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", compression="zlib", rowsperstrip=117)
    with pytest.raises(ImageReadError, match=r"83 x 117 pixels.*bounded memory.*fewer rows"):
        open_source(path)


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", IMAGE)
    source = open_source(tmp_path / "a.npy")
    with open(tmp_path / "a.npy", "r+b") as file:
        file.truncate(9000)
    with pytest.raises(ImageReadError, match=r"the end of the file.*cut off"):
        source.read(slice(0, 117), slice(0, 83))


def test_which_files_are_read_in_parts(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", IMAGE)
    assert is_partial(tmp_path / "a.npy")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    assert not is_partial(tmp_path / "b.png")
    assert not is_partial(tmp_path / "none")
