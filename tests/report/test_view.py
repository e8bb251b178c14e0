"""The page that zooms into a large image, in a real browser: it loads what is seen, works from any folder, shows defects."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import comes_true, opened
from smuggled import PREPARED, SMUGGLED

import fastdefect
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.large import detect
from fastdefect.report import write_view

pytest.importorskip("jinja2", reason="jinja2 is not installed")
HEIGHT, WIDTH = 1500, 2600
SPOTS = (100, 200, 60), (700, 1300, 90), (1400, 2500, 40), (900, 300, 1)


@pytest.fixture(name="image", scope="module")
def _image() -> np.ndarray:
    """Grey-green cloth with dark spots: row, column and size of each."""
    y, x = np.indices((HEIGHT, WIDTH))
    grey = 170 + 10 * np.sin(x / 2) * np.sin(y / 2)
    image = np.dstack([0.9 * grey, grey, 0.8 * grey]).astype(np.uint8)
    for row, column, size in SPOTS:
        image[row : row + size, column : column + size] = 40
    return image


class _Bright(fastdefect.detectors.ScoreMapDetector):
    """Says what is darker than 60."""

    kind, threshold, highest = "dark", 100.0, 1

    def plan_map(self, context: Any) -> Any:
        def step(image: Any, outside: Any, score_map: Any) -> float:
            np.multiply(image.max(axis=2) < 60, np.float32(200), out=score_map)
            return float(score_map.max())

        return step


@pytest.fixture(name="folder", scope="module")
def _folder(image: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made")
    found = detect(image, _Bright(), out=made / "result")
    assert len(found.defects) == len(SPOTS)
    write_view(found, image, made / "view")
    place = made / "elsewhere with blanks & signs"
    shutil.move(made / "view", place)  # it works wherever it lies
    return place


@pytest.fixture(name="browser", scope="module")
def _browser(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    page = folder / "index.html"
    with opened(page, tmp_path_factory.mktemp("profile"), beside=True) as (tab, complaints):
        yield tab, complaints


@pytest.fixture(name="shown")
def _shown(browser: Any) -> Iterator[Any]:
    tab, complaints = browser
    tab.set_viewport_size({"width": 1100, "height": 700})
    tab.reload()
    _ready(tab)
    yield tab
    assert complaints == []


def _ready(tab: Any) -> None:
    # a frame first: what was just asked for is drawn in the next one
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    comes_true(tab, "document.documentElement.dataset.ready === 'yes'")


def _sources(tab: Any) -> list[str]:
    found: list[str] = tab.eval_on_selector_all(
        "#sheet img", "(all) => all.map((one) => one.getAttribute('src'))"
    )
    return found


def _colour(tab: Any, at: tuple[float, float]) -> np.ndarray:
    """BGR of the screen at a place of the stage."""
    import cv2

    corner = tab.locator("#stage").bounding_box()
    clip = {"x": corner["x"] + at[0] - 1, "y": corner["y"] + at[1] - 1, "width": 3, "height": 3}
    picture = cv2.imdecode(np.frombuffer(tab.screenshot(clip=clip), np.uint8), cv2.IMREAD_COLOR)
    return picture[1, 1].astype(int)


def _middle(tab: Any) -> tuple[float, float]:
    box = tab.locator("#stage").bounding_box()
    return box["width"] / 2, box["height"] / 2


def test_the_whole_is_the_coarsest_level_that_fills_the_screen(shown: Any, folder: Path) -> None:
    sources = _sources(shown)
    assert {source.split("/")[1] for source in sources} == {"1"}  # 2600 pixels on 860
    assert len(sources) < len(list(folder.glob("tiles/*/*")))
    natural = shown.eval_on_selector_all(
        "#sheet img", "(all) => all.map((one) => one.naturalWidth)"
    )
    assert all(natural)
    _picture(shown, "view-whole")


def test_a_defect_is_found_and_loads_only_its_part(shown: Any) -> None:
    shown.locator("#list button").first.click()
    _ready(shown)
    level, names = shown.evaluate("document.documentElement.dataset.level"), _sources(shown)
    assert level == "0"
    assert 0 < len([name for name in names if name.startswith("tiles/0/")]) <= 8
    assert shown.locator("#frame").is_visible()
    _picture(shown, "view-defect")
    marked = _colour(shown, _middle(shown))
    assert marked[2] > 120
    shown.locator("#defects").uncheck()
    _ready(shown)
    assert np.abs(_colour(shown, _middle(shown)) - 40).max() < 12
    assert "8100 px" in shown.locator("#list button").first.inner_text().replace(",", "")


def test_wheel_keys_and_buttons(shown: Any) -> None:
    whole = shown.locator("#zoom").inner_text()
    box = shown.locator("#stage").bounding_box()
    shown.mouse.move(box["x"] + 100, box["y"] + 100)
    shown.mouse.wheel(0, -800)
    _ready(shown)
    near = shown.locator("#zoom").inner_text()
    assert float(near.split()[0]) > 4 * float(whole.split()[0])
    shown.locator("#stage").focus()
    for key in ("ArrowRight", "ArrowDown", "+", "-"):
        shown.keyboard.press(key)
    shown.mouse.down()
    shown.mouse.move(box["x"] + 300, box["y"] + 260)
    shown.mouse.up()
    _ready(shown)
    shown.locator("#one").click()
    _ready(shown)
    assert shown.locator("#zoom").inner_text() == "100 %"
    shown.locator("#fit").click()
    _ready(shown)
    assert shown.locator("#zoom").inner_text() == whole


def test_what_left_the_screen_is_let_go(shown: Any) -> None:
    shown.locator("#one").click()
    _ready(shown)
    held = len(_sources(shown))
    shown.locator("#stage").focus()
    for _ in range(30):
        shown.keyboard.press("ArrowRight")
    _ready(shown)
    assert len(_sources(shown)) <= held + 4


def test_a_narrow_screen(shown: Any) -> None:
    shown.set_viewport_size({"width": 390, "height": 780})
    shown.locator("#fit").click()
    _ready(shown)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    _picture(shown, "view-narrow")


@pytest.mark.parametrize("directive", SMUGGLED)
def test_the_browser_stops_what_the_page_does_not_do(browser: Any, directive: str) -> None:
    tab, complaints = browser
    tab.reload()
    tab.evaluate(PREPARED % SMUGGLED[directive])
    tab.wait_for_timeout(100)
    assert directive in tab.evaluate("window.stopped")
    assert tab.evaluate("window.ran") is None
    complaints.clear()  # of what was stopped


def test_a_defect_of_one_pixel_is_on_every_level(folder: Path) -> None:
    import cv2

    row, column, _ = SPOTS[-1]
    for level in sorted(folder.glob("tiles/*")):
        k = int(level.name)
        i, j = (row >> k) // 512, (column >> k) // 512
        layer = cv2.imread(str(level / f"{i}_{j}.png"), cv2.IMREAD_UNCHANGED)
        assert layer[(row >> k) % 512, (column >> k) % 512, 3] > 0


def test_a_second_page_has_no_marks_of_the_first(image: np.ndarray, tmp_path: Path) -> None:
    small = np.ascontiguousarray(image[:600, :600])
    write_view(detect(small, _Bright(), out=tmp_path / "a"), small, tmp_path / "view")
    assert list(tmp_path.glob("view/tiles/*/*.png"))
    even = np.full_like(small, 200)
    write_view(detect(even, _Bright(), out=tmp_path / "b"), even, tmp_path / "view")
    assert not list(tmp_path.glob("view/tiles/*/*.png"))


def test_what_is_refused(image: np.ndarray, tmp_path: Path) -> None:
    small = np.ascontiguousarray(image[:60, :60])
    found = detect(small, _Bright(), out=tmp_path / "a")
    with pytest.raises(ArgumentValueError, match=r"source: expected the image that was inspected"):
        write_view(found, image, tmp_path / "view")
    with pytest.raises(ArgumentTypeError, match=r"result: expected a fastdefect\.large\.Large"):
        write_view(_Bright()(small), small, tmp_path / "view")  # type: ignore[arg-type]


def _picture(shown: Any, name: str) -> None:
    """Keep a screenshot where ``FASTDEFECT_SCREENSHOTS`` names a folder."""
    folder = os.environ.get("FASTDEFECT_SCREENSHOTS")
    if folder:
        shown.screenshot(path=Path(folder) / f"{name}.png")
