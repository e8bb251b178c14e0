"""Every format x limit: what a file declares is held against the limits and against its bytes, before and after decoding."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from image_samples import HEIGHT, SAMPLES, WIDTH, encoded, photo

import fastdefect
from fastdefect import io
from fastdefect.io import images
from fastdefect.io.formats import FORMATS, Header, look

# Peak memory in bytes that a hostile file of some kilobytes may take beyond what a good one of the same format takes.
_MEMORY = 100e6


def _refused(path: Path, *words: str, **options: int) -> None:
    with pytest.raises(fastdefect.ImageReadError) as caught:
        io.read_image(path, **options)
    message = str(caught.value)
    assert message.startswith(str(path))
    for word in ("expected", ";", *words):
        assert word in message


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "a file"


def test_every_format_has_a_sample_and_every_ending_a_format() -> None:
    found = {header.format for header in map(look, (s.data for s in SAMPLES.values())) if header}
    assert found == {each.name for each in FORMATS} - {"floats"}
    assert {ending for each in FORMATS for ending in each.endings} == io.IMAGE_ENDINGS


@pytest.mark.parametrize("name", SAMPLES)
def test_the_size_is_known_before_decoding(name: str) -> None:
    sample = SAMPLES[name]
    header = look(sample.data)
    assert header is not None
    assert (header.width, header.height) == sample.size
    assert header.is_whole
    assert header.fits_into(len(sample.data))
    assert header.frames == 1
    assert not header.samples


@pytest.mark.parametrize("name", SAMPLES)
def test_a_picture_over_the_limit_never_meets_a_decoder(
    path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[name]
    monkeypatch.setattr(cv2, "imdecode", pytest.fail)
    path.write_bytes(sample.data)
    most = sample.size[0] * sample.size[1] - 1
    if len(sample.data) <= 8 * most:  # more bytes are refused unread
        _refused(path, f"at most {most} pixels", "max_pixels", max_pixels=most)
    side = min(sample.most, 70_000)
    path.write_bytes(sample.declaring(sample.data, side, side))
    _refused(path, f"{side} x {side}", max_pixels=side * side - 1)


@pytest.mark.parametrize("name", SAMPLES)
def test_more_pixels_than_the_bytes_can_hold_never_meet_a_decoder(
    path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[name]
    monkeypatch.setattr(cv2, "imdecode", pytest.fail)
    path.write_bytes(sample.declaring(sample.data, 16_000, 16_000))
    _refused(path, "expected a whole image file", "export it again")


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_decoded_is_held_against_the_limit_too(
    path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that gives more than the header promised."""
    sample = SAMPLES[name]
    monkeypatch.setattr(cv2, "imdecode", lambda *_: np.ones((100, 1000, 3), np.uint8))
    path.write_bytes(sample.data)
    _refused(path, "at most 99999 pixels", "1000 x 100", max_pixels=99_999)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_cut_of_any_format_passes(path: Path, name: str) -> None:
    data = SAMPLES[name].data
    if name == "ppm of digits":  # whether the last number has lost a digit nobody can tell
        data = data[: data.rstrip().rindex(b" ") + 1]
    for length in sorted(
        {*range(1, 40), *range(40, len(data), 61), *range(len(data) - 9, len(data))}
    ):
        path.write_bytes(data[:length])
        _refused(path)


@pytest.mark.parametrize("name", SAMPLES)
def test_noise_over_a_file_raises_nothing_else(path: Path, name: str) -> None:
    """Whatever is overwritten: an array of the kind promised, or the package's own error."""
    data = SAMPLES[name].data
    rng = np.random.default_rng(3)
    for _ in range(60):
        bad = bytearray(data)
        for _ in range(rng.integers(1, 4)):
            place = int(rng.integers(0, min(len(bad), 400)))
            bad[place] = rng.integers(0, 256)
        look(bytes(bad))
        path.write_bytes(bad)
        try:
            image = io.read_image(path, max_pixels=1 << 20)
        except fastdefect.ImageReadError:
            continue
        assert image.dtype == np.uint8
        assert image.ndim == 3


def _chunk_of(length: int) -> bytes:
    """A PNG with an extra chunk that says it is so long."""
    data = SAMPLES["png"].data
    return data[:33] + struct.pack(">I", length) + b"tEXt" + data[33:]


