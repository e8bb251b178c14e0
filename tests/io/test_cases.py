"""Small inputs from public reports about other tools, in a folder beside the repository: what each must give."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from conftest import ROOT

import fastdefect
from fastdefect import io
from fastdefect.roi.area import inspected_area

CASES = ROOT.parent / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no small inputs (../shared/cases)")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("defect_jpeg2000", "JPEG 2000"),
        ("defect_jpegxl", "JPEG XL"),
        ("defect_png", "PNG"),
        ("lerc", "LERC"),
        ("lzma", "LZMA"),
        ("webp", "WebP"),
        ("zstd", "ZSTD"),
        ("float_16", "16-bit floats"),
        ("float_32", "32-bit floats"),
        ("float_64", "64-bit floats"),
        ("packed4", "4-bit integers"),
        ("pages_good_then_defect", "received 2"),
    ],
)
def test_small_inputs_that_failed(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra: each refused for what it is. With it: the same photograph in every compression."""
    path = CASES / f"{name}.tif"
    whole = io.read_image(CASES / "defect_uncompressed.tif")
    if name.startswith("defect") and find_spec("imagecodecs") is not None:
        np.testing.assert_array_equal(io.read_image(path), whole)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(fastdefect.ImageReadError, match=words):
        io.read_image(path)
    if name.startswith("pages"):
        np.testing.assert_array_equal(io.read_image(path, page=2), whole)


@pytest.mark.parametrize("name", ["zero_255", "zero_1", "zero_100", "palette_red", "rgb_red"])
def test_masks_that_other_tools_write(name: str) -> None:
    mask = io.read_mask(CASES / "masks" / f"{name}.png")
    area = inspected_area(mask.shape, roi=CASES / "masks" / f"{name}.png")
    assert mask.sum() == 91
    np.testing.assert_array_equal(area, mask)
