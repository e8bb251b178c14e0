"""What a notebook shows of results, tables of defects and models. Needs Jinja2 (extra ``report``)."""

from __future__ import annotations

from typing import Any

from fastdefect.defects.table import Defects
from fastdefect.detectors.estimator import Estimator
from fastdefect.detectors.result import Detection
from fastdefect.errors import MissingPackageError
from fastdefect.perf.document import figure
from fastdefect.report.html import render
from fastdefect.report.numbers import count_text, score_text
from fastdefect.report.picture import map_picture
from fastdefect.report.thumbnails import jpeg

_ROWS = 12
_SIDE = 320  # pixels of the longer side of the picture


def detection_html(detection: Detection) -> str | None:
    """Verdict, score beside its limit, the largest defects, and where they lie on the score map."""
    picture = None
    if detection.score_map is not None:
        picture = jpeg(detection.overlay(map_picture(detection), boxes=0), _SIDE, 80)
    return _filled(
        "detection.html",
        verdict=detection.verdict,
        notes=detection.notes,
        score=score_text(detection.score),
        threshold=score_text(detection.threshold),
        time=f"{figure(detection.speed['total'])} ms" if "total" in detection.speed else None,
        size=f"{detection.mask.shape[1]} × {detection.mask.shape[0]} pixels",
        picture=picture,
        table=_table(detection.defects),
    )


def defects_html(defects: Defects) -> str | None:
    """The largest defects first."""
    return _filled("defects_table.html", table=_table(defects))


def model_html(model: Estimator) -> str | None:
    """Settings and what was learned."""
    return _filled(
        "model.html",
        name=type(model).__name__,
        learned=model.learned_words,
        domain=model.domain is not None,
        settings={name: repr(value)[:200] for name, value in model.get_params().items()},
    )


def _filled(template: str, **values: Any) -> str | None:
    try:
        return render(f"notebook/{template}", **values)
    except MissingPackageError:
        return None  # the notebook shows the text then


def _table(defects: Defects) -> dict[str, Any]:
    """Head and rows, of those defects that are largest; lengths in millimetres where the scale is known."""
    scaled = defects.params.mm_per_px is not None
    area, length = ("area_mm2", "mm") if scaled else ("area", "px")
    head = ["", "row, column", "height × width", f"area, {length}²", "peak score", "severity"]
    rows = []
    for defect in sorted(defects, key=lambda each: -each.area)[:_ROWS]:
        top, left, bottom, right = defect.bbox
        size = f"{bottom - top} × {right - left}"
        rows.append(
            [
                str(defect.label),
                f"{top}, {left}",
                f"{size} px",
                score_text(getattr(defect, area)),
                "" if defect.peak_score is None else score_text(defect.peak_score),
                "" if defect.severity is None else str(defect.severity),
            ]
        )
    return {
        "count": count_text(len(defects), "defect"),
        "head": head,
        "rows": rows,
        "shown": len(rows),
        "all": len(defects),
    }
