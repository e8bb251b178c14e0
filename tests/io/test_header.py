"""What image files say of themselves, against the arrays they were made from."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fastdefect.io.header import declared_size, is_complete


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp", ".tif", ".webp", ".ppm"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (300, 2, 3), (2, 300, 3), (61, 47, 3)])
def test_size_of_every_format(ending: str, shape: tuple[int, int, int]) -> None:
    data = bytes(cv2.imencode(ending, np.full(shape, 90, np.uint8))[1])
    assert declared_size(data) == (shape[1], shape[0])
    assert is_complete(data)
    assert not any(is_complete(data[:n]) for n in range(2, len(data)) if ending == ".jpg")


def test_sizes_of_other_headers() -> None:
    assert declared_size(b"GIF89a" + bytes([44, 1, 200, 0])) == (300, 200)
    assert declared_size(b"P5\n# a comment\n 300\t# another\n200\n255\n") == (300, 200)
    lossless = cv2.imencode(".webp", np.zeros((20, 30, 3), np.uint8), [64, 101])[1]  # above 100
    assert declared_size(bytes(lossless)) == (30, 20)
    extended = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + bytes([43, 1, 0, 199, 0, 0])
    assert declared_size(extended) == (300, 200)
    os2 = b"BM" + bytes(12) + bytes([12, 0, 0, 0, 44, 1, 200, 0])
    assert declared_size(os2) == (300, 200)
    top_down = (
        b"BM"
        + bytes(12)
        + bytes([40, 0, 0, 0, 44, 1, 0, 0])
        + (-200).to_bytes(4, "little", signed=True)
    )
    assert declared_size(top_down) == (300, 200)


def test_strange_bytes_raise_nothing() -> None:
    rng = np.random.default_rng(3)
    starts = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"BM", b"GIF89a", b"RIFF....WEBPVP8 "]
    starts += [b"RIFF....WEBPVP8L", b"RIFF....WEBPVP8X", b"II*\0", b"MM\0*", b"P6 "]
    for start in starts:
        for length in [*range(40), 500]:
            data = start + rng.bytes(length)
            declared_size(data)
            is_complete(data)
