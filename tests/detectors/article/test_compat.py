"""The article's drop-in: eight arrays, byte for byte, on every image at hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import ROOT, shared_images
from hypothesis import given
from hypothesis import strategies as st

import fastdefect
from fastdefect.detectors.article.marks import mark_vertices
from fastdefect.reference import article, contours

NAMES = ("img", "hsv", "v", "blr", "dst", "binary", "dilation", "image")
CLOTH = sorted(p for p in (ROOT / "bench_images").glob("*.png") if not p.stem.endswith("_mask"))


def _hold(path: Path) -> None:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    before = image.copy()
    expected = article.fab_defect_detect(image)
    received = fastdefect.fab_defect_detect(image)
    assert received[0] is image
    for name, left, right in zip(NAMES, expected, received, strict=True):
        assert right.dtype == np.uint8
        np.testing.assert_array_equal(right, left, err_msg=f"{path.name}: {name}")
    np.testing.assert_array_equal(image, before)


@pytest.mark.parity
@pytest.mark.parametrize("path", CLOTH, ids=lambda path: path.stem)
def test_cloth(path: Path) -> None:
    _hold(path)


@pytest.mark.parity
@pytest.mark.parametrize("folder", ["cloth_stains/images", "colour_fabric"])
def test_photographs(folder: str) -> None:
    paths = shared_images(folder)
    if not paths:
        pytest.skip("the shared photographs are not on this machine")
    for path in paths:
        _hold(path)


@pytest.mark.parity
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 3), (30, 1, 3), (5, 7, 3)])
@pytest.mark.parametrize("kind", ["noise", "black", "white"])
def test_small_images(shape: tuple[int, ...], kind: str) -> None:
    image = np.full(shape, 255 if kind == "white" else 0, np.uint8)
    if kind == "noise":
        image = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    for left, right in zip(
        article.fab_defect_detect(image), fastdefect.fab_defect_detect(image), strict=True
    ):
        np.testing.assert_array_equal(right, left)


@pytest.mark.parity
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 70), st.floats(0.01, 0.99))
def test_marks_of_vertices(seed: int, height: int, width: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    binary = ((rng.random((height, width)) < share) * 255).astype(np.uint8)
    if seed % 2:
        binary = cv2.dilate(binary, np.ones((5, 5), np.uint8))
    found = contours.find_contours(binary)
    image = rng.integers(0, 256, (height, width, 3), np.uint8)
    limit = 20.0 if seed % 3 else 261124.0
    params = fastdefect.ArticleParams(contour_area_limit=limit, contour_colour=(9, 80, 200))
    expected = image.copy()
    contours.draw_contours(expected, found, limit, (9, 80, 200))
    mark_vertices(image, found, params)
    np.testing.assert_array_equal(image, expected)


def test_it_prints_the_verdict_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    cloth = cv2.imread(str(CLOTH[0]))
    fastdefect.fab_defect_detect(cloth)
    assert capsys.readouterr().out == ""
    fastdefect.fab_defect_detect(cloth, verbose=True)
    assert capsys.readouterr().out == "Fabric has a defect\n"
    fastdefect.defect_detect(np.full((20, 20, 3), 200, np.uint8), verbose=True)
    assert capsys.readouterr().out == "There is No Defect in Fabric\n"


def test_grey_images_are_refused_with_a_remedy() -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match=r"img: .*\(H, W, 3\).*COLOR_GRAY2BGR"):
        fastdefect.fab_defect_detect(np.zeros((5, 5), np.uint8))
