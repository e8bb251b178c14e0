"""Which pixels are judged where only a part of an image is inspected: those whose windows see nothing else.

What lies outside is overwritten by its mirror image, which breaks a pattern as the border of an image would. A pixel at
the edge of an area is seen all the same: by the windows further inside that cover it.
"""

from __future__ import annotations

import numpy as np

from fastdefect.backends.opencv_regions import within_reach
from fastdefect.operations.pattern import CELL, PatternStructure
from fastdefect.typing import BoolImage, ByteImage


def unseen(outside: BoolImage | ByteImage, structure: PatternStructure) -> BoolImage:
    """Pixels whose windows, or those of the cell that they take their value from, reach pixels outside.

    Parameters
    ----------
    outside : ndarray of bool or uint8, (H, W)
    structure : PatternStructure

    Returns
    -------
    ndarray of bool, (H, W)
    """
    near = within_reach(np.ascontiguousarray(outside).view(np.uint8), structure.window_reach)
    rows, columns = (
        CELL * np.clip(np.arange(length) // CELL, structure.rim, length // CELL - 1 - structure.rim)
        for length in outside.shape
    )
    return np.asarray(near[rows[:, None], columns] != 0)
