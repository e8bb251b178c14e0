"""What the article's detector returns besides: its darkness map, contours, marks and words."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends import load
from fastdefect.backends.opencv_regions import find_contours
from fastdefect.detectors.article.marks import mark_vertices
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.result import Detection
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, FloatImage

DEFECT = "Fabric has a defect"
NO_DEFECT = "There is No Defect in Fabric"


class ArticleDetection(Detection):
    """A result of the article's detector; ``details`` are its parameters and the back end that made the result.

    Notes
    -----
    The score map is 255 less the dilated grey level: at least ``255 - otsu_threshold`` exactly in the mask, 0 outside the
    inspected area.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> fastdefect.detect(np.full((9, 9), 7, np.uint8)).words
    'There is No Defect in Fabric'
    """

    details: tuple[ArticleParams, str]
    _maps_later: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """The article's words for the verdict."""
        return DEFECT if self.is_defective else NO_DEFECT

    @cached_property
    def score_map(self) -> FloatImage:  # type: ignore[override]  # read-only here as there
        """Darkness of each pixel, float32 (H, W), 0 ... 255."""
        filtered = self.stages["filtered"]
        spread = np.empty_like(filtered)
        params, backend = self.details
        shape = filtered.shape[0], filtered.shape[1]
        load(backend).dilate(shape, params.structuring_ksize, Workers(1))(filtered, spread)
        score = np.subtract(255, spread, dtype=np.float32)
        if self.inside is not None:
            score[~self.inside] = 0
        return score

    @cached_property
    def contours(self) -> tuple[NDArray[np.int32], ...]:
        """Outlines of the bright regions of the dilated image, each int32 (N, 1, 2) of (x, y)."""
        # the dilation is 0 in the mask and 255 elsewhere
        return find_contours(self.mask.view(np.uint8) - np.uint8(1))

    def output(self, image: ByteImage) -> ByteImage:
        """Mark the contours' vertices on a copy of a BGR image, as the article does where it finds a defect."""
        marked = image.copy()
        if self.is_defective:
            mark_vertices(marked, self.contours, self.details[0])
        return marked
