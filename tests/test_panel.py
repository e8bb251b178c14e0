"""The figure: eight panels in order, in the right colours, without matplotlib's global state."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect.report.panel import panel, panel_png
from fastdefect.result import Detection

HEADINGS = ["Original", "HSV", "V", "Blur", "Filter", "Binary", "Dilation", "Output"]
KEYS = [None, "hsv", "value", "blurred", "filtered", "binary", "dilation", None]


def example(height: int = 40, width: int = 60) -> tuple[np.ndarray, Detection, np.ndarray]:
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
    return image, detection, image ^ 255


def test_eight_panels_in_the_articles_order_and_right_colours() -> None:
    image, detection, output = example()
    figure = panel(image, detection, output, title="photo.png")
    assert [axes.get_title() for axes in figure.axes] == HEADINGS
    for axes, key in zip(figure.axes, KEYS, strict=True):
        (shown,) = axes.get_images()
        if key is None:
            source = image if axes.get_title() == "Original" else output
            np.testing.assert_array_equal(shown.get_array(), source[:, :, ::-1])  # BGR to RGB
        else:
            np.testing.assert_array_equal(shown.get_array(), detection.stages[key])
            if key != "hsv":
                assert shown.get_cmap().name == "gray"
                assert shown.get_clim() == (0, 255)
    heading = figure.get_suptitle()
    for word in ("photo.png", "Fabric has a defect", "99", "12,345"):
        assert word in heading


def test_the_verdict_of_a_good_image() -> None:
    image, detection, output = example()
    good = Detection(
        is_defective=False, score=0.0, threshold=1.0, mask=detection.mask,
        speed={}, stages=detection.stages,
    )  # fmt: skip
    assert panel(image, good, output).get_suptitle() == "There is No Defect in Fabric"


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (30, 40), (1000, 1700)])
def test_picture_of_any_shape(shape: tuple[int, int]) -> None:
    data = panel_png(*example(*shape), title="50$ _^ é 布.png")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] == 1872
    assert 200 < picture.shape[0] < 3000


def test_colours_of_the_picture_itself() -> None:
    image, detection, _ = example(300, 300)
    image[:] = (0, 0, 255)  # red in BGR
    output = np.full_like(image, 0)
    output[:] = (255, 0, 0)  # blue
    png = np.frombuffer(panel_png(image, detection, output), np.uint8)
    picture = cv2.imdecode(png, cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    assert tuple(picture[height * 3 // 10, width // 8]) == (0, 0, 255)
    assert tuple(picture[height * 3 // 4, width * 7 // 8]) == (255, 0, 0)


def test_large_images_are_scaled_down() -> None:
    image, detection, output = example(1000, 1700)
    for axes in panel(image, detection, output).axes:
        assert axes.get_images()[0].get_array().shape[:2] == (471, 800)


def test_pyplot_is_not_touched() -> None:
    code = (
        "import sys, fastdefect.report.panel as p; p.load_matplotlib();"
        "assert 'matplotlib.figure' in sys.modules; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_stages_are_asked_for() -> None:
    image, detection, output = example()
    bare = Detection(is_defective=True, score=1.0, threshold=0.0, mask=detection.mask, speed={})
    with pytest.raises(fastdefect.ArgumentValueError, match="stages=True"):
        panel(image, bare, output)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(fastdefect.MissingPackageError, match=r"pip install 'fastdefect\[panel\]'"):
        panel(*example())
