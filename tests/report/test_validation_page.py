"""The page of a validation in a real browser, at the width of a desk and of a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import faint, opened

from fastdefect.cli.validate.table import document
from fastdefect.evaluation.approval.file import Approval
from fastdefect.evaluation.approval.outcome import Difference, Outcome
from fastdefect.evaluation.approval.run import Validation
from fastdefect.report.html import render

pytest.importorskip("jinja2", reason="jinja2 is not installed")
SPILT = """[...document.querySelectorAll('.card')].flatMap(card => [...card.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > card.getBoundingClientRect().right + 0.5)
  .map(e => e.tagName + ' ' + e.textContent.slice(0, 40)))"""
LONG = "a_name_without_any_blank_that_somebody_gave_to_an_image_of_the_second_shift_0123456789"


def test_the_page_in_a_browser(tmp_path: Path) -> None:
    where = {
        "processor": "A Processor With A Long Name <9754>",
        "path": "avx2",
        "threads": 2,
        "versions": {"numpy": "2.0"},
    }
    images = tuple(
        Outcome(f"{n}.png", f"{n}" * 64, 9, "0" * 64, 1.0, "good", None, 0.0, ()) for n in range(4)
    )
    approval = Approval("texture", "0" * 64, 1.25, 0.0, 12.5, where, images)
    now = where | {"versions": {"numpy": "2.1", "onnxruntime": "1.22"}}
    found = Validation(
        approval, True, 1.25, now, compared=2, missing=[f"test/{LONG}.png"], changed=["<b>2.png"]
    )
    found.differences = [Difference(f"{LONG}.png", "score 1 then, 1.0001 now")]
    page = tmp_path / "page.html"
    page.write_text(
        render("validate.html", found=document(found, {"model": Path(LONG), "against": Path("a")})),
        "utf-8",
    )
    with opened(page, tmp_path) as (tab, complaints):
        for width in (1280, 400):
            tab.set_viewport_size({"width": width, "height": 900})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(SPILT) == []
            for scheme in ("dark", "light"):
                tab.emulate_media(color_scheme=scheme)
                assert faint(tab) == []
        text = tab.inner_text("body")
    assert complaints == []
    for words in (
        "DIFFERENT",
        "<b>2.png",
        "the file has another content",
        "score 1 then",
        "1.22",
        "2 of 4",
    ):
        assert words in text
