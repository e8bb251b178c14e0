"""The page of many results in a real browser: sorting, zoom, toggles, no console error, no network, no width too much."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import comes_true, faint, keep, opened

import fastdefect
from fastdefect.report.histogram import histogram
from fastdefect.report.page import PageExport

pytest.importorskip("jinja2", reason="jinja2 is not installed")
RULES = fastdefect.RegionParams(mm_per_px=(0.2, 0.25))
SIZES = {1280: 900, 400: 800}
NASTY = '</script><b>"x" & {{ 7 * 7 }}.png'

WORST_FIRST = ["many.png", NASTY, "few.png", "good.png"]


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
    versions = {"fastdefect": fastdefect.__version__}
    export = PageExport(4, {"mm_per_px": [0.2, 0.25]}, versions, fastdefect.ArticleDetector())
    for name, spots in (("few.png", 3), ("many.png", 11), (NASTY, 5)):
        export.add(name, cloth(spots), fastdefect.detect(cloth(spots), regions=RULES))
    even = np.full((240, 320, 3), 170, np.uint8)
    export.add("good.png", even, fastdefect.detect(even))
    export.fail("broken.png: expected a whole image file")
    return export.write(tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(name="browser", scope="module")
def _browser(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened(page, tmp_path_factory.mktemp("profile")) as (tab, complaints):
        yield tab, complaints


@pytest.fixture(name="shown")
def _shown(browser: Any) -> Iterator[Any]:
    tab, complaints = browser
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.ready") == "yes"
    yield tab
    assert complaints == []


def column(shown: Any, index: int) -> list[str]:
    return list(shown.locator(f"#defects tbody td:nth-child({index})").all_text_contents())


def titles(shown: Any) -> list[str]:
    return [card.get_attribute("title") for card in shown.locator(".shot-card").all()]


def test_summary_names_and_histogram(shown: Any) -> None:
    text = shown.inner_text("#summary")
    for words in ("4 images inspected", "3 with defects", "1 without", "1 not inspected"):
        assert words in " ".join(text.split())
    assert "broken.png" in shown.inner_text("body")
    assert titles(shown) == WORST_FIRST
    assert shown.locator("#histogram rect").count() > 1
    assert shown.locator("#histogram line.threshold").count() == 1
    assert "0.2" in shown.inner_text(".facts")
    keep(shown, "page_1280")


def test_the_conclusion_comes_first(shown: Any) -> None:
    assert shown.inner_text("h1") == "3 of 4 images have defects, 1 file was not inspected"
    assert shown.title() == shown.inner_text("h1")
    look = shown.locator("#look")
    assert look.locator("button").all_inner_texts() == WORST_FIRST[:3]
    assert look.inner_text().count("limit") == 3
    header = shown.inner_text("header")
    for words in ("The longest defect measures", "mm, in", "ArticleDetector: a baseline"):
        assert words in header
    look.locator("button").first.click()
    assert shown.inner_text("#title") == "many.png"
    assert "limit" in shown.inner_text(".shot-card:nth-child(1)")


def test_landmarks_captions_and_roles(shown: Any) -> None:
    assert shown.locator("main").count() == 1
    assert shown.locator("main > header h1").count() == 1
    assert shown.locator("table:not(:has(caption))").count() == 0
    assert shown.locator("th:not([scope])").count() == 0
    nameless = """[...document.querySelectorAll('button, select, input, svg[role=img], dialog, [role=region]')]
      .filter(e => !(e.textContent.trim() || e.ariaLabel || e.title || e.closest('label')))
      .map(e => e.outerHTML.slice(0, 80))"""
    assert shown.evaluate(nameless) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_all_text(shown: Any, scheme: str) -> None:
    shown.emulate_media(color_scheme=scheme)
    assert faint(shown) == []
    keep(shown, f"page_{scheme}_1280")
    shown.click(".shot-card:nth-child(1)")
    assert faint(shown) == []
    shown.emulate_media(color_scheme="light")


@pytest.mark.parametrize("width", SIZES)
def test_the_table_fits_the_screen(shown: Any, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": SIZES[width]})
    hangs_over = "document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth"
    assert shown.evaluate(hangs_over) <= 0
    narrow = width < 560
    columns = shown.locator("#defects thead th:visible").count()
    assert columns == (4 if narrow else 12)
    if narrow:
        shown.check("#all-columns")
        assert shown.locator("#defects thead th:visible").count() == 12


def test_on_paper(shown: Any, tmp_path: Path) -> None:
    data = shown.pdf(path=tmp_path / "report.pdf", format="A4")
    assert data.startswith(b"%PDF")
    shown.emulate_media(media="print", color_scheme="dark")
    shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.locator(".shot-card .frame img:first-child").count() == 4
    assert not shown.is_visible("#order")
    assert (
        shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert faint(shown) == []
    keep(shown, "page_print")
    shown.emulate_media(media="screen", color_scheme="light")


def test_sorting(shown: Any) -> None:
    heads = shown.locator("#defects thead th").all_inner_texts()
    area = 1 + next(i for i, head in enumerate(heads) if head.startswith("Area mm²"))
    assert len(column(shown, area)) == 19
    for direction, turn in (("descending", -1), ("ascending", 1)):
        shown.click(f"#defects thead th:nth-child({area}) button")
        values = [float(value) for value in column(shown, area)]
        assert values == sorted(values, key=lambda v: turn * v)
        head = shown.locator(f"#defects thead th:nth-child({area})")
        assert head.get_attribute("aria-sort") == direction
    shown.click("#defects thead th:nth-child(1) button")
    names = column(shown, 1)
    grouped = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert sorted(grouped) == sorted({"many.png", "few.png", NASTY.split("/")[-1]})
    assert column(shown, 2)[:5] == ["1", "2", "3", "4", "5"]


def test_viewer_zoom_and_toggles(shown: Any) -> None:
    shown.click(".shot-card:nth-child(1)")
    assert shown.is_visible("#viewer")
    scale = "Number(getComputedStyle(sheet).transform.match(/matrix\\(([^,]+)/)[1])"
    fit = shown.evaluate(scale)
    shown.click("#zoom-in")
    assert shown.evaluate(scale) == pytest.approx(1.5 * fit)
    shown.click("#zoom-out")
    shown.click("#zoom-out")
    assert shown.evaluate(scale) == pytest.approx(fit / 1.5)
    shown.mouse.move(600, 400)
    shown.mouse.wheel(0, -400)
    comes_true(shown, f"{scale} > {fit}")
    assert shown.evaluate(scale) == pytest.approx(fit / 1.5 * np.e, rel=1e-3)
    before = shown.locator("#sheet").bounding_box()
    shown.mouse.down()
    shown.mouse.move(650, 380)
    shown.mouse.up()
    after = shown.locator("#sheet").bounding_box()
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((50, -20))
    shown.click("#fit")
    assert shown.evaluate(scale) == pytest.approx(fit)
    assert shown.is_visible("#marks")
    assert not shown.is_visible("#score")
    shown.click("#scores")
    assert shown.is_visible("#score")
    assert shown.evaluate("score.complete && score.naturalWidth > 0")
    keep(shown, "viewer_scores_1280")
    shown.click("#outlines")
    assert not shown.is_visible("#marks")
    shown.click("#outlines")
    shown.click("#scores")
    assert not shown.is_visible("#score")
    shown.click("#after")
    assert shown.inner_text("#title") == NASTY
    shown.keyboard.press("ArrowLeft")
    shown.keyboard.press("ArrowLeft")
    assert shown.inner_text("#title") == "good.png"
    shown.click("#close")
    assert not shown.is_visible("#viewer")


def test_a_row_shows_its_defect(shown: Any) -> None:
    shown.click("#defects tbody tr:nth-child(2)")
    assert shown.inner_text("#title") == "many.png"
    frame = shown.locator("#marks rect").bounding_box()
    stage = shown.locator("#stage").bounding_box()
    for start, size in (("x", "width"), ("y", "height")):
        middle = stage[start] + stage[size] / 2
        assert frame[start] + frame[size] / 2 == pytest.approx(middle, abs=3)
        assert frame[size] < stage[size]
    keep(shown, "viewer_defect_1280")


def test_gallery_toggles_filter_and_order(shown: Any) -> None:
    outlines = shown.locator(".shot-card svg.outlines").first
    scores = shown.locator(".shot-card img.score").first
    assert outlines.is_visible()
    assert not scores.is_visible()
    shown.click("#thumb-scores")
    shown.click("#thumb-outlines")
    assert scores.is_visible()
    assert not outlines.is_visible()
    shown.select_option("#show", "good")
    assert titles(shown) == ["good.png"]
    shown.select_option("#show", "all")
    shown.select_option("#order", "given")
    assert titles(shown) == ["few.png", "many.png", NASTY, "good.png"]
    shown.select_option("#order", "score")
    assert titles(shown) == WORST_FIRST


def test_narrow_screen(shown: Any) -> None:
    shown.set_viewport_size({"width": 400, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= 400
    keep(shown, "page_400")
    for name in ("gallery", "defects", "histogram"):
        shown.evaluate(f"document.getElementById('{name}').scrollIntoView()")
        keep(shown, f"{name}_400")
    shown.click(".shot-card:nth-child(1)")
    assert shown.locator("#stage").bounding_box()["height"] > 300
    for name in ("zoom-in", "fit", "scores", "close"):
        box = shown.locator(f"#{name}").bounding_box()
        assert 0 <= box["x"] <= 400 - box["width"]
    keep(shown, "viewer_400")


def test_nothing_is_loaded_from_elsewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    outside = re.findall(r"(?:src|href)=[\"'](?!data:)|url\((?!data:)|@import|https?://\S+", text)
    assert [link for link in outside if "www.w3.org/2000/svg" not in link] == []
    assert "<b>" + '"x"' not in text
    assert "49.png" not in text


def test_severity_is_shown_where_it_says_something() -> None:
    image = cloth(11)
    for limits, shown_ in (((75.0, 150.0), False), ((4.0, 6.0), True)):
        rules = fastdefect.RegionParams(mm_per_px=0.2, severity_limits=limits)
        page = PageExport(1, {}, {"fastdefect": ""})
        page.add("a.png", image, fastdefect.detect(image, regions=rules))
        assert ('"title": "Severity"' in page.html()) == shown_
        assert ("of severity 1" in page.html()) == shown_


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
    data = json.loads(json.dumps(asdict(plain), allow_nan=False))
    assert data["good"] == list(plain.good)
    assert [label for _, label in data["marks"]] == ["0.1", "0.3", "0.5", "0.7", "0.9"]
