"""The figure: the stages in order, in the right colours, without matplotlib's global state."""

from __future__ import annotations

import re
import subprocess
import sys

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect.detectors.registry import default_detector
from fastdefect.detectors.result import Detection
from fastdefect.optional import install_line
from fastdefect.reference.article import fab_defect_detect
from fastdefect.report.panel_figure import panel, panel_png

pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")

HEADINGS = ["Original", "HSV", "V", "Blur", "Filter", "Binary", "Dilation", "Output"]
KEYS = [None, "hsv", "value", "blurred", "filtered", "binary", "dilation", None]


class Shown(Detection):
    """A result whose detector speaks and draws in its own way."""

    verdict = "Fabric has a defect"

    def output(self, image: np.ndarray) -> np.ndarray:
        return 255 - image


def inspected(image: np.ndarray) -> Detection:
    return default_detector().plan(image.shape[:2], threads=1)(image, stages=True)


def example(
    height: int = 40, width: int = 60, **stages: np.ndarray
) -> tuple[np.ndarray, Detection]:
    rng = np.random.default_rng(11)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    stages = stages or {
        key: rng.integers(0, 256, image.shape if key == "hsv" else image.shape[:2], dtype=np.uint8)
        for key in [*filter(None, KEYS), "erosion"]
    }
    detection = Shown(
        is_defective=True,
        score=12345.0,
        threshold=1.0,
        mask=np.zeros(image.shape[:2], np.bool_),
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
    for heading, axes, key in zip(HEADINGS, figure.axes, KEYS, strict=True):
        (shown,) = axes.get_images()
        if key is None:
            expected = image if heading == "Original" else 255 - image
            np.testing.assert_array_equal(shown.get_array(), expected[:, :, ::-1])  # BGR to RGB
        else:
            np.testing.assert_array_equal(shown.get_array(), detection.stages[key])
            if key != "hsv":
                assert shown.get_cmap().name == "gray"
                assert shown.get_clim() == (0, 255)
    heading = figure.get_suptitle()
    for word in ("photo.png", "Fabric has a defect", "99", "12,345"):
        assert word in heading


def test_the_default_detectors_panel_is_the_articles() -> None:
    image = np.full((96, 128, 3), (40, 90, 210), np.uint8)
    image[30:60, 40:90] = 30
    _, *stages, output = fab_defect_detect(image)
    before = image.copy()
    figure = panel(image, inspected(image))
    shown = [axes.get_images()[0].get_array() for axes in figure.axes]
    assert [axes.get_title() for axes in figure.axes] == HEADINGS
    for expected, made in zip([image[:, :, ::-1], *stages, output[:, :, ::-1]], shown, strict=True):
        np.testing.assert_array_equal(made, expected)
    np.testing.assert_array_equal(image, before)
    assert (output != image).any()
    assert "Fabric has a defect" in figure.get_suptitle()


def test_stages_of_another_detector_stand_under_their_names() -> None:
    deep = np.linspace(-2, 3, 40 * 60).reshape(40, 60)
    stages = {"edges": deep, "binary": np.eye(40, 60, dtype=np.uint8), "specks": deep > 2}
    figure = panel(*example(**stages))
    assert [a.get_title() for a in figure.axes] == [
        "Original",
        "Binary",
        "edges",
        "specks",
        "Output",
    ]
    edges, specks = (axes.get_images()[0] for axes in figure.axes[2:4])
    assert edges.get_clim() == (-2, 3)
    assert specks.get_clim() == (0, 255)
    np.testing.assert_array_equal(specks.get_array(), 255 * (deep > 2))


def test_a_grey_image_has_a_panel_too() -> None:
    grey = np.full((96, 128), 210, np.uint8)
    grey[30:60, 40:90] = 30
    axes = panel(grey, inspected(grey)).axes
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
    image = np.full((40, 60, 3), 200, np.uint8)
    first = panel(image, inspected(image)).get_suptitle()
    assert first.startswith("There is No Defect in Fabric · Otsu threshold ")


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
    red, blue, cyan, yellow = (0, 0, 255), (255, 0, 0), (255, 255, 0), (0, 255, 255)
    for row, column, colours in ((0.3, 0, (red, blue)), (0.75, 3, (cyan, yellow))):
        for place, colour in zip((0.3, 0.7), colours, strict=True):
            x = int(width * (column + place) / 4)
            assert tuple(picture[int(height * row), x]) == colour


def test_large_images_are_scaled_down() -> None:
    image, detection = example(1000, 1700)
    for axes in panel(image, detection).axes:
        assert axes.get_images()[0].get_array().shape[:2] == (471, 800)


def test_pyplot_is_not_touched() -> None:
    code = (
        "import sys, fastdefect.report.panel_figure as p; p.load_matplotlib();"
        "assert 'matplotlib.figure' in sys.modules; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_stages_are_asked_for() -> None:
    image, detection = example()
    bare = Detection(is_defective=True, score=1.0, threshold=0.0, mask=detection.mask, speed={})
    with pytest.raises(fastdefect.ArgumentValueError, match="stages=True"):
        panel(image, bare)
    with pytest.raises(fastdefect.ArgumentValueError, match="stages=True"):
        panel(image[:, :, 0], fastdefect.detect(image[:, :, 0]))


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        fastdefect.MissingPackageError, match=re.escape(install_line("panel", "matplotlib"))
    ):
        panel(*example())
