"""Connected regions of a mask."""

from __future__ import annotations

import cv2
import numpy as np

from fastdefect.result import BoolImage, Defect


def find_regions(mask: BoolImage) -> tuple[Defect, ...]:
    """Connected regions of True pixels (8-neighbourhood), from top to bottom.

    Parameters
    ----------
    mask : ndarray of bool, (H, W)

    Returns
    -------
    tuple of Defect
        In the order of their first pixels, row by row.

    Notes
    -----
    One pass of ``cv2.connectedComponentsWithStats`` over the image.
    """
    count, _, stats, centroids = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask).view(np.uint8), connectivity=8
    )
    defects = []
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        column, row = (float(value) for value in centroids[label])
        defects.append(Defect((top, left, top + height, left + width), area, (row, column)))
    return tuple(sorted(defects, key=lambda defect: defect.bbox[:2]))
