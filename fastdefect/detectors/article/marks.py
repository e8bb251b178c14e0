"""The article's output picture: marks on the vertices of contours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.opencv_regions import contour_area
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.kernels.contours import mark_points
from fastdefect.typing import ByteImage


def mark_vertices(
    image: ByteImage, contours: tuple[NDArray[np.int32], ...], params: ArticleParams
) -> None:
    """Mark the vertices of every contour below the area limit on a C-contiguous BGR image, in place.

    Equal to ``cv2.drawContours(image, contour, -1, colour, 3)`` for each contour (not in a list).
    """
    height, width = image.shape[:2]
    if (height - 1) * (width - 1) >= params.contour_area_limit:
        limit = params.contour_area_limit
        contours = tuple(c for c in contours if contour_area(c) < limit)
    if contours:
        points = np.concatenate(contours).reshape(-1, 2)
        mark_points(points, image, np.array(params.contour_colour, np.uint8))
