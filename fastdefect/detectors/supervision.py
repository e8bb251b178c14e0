"""Defects in the form that the package supervision draws and tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastdefect.defects.table import COLUMNS, Defects, row_of
from fastdefect.optional import require

if TYPE_CHECKING:
    from fastdefect.detectors.result import Detection


def detections(result: Detection, masks: bool) -> Any:
    """The defects of a result as ``supervision.Detections``, see `fastdefect.Detection.to_supervision`."""
    supervision = require("supervision", "the conversion is done by")
    found = result.defects or Defects()
    boxes = np.array([d.bbox for d in found], np.float32).reshape(-1, 4)
    peaks = np.array([d.peak_score or 0.0 for d in found], np.float32)
    full = np.zeros((len(found) if masks else 0, *result.mask.shape), np.bool_)
    for one, (top, left, bottom, right), defect in zip(
        full, (d.bbox for d in found), found, strict=False
    ):
        one[top:bottom, left:right] = defect.image
    rows = [row_of(defect) for defect in found]
    return supervision.Detections(
        xyxy=boxes[:, [1, 0, 3, 2]],
        mask=full if masks else None,
        confidence=peaks / max(float(peaks.max(initial=0.0)), 1e-30),
        class_id=np.zeros(len(found), np.int64),
        data={name: np.array([row[name] for row in rows]) for name in COLUMNS if rows},
    )