HOSTILE = {
    **{name: s.declaring(s.data, 16_000, 16_000) for name, s in SAMPLES.items()},
    "png chunk of 1 GB": _chunk_of(2**30),
    "png chunk of 2 GB": _chunk_of(2**31 - 1),
    "jp2 of many tiles": SAMPLES["jp2"].data.replace(
        struct.pack(">2I", WIDTH, HEIGHT) + bytes(8) + struct.pack(">2I", WIDTH, HEIGHT),
        struct.pack(">2I", 250, 250) + bytes(8) + struct.pack(">2I", 1, 1),
    ),
}


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc on this system")
def test_no_small_file_takes_much_memory(tmp_path: Path) -> None:
    """Peak memory of a process that reads every hostile file, beyond that of one which reads the good ones."""
    script = (
        "import json, resource, sys\n"
        "from fastdefect import ImageReadError, io\n"
        "from pathlib import Path\n"
        "for folder in ('good', 'bad'):\n"
        "    for path in sorted(Path(folder).iterdir()):\n"
        "        try: io.read_image(path)\n"
        "        except ImageReadError: pass\n"
        "        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "        print(json.dumps([folder, path.name, peak]))\n"
    )
    files = {f"good/{name}": sample.data for name, sample in SAMPLES.items()}
    files |= {f"bad/{name}": data for name, data in HOSTILE.items()}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    peaks = [json.loads(line) for line in run.stdout.splitlines()]
    before = max(peak for folder, _, peak in peaks if folder == "good")
    assert len(peaks) == len(files)
    assert not [(name, peak - before) for _, name, peak in peaks if peak - before > _MEMORY]


def test_limits_are_the_formats_own() -> None:
    assert Header("WebP", 2048, 2048).fits_into(1)
    assert not Header("WebP", 2048, 2049).fits_into(1)
    assert Header("WebP", 2048, 2049).fits_into(2**11)
    assert not Header("JPEG", 640, 64, pixels_per_byte=512).fits_into(79)
    assert Header("JPEG", 640, 64, pixels_per_byte=512).fits_into(80)


def test_a_flat_photograph_is_no_hostile_file(path: Path) -> None:
    """The densest files that encoders write of a whole camera's picture, all of one value."""
    flat = np.full((4000, 6000, 3), 255, np.uint8)
    for ending in (".png", ".jpg", ".tif"):
        path.write_bytes(encoded(ending, flat))
        np.testing.assert_array_equal(io.read_image(path), flat)


def test_sizes_of_other_headers() -> None:
    def size(data: bytes) -> tuple[int, int]:
        header = look(data)
        assert header is not None
        return header.width, header.height

    assert size(b"P5\n# a comment\n 300\t# another\n200\n255\n") == (300, 200)
    extended = (
        b"RIFF\x1c\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + bytes([43, 1, 0, 199, 0, 0]) + bytes(6)
    )
    assert size(extended) == (300, 200)
    os2 = b"BM" + bytes(12) + bytes([12, 0, 0, 0, 44, 1, 200, 0, 1, 0, 24, 0])
    assert size(os2) == (300, 200)
    up = (-200).to_bytes(4, "little", signed=True)
    top_down = b"BM" + bytes(12) + bytes([40, 0, 0, 0, 44, 1, 0, 0]) + up + bytes(8)
    assert size(top_down) == (300, 200)


def test_strange_bytes_raise_nothing() -> None:
    rng = np.random.default_rng(3)
    starts = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"BM", b"GIF89a", b"RIFF....WEBPVP8 "]
    starts += [
        b"RIFF....WEBPVP8L",
        b"RIFF....WEBPVP8X",
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
        b"P6 ",
        b"P7\n",
    ]
    starts += [
        b"\0\0\0\x0cjP  ",
        b"\xff\x4f\xff\x51",
        b"\0\0\0\x20ftypavif",
        b"\x59\xa6\x6a\x95",
        b"PF\n",
        b"#?RGBE",
    ]
    for start in starts:
        for length in [*range(40), 500]:
            look(start + rng.bytes(length))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encoded(".png", photo().astype(np.uint16) * 200), "16-bit integers"),
        (encoded(".jp2", photo().astype(np.uint16) * 200), "16-bit integers"),
        (encoded(".tif", photo().astype(np.uint16) * 200), "16-bit integers"),
        (encoded(".pgm", photo()[:, :, 0].astype(np.uint16) * 200), "16-bit integers"),
        (encoded(".pam", photo().astype(np.uint16) * 200), "16-bit integers"),
        (encoded(".tif", photo().astype(np.float32)), "32-bit floats"),
        (encoded(".tif", photo().astype(np.float64)), "64-bit floats"),
        (encoded(".hdr", photo().astype(np.float32)), "floats"),
        (encoded(".pfm", photo().astype(np.float32)), "floats"),
        (b"\x76\x2f\x31\x01" + bytes(90), "floats"),
        (SAMPLES["jpg"].data.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"), "12-bit integers"),
    ],
)  # fmt: skip
def test_other_samples_are_named_before_decoding(
    path: Path, data: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_decode", pytest.fail)
    path.write_bytes(data)
    _refused(path, "expected 8 bits per channel", words, "scale it to 8 bits")
