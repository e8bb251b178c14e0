"""Files to arrays and back: equal to OpenCV's reader, strict where it is lenient."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect import io
from fastdefect.io import images

ENDINGS = [".png", ".jpg", ".bmp", ".tif", ".webp", ".ppm", ".jp2"]


@pytest.fixture(name="photo")
def _photo() -> np.ndarray:
    rng = np.random.default_rng(5)
    smooth = cv2.GaussianBlur(rng.integers(0, 256, (61, 47, 3), dtype=np.uint8), (9, 9), 0)
    return smooth.copy()


def encoded(ending: str, image: np.ndarray, *options: int) -> bytes:
    good, data = cv2.imencode(ending, image, list(options))
    assert good
    return bytes(data)


def refused(path: object, *words: str, **options: int) -> None:
    with pytest.raises(fastdefect.ImageReadError) as caught:
        io.read_image(path, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert isinstance(caught.value, OSError)
    assert "\n" not in message
    for word in (str(path), *words):
        assert word in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_reads_what_opencv_reads(tmp_path: Path, photo: np.ndarray, ending: str) -> None:
    path = tmp_path / f"photo{ending}"
    path.write_bytes(encoded(ending, photo))
    image = io.read_image(path)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert image.flags.writeable
    np.testing.assert_array_equal(image, cv2.imread(str(path)))


def test_grey_becomes_bgr_and_alpha_is_dropped(tmp_path: Path, photo: np.ndarray) -> None:
    grey = tmp_path / "grey.png"
    grey.write_bytes(encoded(".png", photo[:, :, 0]))
    np.testing.assert_array_equal(io.read_image(grey), np.repeat(photo[:, :, :1], 3, axis=2))
    alpha = tmp_path / "alpha.png"
    alpha.write_bytes(encoded(".png", np.dstack([photo, photo[:, :, 0]])))
    np.testing.assert_array_equal(io.read_image(alpha), photo)


def test_exif_orientation_is_applied(tmp_path: Path, photo: np.ndarray) -> None:
    entry = struct.pack(">HHIHH", 0x112, 3, 1, 6, 0)  # orientation 6: turn right
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    data = encoded(".jpg", photo)
    path = tmp_path / "turned.jpg"
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
    image = io.read_image(path)
    assert image.shape == (47, 61, 3)
    np.testing.assert_array_equal(image, cv2.imread(str(path)))


@pytest.mark.parametrize("name", ["Gewebe äöü.png", "布地.png", "a b [1].png", "ткань.png"])
def test_any_file_name(tmp_path: Path, photo: np.ndarray, name: str) -> None:
    path = tmp_path / name
    assert io.write_image(path, photo) == path
    np.testing.assert_array_equal(io.read_image(path), photo)
    np.testing.assert_array_equal(io.read_image(str(path)), photo)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.99])
def test_truncated_files_are_refused(
    tmp_path: Path, photo: np.ndarray, ending: str, part: float
) -> None:
    data = encoded(ending, photo)
    path = tmp_path / f"cut{ending}"
    path.write_bytes(data[: int(len(data) * part)])
    refused(path, "expected", "received", "again")


@pytest.mark.parametrize("options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)])
def test_no_cut_of_a_jpeg_passes(
    tmp_path: Path, photo: np.ndarray, options: tuple[int, ...]
) -> None:
    data = encoded(".jpg", photo, *options)
    path = tmp_path / "cut.jpg"
    for length in range(1, len(data), 13):
        path.write_bytes(data[:length])
        refused(path)
    path.write_bytes(data + b"garbage after the end")
    np.testing.assert_array_equal(io.read_image(path), cv2.imread(str(path)))


def test_the_end_of_a_thumbnail_is_not_the_end(tmp_path: Path, photo: np.ndarray) -> None:
    thumbnail = encoded(".jpg", photo[:8, :8])
    data = encoded(".jpg", photo)
    header = b"\xff\xe2" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[:2] + header + data[2 : len(data) // 2])
    refused(path, "truncated")


def test_files_that_are_no_images(tmp_path: Path) -> None:
    refused(tmp_path / "missing.png", "nothing of that name", "check the path")
    refused(tmp_path, "folder")
    empty = tmp_path / "empty.png"
    empty.touch()
    refused(empty, "empty")
    text = tmp_path / "text.png"
    text.write_text("no picture at all, but long enough to look at\n" * 9)
    refused(text, "no image")
    zeros = tmp_path / "zeros.jpg"
    zeros.write_bytes(bytes(4000))
    refused(zeros, "no image")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    refused(tmp_path / "pipe.png", "pipe")


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.png"
    path.write_bytes(b"x")
    monkeypatch.setattr(os, "open", denied)
    refused(path, "Permission denied")


def test_more_than_8_bits_are_refused(tmp_path: Path, photo: np.ndarray) -> None:
    deep = tmp_path / "deep.png"
    deep.write_bytes(encoded(".png", photo.astype(np.uint16) * 200))
    refused(deep, "8 bits", "16-bit integers")
    real = tmp_path / "real.tif"
    real.write_bytes(encoded(".tif", photo.astype(np.float32)))
    refused(real, "8 bits", "32-bit floats")


def test_absurd_sizes_are_refused_before_decoding(
    tmp_path: Path, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.png"
    good = encoded(".png", photo)
    path.write_bytes(good[:16] + struct.pack(">II", 900_000, 900_000) + good[24:])
    monkeypatch.setattr(images, "_decode", pytest.fail)
    refused(path, "900000 x 900000", "max_pixels")
    path.write_bytes(good[:16] + struct.pack(">II", 12_000, 12_000) + good[24:])
    refused(path, "truncated or damaged")  # as many bytes cannot hold as many pixels
    path.write_bytes(good)
    refused(path, "47 x 61", max_pixels=47 * 61 - 1)
    refused(path, "more than the 8 that are read", "max_pixels", max_pixels=1)


@pytest.mark.parametrize("path", [None, 3, b"bytes.png", ["a.png"]])
def test_a_path_must_be_a_path(path: object, photo: np.ndarray) -> None:
    with pytest.raises(fastdefect.ArgumentTypeError, match=r"path: expected .* received"):
        io.read_image(path)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="path"):
        io.write_image(path, photo)  # type: ignore[arg-type]


def test_a_path_with_a_null_character(photo: np.ndarray) -> None:
    refused("a\0b.png")
    with pytest.raises(fastdefect.OutputError):
        io.write_image("a\0b.png", photo)


def test_written_files_replace_older_ones_whole(tmp_path: Path, photo: np.ndarray) -> None:
    path = tmp_path / "result.png"
    path.write_text("older")
    io.write_image(path, photo)
    np.testing.assert_array_equal(io.read_image(path), photo)
    assert [file.name for file in tmp_path.iterdir()] == ["result.png"]
    io.write_text(tmp_path / "result.json", "{“é”}")
    assert (tmp_path / "result.json").read_text("utf-8") == "{“é”}"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path, photo: np.ndarray) -> None:
    target = tmp_path / "target.png"
    target.write_text("must stay")
    link = tmp_path / "link.png"
    try:
        link.symlink_to(target)
    except OSError:  # Windows without the right to make links: nothing can be followed
        return
    io.write_image(link, photo)
    assert target.read_text() == "must stay"
    assert not link.is_symlink()


def test_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "result.png"
    path.write_text("older")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(fastdefect.OutputError, match="No space left on device"):
        io.write_image(path, photo)
    assert path.read_text() == "older"
    assert [file.name for file in tmp_path.iterdir()] == ["result.png"]


def test_places_that_cannot_be_written(tmp_path: Path, photo: np.ndarray) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    folder = tmp_path / "folder.png"
    folder.mkdir()
    for path in (tmp_path / "none" / "x.png", file / "x.png", folder):
        with pytest.raises(fastdefect.OutputError, match="cannot be written") as caught:
            io.write_image(path, photo)
        assert str(path) in str(caught.value)
        assert isinstance(caught.value, OSError)
    with pytest.raises(fastdefect.OutputError, match="folder"):
        io.make_folder(file)
    with pytest.raises(fastdefect.OutputError, match="folder"):
        io.make_folder(file / "deeper")
    assert io.make_folder(tmp_path / "new" / "folders").is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png", "new"]


@pytest.mark.parametrize("name", ["result", "result.xyz", "result.txt"])
def test_the_ending_must_be_of_an_image_format(
    tmp_path: Path, photo: np.ndarray, name: str
) -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match=r"path: .*\.png"):
        io.write_image(tmp_path / name, photo)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ([[1, 2]], TypeError),
        (None, TypeError),
        (np.zeros((4, 4)), TypeError),
        (np.zeros((4, 4), np.uint16), TypeError),
        (np.zeros((0, 4), np.uint8), ValueError),
        (np.zeros((4, 4, 2), np.uint8), ValueError),
        (np.zeros(4, np.uint8), ValueError),
        (np.zeros((1, 2, 3, 3), np.uint8), ValueError),
    ],
)
def test_only_images_are_written(tmp_path: Path, image: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"image: expected .* received") as caught:
        io.write_image(tmp_path / "x.png", image)  # type: ignore[arg-type]
    assert isinstance(caught.value, fastdefect.FastDefectError)
    assert not list(tmp_path.iterdir())
