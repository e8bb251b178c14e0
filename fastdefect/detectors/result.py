"""What a detector returns: plain frozen data that knows no engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.table import COLUMNS, Defects, row_of
from fastdefect.errors import MissingPackageError
from fastdefect.typing import BoolImage, ByteImage, FloatImage


@dataclass(frozen=True, eq=False, kw_only=True)
class Detection:
    """Verdict, map and regions of one image; the same class for every detector.

    A field that a detector has no meaning for is ``None``. What costs time and is not always wanted (regions,
    score map, contours) is computed when first read and then kept.

    Attributes
    ----------
    is_defective : bool
        ``score > threshold``.
    score : float
        The image's score in the detector's unit; for the article's detector the number of dark pixels.
    threshold : float
        Largest score of a good image, same unit.
    mask : ndarray of bool, (H, W)
        True where a defect is.
    speed : mapping of str to float
        Milliseconds per stage, in order, and their sum as ``"total"``.
    otsu_threshold : int or None
        Article: grey level that splits the filtered image.
    zero_count : int or None
        Article: number of pixels that are 0 after dilation.
    inside : ndarray of bool, (H, W), or None
        True where the image was inspected; None if that is everywhere.
    stages : mapping of str to ndarray
        The images of the stages that were kept, by name; all of them when asked for, see `fastdefect.detect`.
    """

    is_defective: bool
    score: float
    threshold: float
    mask: BoolImage
    speed: Mapping[str, float]
    otsu_threshold: int | None = None
    zero_count: int | None = None
    inside: BoolImage | None = None
    stages: Mapping[str, ByteImage] = field(default_factory=dict)
    makers: Mapping[str, Callable[[], Any]] = field(default_factory=dict, repr=False)

    @cached_property
    def score_map(self) -> FloatImage | None:
        """Score of each pixel, float32 (H, W), higher is worse; for the article the darkness 0 ... 255."""
        return self._make("score_map")

    @cached_property
    def defects(self) -> Defects | None:
        """Connected regions of the mask, from top to bottom, merged and measured by `RegionParams`."""
        return self._make("defects")

    @cached_property
    def contours(self) -> tuple[NDArray[np.int32], ...] | None:
        """Article: outlines of the bright regions of the dilated image, as ``cv2.findContours`` gives them."""
        return self._make("contours")

    def to_dict(self) -> dict[str, Any]:
        """Verdict, times and defects as plain data, ready for JSON; what is not finite becomes None."""
        defects = self.defects
        return {
            "is_defective": bool(self.is_defective),
            "score": _finite(self.score),
            "threshold": _finite(self.threshold),
            "otsu_threshold": self.otsu_threshold,
            "zero_count": self.zero_count,
            "defects": None if defects is None else defects.to_dict(),
            "speed": {stage: _finite(ms) for stage, ms in self.speed.items()},
        }

    def to_supervision(self, *, masks: bool = True) -> Any:
        """The defects as ``supervision.Detections``, for its annotators and trackers.

        Parameters
        ----------
        masks : bool, default: True
            Also a full-size mask for each, H x W bytes.

        Returns
        -------
        supervision.Detections
            ``xyxy`` as its corners in pixels, ``confidence`` the peak score over the highest of the image, ``class_id`` 0,
            ``data`` the numbers of `fastdefect.defects.table.COLUMNS` by name.

        Raises
        ------
        MissingPackageError
            supervision is not installed.
        """
        try:
            import supervision
        except ImportError as error:
            raise MissingPackageError(
                "the conversion needs supervision, which is not installed: run "
                "`pip install supervision`"
            ) from error
        found = self.defects or Defects()
        boxes = np.array([d.bbox for d in found], np.float32).reshape(-1, 4)
        peaks = np.array([d.peak_score or 0.0 for d in found], np.float32)
        full = np.zeros((len(found) if masks else 0, *self.mask.shape), np.bool_)
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

    def _make(self, name: str) -> Any:
        maker = self.makers.get(name)
        return None if maker is None else maker()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
