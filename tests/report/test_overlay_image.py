"""The overlay: what it marks, what it leaves alone, and that it can be seen."""

from __future__ import annotations

import numpy as np
import pytest

import fastdefect
from fastdefect.defects.find import find_defects
from fastdefect.detectors.result import Detection
from fastdefect.report.overlay_image import overlay


class Found(Detection):
    defects = property(lambda self: find_defects(self.mask))


def detection(mask: np.ndarray, *, is_defective: bool = True) -> Detection:
    return Found(
        is_defective=is_defective,
        score=float(mask.sum()),
        threshold=1.0,
        mask=mask,
        speed={"total": 1.0},
    )


def with_block(height: int, width: int) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[height // 2 : height // 2 + height // 8, width // 2 : width // 2 + width // 8] = True
    return mask


def test_tint_and_outline_stay_near_the_mask() -> None:
    mask = with_block(120, 160)
    image = np.full((120, 160, 3), 200, np.uint8)
    before = image.copy()
    drawn = overlay(image, detection(mask))
    np.testing.assert_array_equal(image, before)
    assert drawn.dtype == np.uint8
    assert drawn.shape == image.shape
    rows, cols = np.nonzero((drawn != image).any(axis=2))
    assert (rows.min(), rows.max()) == (60 - 3, 74 + 3)
    assert (cols.min(), cols.max()) == (80 - 3, 99 + 3)
    middle = drawn[67, 90].astype(int)
    assert middle[2] > middle[1] > middle[0]  # towards red, and
    assert (np.abs(middle - 200) > 5).all()  # the cloth still shines through
    assert (middle[:2] > 100).all()


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
@pytest.mark.parametrize("red", [False, True])
def test_the_outline_stands_out_on_any_cloth(level: int, red: bool) -> None:
    image = np.full((120, 160, 3), level, np.uint8)
    if red:
        image[:, :, :2] //= 4
    drawn = overlay(image, detection(with_block(120, 160)))
    contrast = np.abs(drawn.astype(int) - image).max(axis=2)
    contrast[60:75, 80:100] = 0  # the tint does not count
    assert contrast.max() >= 100


def test_boxes_ranks_and_strip_on_larger_images() -> None:
    image = np.full((400, 600, 3), 120, np.uint8)
    mask = with_block(400, 600)
    drawn = overlay(image, detection(mask))
    plain = overlay(image, detection(mask), boxes=0)
    assert (drawn != plain).any()
    assert (plain[:8, :8] != image[:8, :8]).any()  # the strip
    np.testing.assert_array_equal(drawn[-100:, :200], image[-100:, :200])


def test_an_image_without_a_defect_shows_only_that() -> None:
    image = np.full((400, 600, 3), 120, np.uint8)
    drawn = overlay(image, detection(with_block(400, 600), is_defective=False))
    changed = (drawn != image).any(axis=2)
    assert changed[:40, :200].any()
    assert not changed[40:].any()
    small = np.full((60, 60, 3), 120, np.uint8)
    np.testing.assert_array_equal(
        overlay(small, detection(with_block(60, 60), is_defective=False)), small
    )


def test_lines_grow_with_the_image() -> None:
    def thickness(side: int) -> int:
        image = np.full((side, side, 3), 120, np.uint8)
        drawn = overlay(image, detection(with_block(side, side)), boxes=0)
        column = side // 2 + side // 16
        above = drawn[side // 4 : side // 2, column] != 120
        return int(above.any(axis=1).sum())

    assert thickness(3000) >= 4 * thickness(300)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (200, 200), (201, 3000)])
@pytest.mark.parametrize("full", [False, True])
def test_any_shape_and_a_mask_up_to_the_border(shape: tuple[int, int], full: bool) -> None:
    drawn = overlay(np.zeros((*shape, 3), np.uint8), detection(np.full(shape, full)))
    assert drawn.shape == (*shape, 3)
    painted = drawn.any(axis=2)
    if full:
        assert painted.all()
    elif min(shape) < 200:
        assert not painted.any()
    else:  # the strip that names the verdict, and nothing else
        assert painted[:8, :8].all()
        assert not painted[40:].any()
        assert not painted[:, 200:].any()


def test_many_regions_and_no_regions() -> None:
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    mask = rng.random((300, 400)) < 0.2
    many = detection(mask)
    bare, boxed = overlay(image, many, boxes=0), overlay(image, many, boxes=40)
    assert (bare != image).any(axis=2)[mask].mean() > 0.99  # a pixel may have the tint's colour
    largest = max(many.defects, key=lambda defect: defect.area)
    top, left, bottom, right = largest.bbox
    around = np.s_[max(top - 6, 0) : bottom + 6, max(left - 6, 0) : right + 6]
    assert (boxed[around] != bare[around]).any()
    none = overlay(image, detection(np.zeros_like(mask)))
    assert (none[:8, :8] != image[:8, :8]).any()
    np.testing.assert_array_equal(none[40:], image[40:])


def test_grey_read_only_and_strided_images() -> None:
    base = np.full((240, 500), 99, np.uint8)
    base.flags.writeable = False
    grey = base[:, ::2]
    drawn = overlay(grey, detection(with_block(240, 250)))
    assert drawn.shape == (240, 250, 3)
    colour = np.asfortranarray(np.repeat(grey[:, :, None], 3, axis=2))
    np.testing.assert_array_equal(overlay(colour, detection(with_block(240, 250))), drawn)
    alpha = np.dstack([colour, grey])
    np.testing.assert_array_equal(overlay(alpha, detection(with_block(240, 250))), drawn)


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ("photo.png", TypeError),
        (np.zeros((120, 160, 3)), TypeError),
        (np.zeros((120, 161, 3), np.uint8), ValueError),
        (np.zeros((120, 160, 2), np.uint8), ValueError),
    ],
)
def test_another_image_is_refused(image: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"image: expected .* received") as caught:
        overlay(image, detection(with_block(120, 160)))  # type: ignore[arg-type]
    assert isinstance(caught.value, fastdefect.FastDefectError)


def test_what_was_not_inspected_is_dark() -> None:
    image = np.full((50, 60, 3), 200, np.uint8)
    drawn = overlay(image, fastdefect.detect(image, roi=[[[10, 0], [60, 0], [60, 50], [10, 50]]]))
    assert (drawn[:, :10] == 100).all()
    assert (drawn[:, 10:] == 200).all()
