"""The page of many results in a real browser: sorting, zoom, toggles, no console error, no network, no width too much."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import complaints, open_browser, resize

import fastdefect
from fastdefect.report.histogram import histogram
from fastdefect.report.page import PageExport

pytest.importorskip("jinja2", reason="jinja2 is not installed")
RULES = fastdefect.RegionParams(mm_per_px=(0.2, 0.25))
NASTY = '</script><b>"x" & {{ 7 * 7 }}.png'


def cloth(spots: int) -> np.ndarray:
    """Grey cloth of 240 x 320 pixels with dark spots of growing size."""
    y, x = np.indices((240, 320))
    grey = (170 + 10 * np.sin(x / 2) * np.sin(y / 2)).astype(np.uint8)
    for k in range(spots):
        row, column = 45 + 70 * (k // 4), 40 + 75 * (k % 4)
        grey[np.hypot(y - row, x - column) < 8 + 2 * k] = 60
    return np.dstack([grey] * 3)


@pytest.fixture(name="page", scope="module")
def _page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    export = PageExport(4, {"mm_per_px": [0.2, 0.25]}, {"fastdefect": fastdefect.__version__})
    for name, spots in (("many.png", 11), ("few.png", 3), (NASTY, 5)):
        export.add(name, cloth(spots), fastdefect.detect(cloth(spots), regions=RULES))
    even = np.full((240, 320, 3), 170, np.uint8)
    export.add("good.png", even, fastdefect.detect(even))
    export.fail("broken.png: expected a whole image file")
    return export.write(tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(name="chrome", scope="module")
def _chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


@pytest.fixture(name="shown")
def _shown(chrome: Any, page: Path) -> Iterator[Any]:
    resize(chrome, 1280, 900)
    chrome.get(page.as_uri())
    assert chrome.execute_script("return document.documentElement.dataset.ready") == "yes"
    yield chrome
    assert complaints(chrome) == []


def picture(chrome: Any, name: str) -> None:
    """Keep a screenshot where ``FASTDEFECT_SCREENSHOTS`` names a folder."""
    folder = os.environ.get("FASTDEFECT_SCREENSHOTS")
    if folder:
        chrome.save_screenshot(str(Path(folder) / f"{name}.png"))


def click(chrome: Any, selector: str) -> None:
    chrome.find_element("css selector", selector).click()


def column(chrome: Any, index: int) -> list[str]:
    script = "return [...document.querySelectorAll(`#defects tbody td:nth-child(${arguments[0]})`)]"
    return list(chrome.execute_script(script + ".map((td) => td.textContent)", index))


def test_summary_names_and_histogram(shown: Any) -> None:
    text = shown.find_element("id", "summary").text
    for words in ("4\nimages inspected", "3\nwith defects", "1\nwithout", "1\nnot inspected"):
        assert words in text
    assert "broken.png" in shown.find_element("tag name", "body").text
    cards = shown.find_elements("css selector", ".shot-card")
    assert [card.get_attribute("title") for card in cards] == [
        "many.png",
        "few.png",
        NASTY,
        "good.png",
    ]
    assert shown.find_elements("css selector", "#histogram rect")
    assert shown.find_elements("css selector", "#histogram line.threshold")
    assert "0.2" in shown.find_element("css selector", ".facts").text
    picture(shown, "page_1280")


def test_sorting(shown: Any) -> None:
    heads = [h.text for h in shown.find_elements("css selector", "#defects thead th")]
    area = next(i for i, head in enumerate(heads) if head.startswith("Area mm²"))
    before = column(shown, area + 1)
    assert len(before) == 19
    for direction, turn in (("descending", -1), ("ascending", 1)):
        click(shown, f"#defects thead th:nth-child({area + 1}) button")
        values = [float(value) for value in column(shown, area + 1)]
        assert values == sorted(values, key=lambda v: turn * v)
        head = shown.find_elements("css selector", "#defects thead th")[area]
        assert head.get_attribute("aria-sort") == direction
    click(shown, "#defects thead th:nth-child(1) button")
    names = column(shown, 1)
    grouped = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert sorted(grouped) == sorted({"many.png", "few.png", NASTY})
    assert column(shown, 2)[:5] == ["1", "2", "3", "4", "5"]


def test_viewer_zoom_and_toggles(shown: Any) -> None:
    click(shown, ".shot-card:nth-child(1)")
    assert shown.find_element("id", "viewer").get_attribute("open")
    scale = "return Number(getComputedStyle(sheet).transform.match(/matrix\\(([^,]+)/)[1])"
    fit = shown.execute_script(scale)
    click(shown, "#zoom-in")
    assert shown.execute_script(scale) == pytest.approx(1.5 * fit)
    click(shown, "#zoom-out")
    click(shown, "#zoom-out")
    assert shown.execute_script(scale) == pytest.approx(fit / 1.5)
    shown.execute_script(
        "stage.dispatchEvent(new WheelEvent('wheel', {deltaY: -400, clientX: 300, clientY: 300}))"
    )
    assert shown.execute_script(scale) == pytest.approx(fit / 1.5 * np.e, rel=1e-3)
    click(shown, "#fit")
    assert shown.execute_script(scale) == pytest.approx(fit)
    marks, score = shown.find_element("id", "marks"), shown.find_element("id", "score")
    assert marks.is_displayed()
    assert not score.is_displayed()
    click(shown, "#scores")
    assert score.is_displayed()
    assert shown.execute_script("return score.complete && score.naturalWidth > 0")
    picture(shown, "viewer_scores_1280")
    click(shown, "#outlines")
    assert not marks.is_displayed()
    click(shown, "#outlines")
    click(shown, "#scores")
    assert not score.is_displayed()
    click(shown, "#after")
    assert shown.find_element("id", "title").text == "few.png"
    click(shown, "#before")
    click(shown, "#before")
    assert shown.find_element("id", "title").text == "good.png"
    click(shown, "#close")
    assert not shown.find_element("id", "viewer").is_displayed()


def test_a_row_shows_its_defect(shown: Any) -> None:
    click(shown, "#defects tbody tr:nth-child(2)")
    assert shown.find_element("id", "title").text == "many.png"
    frame = shown.find_element("css selector", "#marks rect")
    box = frame.rect
    stage = shown.find_element("id", "stage").rect
    middle = [box[a] + box[b] / 2 for a, b in (("x", "width"), ("y", "height"))]
    expected = [stage[a] + stage[b] / 2 for a, b in (("x", "width"), ("y", "height"))]
    assert middle == pytest.approx(expected, abs=3)
    picture(shown, "viewer_defect_1280")
    click(shown, "#close")


def test_gallery_toggles_filter_and_order(shown: Any) -> None:
    outlines = shown.find_element("css selector", ".shot-card svg.outlines")
    scores = shown.find_element("css selector", ".shot-card img.score")
    assert outlines.is_displayed()
    assert not scores.is_displayed()
    click(shown, "#thumb-scores")
    click(shown, "#thumb-outlines")
    assert scores.is_displayed()
    assert not outlines.is_displayed()
    click(shown, "#show option[value=good]")
    assert [
        c.get_attribute("title") for c in shown.find_elements("css selector", ".shot-card")
    ] == ["good.png"]
    click(shown, "#show option[value=all]")
    click(shown, "#order option[value=score]")
    cards = shown.find_elements("css selector", ".shot-card")
    assert [c.get_attribute("title") for c in cards] == ["many.png", NASTY, "few.png", "good.png"]


def test_narrow_screen(shown: Any) -> None:
    resize(shown, 400, 800)
    width = "return document.documentElement.scrollWidth"
    assert shown.execute_script(width) <= 400
    picture(shown, "page_400")
    shown.execute_script("document.getElementById('defects').scrollIntoView()")
    picture(shown, "table_400")
    shown.execute_script("document.getElementById('histogram').scrollIntoView()")
    picture(shown, "histogram_400")
    shown.execute_script("scrollTo(0, 0)")
    click(shown, ".shot-card:nth-child(1)")
    assert shown.find_element("id", "stage").rect["height"] > 300
    for name in ("zoom-in", "fit", "scores", "close"):
        rect = shown.find_element("id", name).rect
        assert 0 <= rect["x"] <= 400 - rect["width"]
    picture(shown, "viewer_400")


def test_nothing_is_loaded_from_elsewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    outside = re.findall(r"(?:src|href)=[\"'](?!data:)|url\((?!data:)|@import|https?://\S+", text)
    assert [link for link in outside if "www.w3.org/2000/svg" not in link] == []
    assert "<b>" + '"x"' not in text
    assert "49.png" not in text


def test_pictures_keep_to_their_share() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), np.uint8)
    detection = fastdefect.detect(noise[:300, :400])
    small, large = PageExport(500, {}, {"fastdefect": ""}), PageExport(1, {}, {"fastdefect": ""})
    for export in (small, large):
        export.add("noise", noise[:300, :400], detection)
    assert len(small.html()) < 45e6 / 500 + 40_000 < len(large.html())


def test_histogram_places() -> None:
    plain = histogram([0.1, 0.2, 0.3, 0.9], [False] * 3 + [True], [0.5, 0.5])
    assert not plain.logarithmic
    assert (sum(plain.good), sum(plain.defective), plain.most) == (3, 1, 1)
    assert plain.thresholds == pytest.approx((0.5,))
    wide = histogram([0, 0, 5, 90_000], [False, False, True, True], [1])
    assert wide.logarithmic
    assert wide.good[0] == 2
    assert wide.defective[-1] == 1
    assert 0 < wide.thresholds[0] < 0.1
    assert histogram([], [], []) is None
    assert histogram([float("nan")], [False], [1]) is None
    assert histogram([3.0], [True], []).most == 1
    json.dumps(plain.good)
