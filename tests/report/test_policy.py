"""Pages say what they may do; a browser stops the rest, even if a name ever got through as markup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import opened
from smuggled import PREPARED, SMUGGLED

import fastdefect
from fastdefect.cli.validate.table import document
from fastdefect.evaluation.approval.file import Approval
from fastdefect.evaluation.approval.run import Validation
from fastdefect.report.html import render
from fastdefect.report.page import PageExport

pytest.importorskip("jinja2", reason="jinja2 is not installed")


def _defects() -> str:
    image = np.full((64, 64, 3), 200, np.uint8)
    image[20:40, 20:40] = 50
    page = PageExport(1, {}, {"fastdefect": fastdefect.__version__})
    page.add("cloth.png", image, fastdefect.detect(image))
    return page.html()


def _compared() -> str:
    filters = {"figure": str}
    return render("compare.html", filters=filters, documents=[], sides=[], picture="", sentence=str)


def _validated() -> str:
    where = {"processor": "", "path": "", "threads": 1, "versions": {}}
    approval = Approval("texture", "0" * 64, 1.0, 0.0, 1.0, where, ())
    found = Validation(approval, True, 1.0, where, missing=["cloth.png"])
    return render(
        "validate.html", found=document(found, {"model": Path("m"), "against": Path("a")})
    )


@pytest.fixture(name="shown", scope="module", params=[_defects, _compared, _validated])
def _shown(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("policy")
    path = folder / "page.html"
    path.write_text(request.param(), "utf-8")
    with opened(path, folder) as (tab, complaints):
        assert complaints == []
        yield tab


@pytest.mark.parametrize("directive", SMUGGLED)
def test_the_browser_stops_what_the_page_does_not_do(shown: Any, directive: str) -> None:
    shown.reload()
    shown.evaluate(PREPARED % SMUGGLED[directive])
    shown.wait_for_timeout(100)
    assert directive in shown.evaluate("window.stopped")
    assert shown.evaluate("window.ran") is None
    assert shown.evaluate("getComputedStyle(document.body).opacity") == "1"


@pytest.mark.parametrize("page", [_defects, _compared, _validated])
def test_hashes_are_of_the_template_not_of_the_page(page: Any) -> None:
    text = page()
    policy = text.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert text.index("Content-Security-Policy") < min(text.index("<style"), text.index("<title"))
    assert policy.count("'sha256-") == text.count("<style>") + text.count("<script>")
