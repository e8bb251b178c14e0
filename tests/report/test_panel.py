"""The figure: eight panels in order, in the right colours, without matplotlib's global state."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.result import Detection
from fastdefect.reference.article import fab_defect_detect
from fastdefect.reference.contours import find_contours
from fastdefect.report.panel import panel, panel_png

pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")

HEADINGS = ["Original", "HSV", "V", "Blur", "Filter", "Binary", "Dilation", "Output"]
KEYS = [None, "hsv", "value", "blurred", "filtered", "binary", "dilation", None]


def example(height: int = 40, width: int = 60) -> tuple[np.ndarray, Detection]:
    rng = np.random.default_rng(11)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    stages = {
        key: rng.integers(0, 256, image.shape if key == "hsv" else image.shape[:2], dtype=np.uint8)
        for key in [*filter(None, KEYS), "erosion"]
    }
    detection = Detection(
        is_defective=True,
        score=12345.0,
        threshold=1.0,
        mask=stages["dilation"] == 0,
        speed={"total": 1.0},
        otsu_threshold=99,
        zero_count=12345,
        stages=stages,
    )
    return image, detection


def test_eight_panels_in_the_articles_order_and_right_colours() -> None:
    image, detection = example()
    figure = panel(image, detection, title="photo.png")
    assert [axes.get_title() for axes in figure.axes] == HEADINGS
    for axes, key in zip(figure.axes, KEYS, strict=True):
        (shown,) = axes.get_images()
        if key is None:
            np.testing.assert_array_equal(shown.get_array(), image[:, :, ::-1])  # BGR to RGB
        else:
            np.testing.assert_array_equal(shown.get_array(), detection.stages[key])
            if key != "hsv":
                assert shown.get_cmap().name == "gray"
                assert shown.get_clim() == (0, 255)
    heading = figure.get_suptitle()
    for word in ("photo.png", "Fabric has a defect", "99", "12,345"):
        assert word in heading


def test_the_output_is_that_of_the_article() -> None:
    image = np.full((96, 128, 3), (40, 90, 210), np.uint8)
    image[30:60, 40:90] = 30
    names = ("hsv", "value", "blurred", "filtered", "binary", "dilation")
    _, *stages, output = fab_defect_detect(image)
    dilation = stages[-1]
    detection = Detection(
        is_defective=True,
        score=float((dilation == 0).sum()),
        threshold=1.0,
        mask=dilation == 0,
        speed={},
        stages=dict(zip(names, stages, strict=True)),
        makers={"contours": lambda: find_contours(dilation)},
    )
    before = image.copy()
    shown = panel(image, detection).axes[-1].get_images()[0].get_array()
    np.testing.assert_array_equal(shown, output[:, :, ::-1])
    np.testing.assert_array_equal(image, before)
    assert (output != image).any()
    red = panel(image, detection, ArticleParams(contour_colour=(0, 0, 255)))
    assert (red.axes[-1].get_images()[0].get_array() == (255, 0, 0)).all(axis=2).any()


def test_a_grey_image_has_a_panel_too() -> None:
    grey = np.full((96, 128), 210, np.uint8)
    grey[30:60, 40:90] = 30
    axes = panel(grey, fastdefect.detect(grey, threads=1, stages=True)).axes
    original, hsv, value = (ax.get_images()[0].get_array() for ax in axes[:3])
    for channel in range(3):
        np.testing.assert_array_equal(original[:, :, channel], grey)
        np.testing.assert_array_equal(hsv[:, :, channel], grey if channel == 2 else 0)
    np.testing.assert_array_equal(value, grey)


def test_another_image_is_refused() -> None:
    image, detection = example()
    with pytest.raises(fastdefect.ArgumentValueError, match="image: expected shape"):
        panel(image[1:], detection)


def test_the_verdict_of_a_good_image() -> None:
    image, detection = example()
    good = Detection(
        is_defective=False, score=0.0, threshold=1.0, mask=detection.mask,
        speed={}, stages=detection.stages,
    )  # fmt: skip
    assert panel(image, good).get_suptitle() == "There is No Defect in Fabric"


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (30, 40), (1000, 1700)])
def test_picture_of_any_shape(shape: tuple[int, int]) -> None:
    data = panel_png(*example(*shape), title="50$ _^ é 布.png")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] == 1872
    assert 200 < picture.shape[0] < 3000


def test_colours_of_the_picture_itself() -> None:
    image, detection = example(300, 300)
    image[:, :150] = (0, 0, 255)  # red in BGR
    image[:, 150:] = (255, 0, 0)  # blue
    picture = cv2.imdecode(np.frombuffer(panel_png(image, detection), np.uint8), cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    for row, column in ((0.3, 0), (0.75, 3)):  # Original, Output
        y = int(height * row)
        assert tuple(picture[y, int(width * (column + 0.3) / 4)]) == (0, 0, 255)
        assert tuple(picture[y, int(width * (column + 0.7) / 4)]) == (255, 0, 0)


def test_large_images_are_scaled_down() -> None:
    image, detection = example(1000, 1700)
    for axes in panel(image, detection).axes:
        assert axes.get_images()[0].get_array().shape[:2] == (471, 800)


def test_pyplot_is_not_touched() -> None:
    code = (
        "import sys, fastdefect.report.panel as p; p.load_matplotlib();"
        "assert 'matplotlib.figure' in sys.modules; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_stages_are_asked_for() -> None:
    image, detection = example()
    bare = Detection(is_defective=True, score=1.0, threshold=0.0, mask=detection.mask, speed={})
    with pytest.raises(fastdefect.ArgumentValueError, match="stages=True"):
        panel(image, bare)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(fastdefect.MissingPackageError, match=r"pip install 'fastdefect\[panel\]'"):
        panel(*example())
