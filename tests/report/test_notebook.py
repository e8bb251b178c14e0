"""What a notebook shows: the verdict, tables that hold what they say, nothing that a name could smuggle in."""

import re
from typing import Any

import cv2
import numpy as np
import pytest
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect.errors import ArgumentValueError, MissingPackageError

pytest.importorskip("jinja2", reason="Jinja2 is not installed")


@pytest.fixture(scope="module")
def model() -> fastdefect.TextureModel:
    return fastdefect.TextureModel(window=31, scales=(1, 3, 5, 9)).fit(
        [cloth(i) for i in range(12)]
    )


def cells(html: str) -> list[str]:
    return re.findall(r"<td[^>]*>([^<]*)</td>", html)


def test_a_result_shows_verdict_limit_map_and_the_largest_defects(
    model: fastdefect.TextureModel,
) -> None:
    found = model(spoiled(cloth(20)))
    html = found._repr_html_()
    assert html is not None
    assert "<b>defective</b>" in html
    assert html.count("data:image/jpeg;base64,") == 1
    largest = max(found.defects, key=lambda each: each.area)
    assert cells(html)[0] == str(largest.label)
    assert f"{largest.area:,}" in cells(html)


def test_an_unusable_one_says_why(model: fastdefect.TextureModel) -> None:
    found = model(np.zeros_like(cloth(0)))
    html = found._repr_html_() or ""
    assert "<b>unusable</b>" in html
    assert found.notes[0] in html


def test_as_text_a_result_and_its_table_are_one_line(model: fastdefect.TextureModel) -> None:
    found = model(spoiled(cloth(20)))
    assert repr(found).startswith(
        f"Detection(verdict='defective', score={found.score!r}, threshold="
    )
    mask = np.zeros((200, 200), bool)
    mask[::4, ::4] = mask[100:120, 100:120] = True
    defects = fastdefect.defects.find_defects(mask)
    largest = max(defects, key=lambda each: each.area)
    assert repr(defects) == f"<Defects: {len(defects)}, the largest {largest!r}>"
    assert repr(largest).startswith(f"Defect(label={largest.label}, bbox={largest.bbox!r}, area=")
    assert repr(defects.rows([])) == "<Defects: none>"


def test_a_long_table_shows_the_largest_and_the_count() -> None:
    mask = np.zeros((200, 200), bool)
    for i in range(20):
        mask[10 * i : 10 * i + 1 + i % 7, 5 : 7 + i] = True
    defects = fastdefect.defects.find_defects(mask, fastdefect.RegionParams(mm_per_px=0.5))
    html = defects._repr_html_() or ""
    assert ("20 defects" in html, "the 12 largest" in html, html.count("<tr>")) == (True, True, 13)
    assert "area, mm²" in html
    sizes = sorted((each.area_mm2 for each in defects), reverse=True)
    assert [float(text) for text in cells(html)[3::6]] == pytest.approx(sizes[:12], rel=1e-3)
    assert "0 defects" in (defects.rows([])._repr_html_() or "")


def test_a_model_shows_what_it_learned_before_and_after(model: fastdefect.TextureModel) -> None:
    assert repr(fastdefect.TextureModel(window=63)) == "<TextureModel(window=63), not trained>"
    assert "12 good images in 12 groups, 0.01 false alarms" in repr(model)
    moved = model.with_threshold(9.0)
    assert "threshold 9, calibrated " in repr(moved)
    zero = fastdefect.TextureModel.zero_shot()
    assert "set without a calibration" in repr(zero)
    assert "knows no domain" in (zero._repr_html_() or "")
    html = model._repr_html_() or ""
    assert "foreign frames are never good" in html
    assert "31" in cells(html)


def test_values_are_text_and_no_markup(model: fastdefect.TextureModel) -> None:
    class Named(fastdefect.TextureModel):
        learned_words = "<script>alert(1)</script>"

    html = Named()._repr_html_() or ""
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("what", ["detection", "defects", "model"])
def test_without_the_extra_the_notebook_shows_text(
    what: str, model: fastdefect.TextureModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = model(cloth(20))
    shown: Any = {"detection": found, "defects": found.defects, "model": model}[what]

    def missing(*_: object) -> None:
        raise MissingPackageError("gone")

    monkeypatch.setattr("fastdefect.report.html.require", missing)
    assert shown._repr_html_() is None


def test_an_overlay_needs_no_photograph(model: fastdefect.TextureModel) -> None:
    image = spoiled(cloth(20))
    found = model(image)
    alone = found.overlay(boxes=0)
    assert alone.shape == image.shape
    # marked where the mask is: vermilion is redder than blue
    redder = alone[:, :, 2].astype(int) - alone[:, :, 0] > 20
    # all but what the verdict's strip and the outlines cover
    assert redder[found.mask].mean() > 0.5
    assert not redder[~found.mask].mean() > 0.1
    np.testing.assert_array_equal(found.overlay(image), fastdefect.report.overlay(image, found))
    good = model(cloth(21)).overlay()
    assert cv2.cvtColor(good, cv2.COLOR_BGR2GRAY).max() > 0


def test_without_map_and_photograph_there_is_nothing_to_draw_on() -> None:
    found = fastdefect.detectors.Detection(
        is_defective=False, score=0, threshold=1, mask=np.zeros((4, 4), bool), speed={}
    )
    with pytest.raises(ArgumentValueError, match="image: expected the image that was inspected"):
        found.overlay()
