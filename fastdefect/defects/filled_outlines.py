"""Outlines for programs that fill them: one set of coordinates that most of them fill to the same mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.defect import Defect

# Fillers differ in what a coordinate is. pycocotools takes a pixel whose middle, x + 0.5, lies within; OpenCV takes whole
# numbers, cut off by its callers, and fills the outline too; scikit-image takes a pixel whose x lies within. Right and lower
# edges drawn inwards by this much are beyond the last middle for the first, and are cut to the last pixel for the others.
# Below 0.5, with what pycocotools' fifths of a pixel need: it rounds 5 x.
_INWARDS = 0.4


def filled_outlines(defect: Defect) -> list[list[float]] | None:
    """Return a defect's outlines for COCO's ``segmentation``.

    Parameters
    ----------
    defect : Defect

    Returns
    -------
    list of list of float, or None
        For each part x, y by turns, in pixels: along the pixel edges, right and lower edges 0.4 pixels inside, so that
        pycocotools, scikit-image and OpenCV (coordinates cut to whole numbers) fill exactly the defect's pixels. None for
        a defect with holes, which such outlines cannot say.
    """
    rings = [part for ring in defect.polygon for part in _parted(ring)]
    if not all(_runs_clockwise(ring) for ring in rings):
        return None
    return [_drawn_in(ring).ravel().tolist() for ring in rings]


def _parted(ring: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """A ring cut where it meets itself: pixels that touch by a corner alone get rings of their own."""
    rings: list[NDArray[np.int64]] = []
    way: list[tuple[int, int]] = []
    places: dict[tuple[int, int], int] = {}
    for row, column in ring.tolist():
        corner = (row, column)
        if corner in places:
            start = places[corner]
            rings.append(np.array(way[start:], np.int64))
            for gone in way[start:]:
                del places[gone]
            del way[start:]
        places[corner] = len(way)
        way.append(corner)
    rings.append(np.array(way, np.int64))
    return rings


def _drawn_in(ring: NDArray[np.int64]) -> NDArray[np.float64]:
    """Corners (x, y) of a clockwise ring with its right and lower edges moved inwards."""
    step = np.roll(ring, -1, axis=0) - ring  # of the edge that leaves each corner
    before = np.roll(step, 1, axis=0)
    down = (step[:, 0] > 0) | (before[:, 0] > 0)
    left = (step[:, 1] < 0) | (before[:, 1] < 0)
    return np.stack([ring[:, 1] - _INWARDS * down, ring[:, 0] - _INWARDS * left], axis=1)


def _runs_clockwise(ring: NDArray[np.int64]) -> bool:
    rows, columns = ring[:, 0], ring[:, 1]
    return bool((columns * np.roll(rows, -1) - np.roll(columns, -1) * rows).sum() > 0)
