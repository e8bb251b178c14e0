"""Curves and gallery as figures, without a detector."""

from __future__ import annotations

import numpy as np
import pytest

from fastdefect.detectors.result import Detection
from fastdefect.evaluation.metrics import aupro
from fastdefect.evaluation.overlap import overlap_points, thinned
from fastdefect.report import curves
from fastdefect.report.figures import png
from fastdefect.report.gallery import Case, gallery


def example() -> tuple[list[np.ndarray], list[np.ndarray]]:
    random = np.random.default_rng(4)
    masks = [np.zeros((40, 60), np.bool_) for _ in range(3)]
    masks[0][5:9, 5:30] = True
    masks[1][20:21, 40:41] = True
    masks[1][30:38, 2:10] = True
    maps = [(random.random(m.shape) + 0.6 * m).round(2).astype(np.float32) for m in masks]
    return maps, masks


@pytest.mark.parametrize("limit", [0.05, 0.3, 1.0])
def test_the_area_under_the_overlap_is_aupro(limit: float) -> None:
    maps, masks = example()
    x, y = overlap_points(maps, masks)
    assert (x[0], y[0]) == (0, 0)
    assert (x[-1], y[-1]) == (1, pytest.approx(1))
    inside = x < limit
    x, y = np.append(x[inside], limit), np.append(y[inside], np.interp(limit, x, y))
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")
    assert np.trapezoid(y, x) / limit == pytest.approx(aupro(maps, masks, limit))


def test_no_region_has_no_curve() -> None:
    empty = np.zeros((4, 5), np.bool_)
    assert overlap_points([np.ones((4, 5), np.float32)], [empty])[0].size == 0
    assert overlap_points([], [])[0].size == 0


def test_a_thinned_curve_keeps_its_ends_and_its_shape() -> None:
    x = np.linspace(0, 1, 100_000)
    y = np.sqrt(x)
    few_x, few_y = thinned(x, y, 500)
    assert len(few_x) < 1100
    assert (few_x[0], few_x[-1], few_y[-1]) == (0, 1, 1)
    assert np.abs(np.interp(x, few_x, few_y) - y).max() < 1 / 500


def test_figures_hold_a_line_for_each_kind_and_the_threshold() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")
    maps, masks = example()
    labels = np.array([True, True, False])
    figures = {"images": 0.5, "pixels": 0.75, "precision": 0.25, "overlap": 0.125}
    one = curves.lines("a $1", labels, np.array([3.0, 1.0, 2.0]), maps, masks, figures, (0.0, 0.5))
    empty = curves.lines("b", labels, np.array([3.0, 1.0, 2.0]), [], [], figures, None)
    left, right = curves.roc([one, empty]).axes
    texts = [text.get_text() for text in left.get_legend().get_texts()]
    assert texts == [r"a \$1, area 0.5000", "b, area 0.5000", "calibrated threshold"]
    assert len(right.lines) == 1
    (axes,) = curves.per_region_overlap([one]).axes
    assert axes.get_xlim()[1] == curves.PRO_LIMIT
    assert "AUPRO 0.1250" in axes.get_legend().get_texts()[0].get_text()
    (axes,) = curves.precision_recall([empty]).axes
    assert "no masks" in axes.texts[0].get_text()


@pytest.mark.parametrize("shape", [(48, 64), (64, 1500), (900, 700)])
def test_gallery_names_verdicts_and_outlines(shape: tuple[int, int]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    random = np.random.default_rng(1)
    image = random.integers(0, 256, (*shape, 3), dtype=np.uint8)
    mask = np.zeros(shape, np.bool_)
    mask[3, 4] = True  # a single pixel must be seen, whatever the scale
    score = random.random(shape).astype(np.float32)

    class Mapped(Detection):
        score_map = property(lambda self: score)

    def found(defective: bool) -> Detection:
        return Mapped(
            is_defective=defective,
            score=1.5 if defective else 0.5,
            threshold=1.0,
            mask=mask & defective,
            speed={"total": 1.0},
        )

    cases = [
        Case("1.png", image, found(False), mask, True),
        Case("2.png", image, found(True), None, True),
        Case("3_$ü.png", image, found(True), np.zeros(shape, np.bool_), False),
    ]
    figure = gallery(cases, "cloth")
    titles = [axes.get_title() for axes in figure.axes]
    assert titles.count("MISSED") == titles.count("found") == titles.count("FALSE ALARM") == 1
    outlined = [bool(axes.collections) for axes in figure.axes if axes.images]
    assert outlined == [True, False, False, False, False, True, False, False, True]
    assert png(figure).startswith(b"\x89PNG")
