"""What a detector returns: plain frozen data that knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects import Defects

BoolImage: TypeAlias = NDArray[np.bool_]
FloatImage: TypeAlias = NDArray[np.float32]
ByteImage: TypeAlias = NDArray[np.uint8]


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

    def _make(self, name: str) -> Any:
        maker = self.makers.get(name)
        return None if maker is None else maker()
