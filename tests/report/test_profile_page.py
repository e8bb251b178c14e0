"""The page of a profile in a real browser, at the width of a desk and of a telephone."""

import copy
from pathlib import Path
from typing import Any

import pytest
from browser import faint, keep, opened

from fastdefect.perf.document import FORMAT, KIND
from fastdefect.perf.web_speed import Web
from fastdefect.report.profile.page import compare_page, profile_page

# Elements that reach beyond the card that they stand in.
SPILT = """[...document.querySelectorAll('.card')].flatMap(card => [...card.querySelectorAll('*')]
  .filter(e => !e.closest('svg') || e.tagName === 'svg')
  .filter(e => e.getBoundingClientRect().right > card.getBoundingClientRect().right + 0.5)
  .map(e => e.tagName + ' ' + e.textContent.slice(0, 40)))"""
SMALLEST_TEXT = """Math.min(...[...document.querySelectorAll('td, th, p, label')]
  .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


def stage(milliseconds: float, share: float, path: str = "") -> dict[str, Any]:
    times = {
        f"p{mark}": milliseconds * factor
        for mark, factor in (("50", 1), ("90", 1.1), ("99", 1.4), ("999", 2))
    }
    rates = {"bytes_per_second": 1e6 / milliseconds, "operations_per_second": 3e9 / milliseconds}
    return {
        "latency": {"calls": 4000, **times, "most": 3 * milliseconds},
        "share": share,
        "path": path,
        **rates,
    }


def machine_run(threads: int) -> dict[str, Any]:
    edges = [10 * 1.05**n for n in range(61)]
    return {
        "shape": [512, 512],
        "threads": threads,
        "backend": "auto",
        "buffers": 9_400_000,
        "latency": stage(20 / threads, 1)["latency"],
        "stages": {
            "value_blur": stage(0.16, 0.01),
            "nl_means": stage(
                19 / threads, 0.97, "avx512, 32 lanes of 16 bits, weights from registers"
            ),
            "otsu_threshold": stage(0.12, 0.01),
            "defect_mask": stage(0.09, 0.005),
        },
        "histogram": {"edges": edges, "counts": [float((n * 37) % 50) for n in range(60)]},
        "roofs": {"threads": threads, "memory": 3e10, "cache": 2e11, "arithmetic": 3.6e11},
        "peak_bytes": 214e6,
    }


@pytest.fixture
def document() -> dict[str, Any]:
    """A profile of a machine that tells its clock but no temperature."""
    return {
        "kind": KIND,
        "format": FORMAT,
        "command": "fastdefect profile --shape 512x512 --report out",
        "machine": {
            "processor": "A Processor With A Long Name <9754> 128-Core",
            "family": "AuthenticAMD 26 2",
            "features": ["avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vnni"],
            "cores": 2,
            "threads": 2,
            "system": "Linux x86_64",
            "commit": "0123456789ab",
            "versions": {"fastdefect": "0.1.0", "numpy": "2.4.6", "opencv-python": "5.0.0.93"},
        },
        "megahertz": [2600, 2600, 3100],
        "celsius": [None, None, None],
        "shape": [512, 512],
        "web": {"width_mm": 1600.0, "mm_per_pixel": 0.5},
        "runs": [machine_run(1), machine_run(2)],
        "memory": {"before_plan": 163e6, "peak": 214e6},
        "start_ms": {"import numpy, cv2": 180.0, "import fastdefect beside them": 1.2, "first image, cold cache": 11000.0},
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["profile", "compare"])
def test_the_page_in_a_browser(kind: str, document: dict[str, Any], tmp_path: Path) -> None:
    page_file = tmp_path / f"{kind}.html"
    other = copy.deepcopy(document)
    html = (
        profile_page(document)
        if kind == "profile"
        else compare_page(document, other, ("a.json", "b.json"))
    )
    page_file.write_text(html, encoding="utf-8")
    with opened(page_file, tmp_path) as (page, complaints):
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(SPILT) == []
            assert page.evaluate(SMALLEST_TEXT) >= 12
            for picture in page.query_selector_all("svg"):
                assert picture.bounding_box()["width"] > 250
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                assert faint(page) == []
                keep(page, f"{kind}_{scheme}_{width}")
            picture = page.screenshot(path=tmp_path / f"{kind}-{width}.png", full_page=True)
            assert len(picture) > 20_000
        assert page.locator("main").count() == 1
        assert page.locator("table:not(:has(caption))").count() == 0
        assert "this machine follows" in page.inner_text("body")
        assert "<9754>" in page.inner_text("body")
        if kind == "profile":
            page.fill("input[name=width]", "800")
            page.fill("input[name=resolution]", "0.2")
            page.select_option("select", label="1")
            expected = Web(800, 0.2).sentence((512, 512), 1, document["runs"][0]["latency"]["p99"])
            assert page.inner_text("#sentence") == expected
    assert complaints == []


def test_complaints_of_a_page_are_heard(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(
        "<script>console.error('bad'); nothing()</script><img src='http://127.0.0.1:9/x.png'>"
    )
    with opened(broken, tmp_path) as (page, complaints):
        page.wait_for_timeout(100)
    assert any("bad" in each for each in complaints)
    assert any("uncaught" in each for each in complaints)
    assert any("request" in each for each in complaints)


def test_one_run_without_starts_has_neither_picture(document: dict[str, Any]) -> None:
    document |= {"runs": document["runs"][:1], "start_ms": {}, "celsius": [41.5, 60.25]}
    document["memory"] = {"before_plan": None, "peak": None}
    html = profile_page(document)
    assert "Over threads" not in html
    assert "Start of a process" not in html
    assert "41.5" in html
    assert html == profile_page(document)  # the same bytes again


def test_percentages_and_percentiles_are_honest(document: dict[str, Any]) -> None:
    run = document["runs"][1]
    run["stages"]["nl_means"]["operations_per_second"] = 1.22 * run["roofs"]["arithmetic"]
    html = profile_page(document)
    assert ">122.0<" not in html
    assert "over 100" in html
    assert "Over 100 % is no share" in html
    assert 'id="doubt"' not in html  # 4,000 images
    run["latency"]["calls"] = 20
    assert "p99 and p99.9 of 20 images tell little more than the slowest" in profile_page(document)
    run["latency"]["calls"] = 400
    assert "<b>p99.9 of 400 images" in profile_page(document)
