"""One reading of mask images and one list of image endings, for every command alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fastdefect import ArgumentValueError, io
from fastdefect.cli.fit.training_images import read_masks
from fastdefect.evaluation import Sample
from fastdefect.roi.area import inspected_area, read_area

SHAPE = (24, 32)
CHOSEN = np.s_[5:12, 8:21]  # 91 pixels


def picture(kind: str) -> Image.Image:
    """A mask as some tool writes it."""
    value = np.zeros(SHAPE, np.uint8)
    value[CHOSEN] = 1
    if kind == "palette_red":
        made = Image.fromarray(value)
        made.putpalette([0, 0, 0, 255, 0, 0])
        return made
    if kind == "rgb_red":
        return Image.fromarray(np.dstack([value * 255, value * 0, value * 0]))
    return Image.fromarray(value * int(kind.removeprefix("zero_")))


@pytest.fixture(params=["zero_255", "zero_1", "zero_100", "palette_red", "rgb_red"], name="mask")
def _mask(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "1.png"
    picture(request.param).save(path)
    return path


def test_all_commands_read_the_same_91_pixels(mask: Path) -> None:
    expected = np.zeros(SHAPE, np.bool_)
    expected[CHOSEN] = True
    evaluated = Sample(mask, "hole", mask).read_mask(SHAPE)
    trained = read_masks([mask], [mask], SHAPE)
    each = read_masks([mask.parent], [mask], SHAPE)[0]
    inspected, rest = inspected_area(SHAPE, roi=mask), inspected_area(SHAPE, ignore=mask)
    assert rest is not None
    for found in (io.read_mask(mask), evaluated, trained, each, read_area(mask), inspected, ~rest):
        assert found.dtype == np.bool_
        assert found.sum() == 91
        np.testing.assert_array_equal(found, expected)


def test_a_mask_of_another_size_is_refused_with_its_name(mask: Path) -> None:
    with pytest.raises(ArgumentValueError, match=r"1\.png: expected shape \(24, 31\)"):
        io.read_mask(mask, (24, 31))


def test_which_files_are_images(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.tiff", "c.pgm", "d.webp", ".e.png", "._b.JPG", "notes.txt", "png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    names = [path.name for path in io.list_images(tmp_path)]
    assert names == ["a.tiff", "b.JPG", "c.pgm", "d.webp"]
    assert [name for name in ("a.tiff", ".e.png", "gone.png") if io.is_image(tmp_path / name)] == [
        "a.tiff"
    ]
