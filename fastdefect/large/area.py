"""The inspected area of a large image: which blocks it touches, and what a tile sees beyond its edge."""

from __future__ import annotations

import numpy as np

from fastdefect.errors import ArgumentValueError
from fastdefect.io.tiles import Source
from fastdefect.large.hashes import block_digest, list_digest
from fastdefect.large.layout import Blocks, Place, Window, grown, shifted
from fastdefect.roi.area import AreaLike
from fastdefect.roi.mirror import Mirror
from fastdefect.roi.windows import AreaWindows
from fastdefect.typing import BoolImage, ByteImage, Shape

# The nearest inside pixel of one that a filter sees lies up to the diagonal of its reach away, by OpenCV's distance up to
# 1.5 times its reach, and the mirror image as far beyond.
BEYOND = 3


class Area:
    """What is inspected.

    Parameters
    ----------
    blocks : Blocks
    roi, ignore : optional
        As for `AreaWindows`.

    Attributes
    ----------
    digest : str or None
        SHA-256 of the area's blocks; None where everything is inspected.

    Raises
    ------
    ArgumentValueError
        It leaves nothing.
    """

    def __init__(self, blocks: Blocks, roi: AreaLike | None, ignore: AreaLike | None) -> None:
        self._blocks = blocks
        self._windows = AreaWindows(blocks.shape, roi, ignore)
        self.digest: str | None = None
        self._touched: dict[Place, bool] = {}
        if roi is None and ignore is None:
            return
        everything, digests = True, []
        for place in blocks:
            inside = self._windows.read(*blocks.window(place))
            self._touched[place] = bool(inside.any())
            everything = everything and bool(inside.all())
            digests.append(block_digest(inside.view(np.uint8)))
        if not any(self._touched.values()):
            raise ArgumentValueError(
                "roi and ignore: expected to leave at least one pixel of the image, received areas that leave none; enlarge "
                "roi or shrink ignore"
            )
        self.digest = None if everything else list_digest(digests)

    @property
    def shape(self) -> Shape:
        """Height and width of the image."""
        return self._blocks.shape

    def touches(self, place: Place) -> bool:
        """Whether anything of a block or of those around it is inspected, so that its values may be looked at."""
        if self.digest is None:
            return True
        row, column = place
        around = ((row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        return any(self._touched.get(each, False) for each in around)

    def inside(self, window: Window) -> BoolImage | None:
        """What is inspected of a window; None for all of it."""
        if self.digest is None:
            return None
        found = self._windows.read(*window)
        return None if found.all() else found

    def mirrored(self, source: Source, outer: Window, reach: int) -> ByteImage:
        """A window of the image in which the outside, as far as it counts, is the inside mirrored."""
        if self.digest is None:
            return source.read(*outer)
        around = grown(outer, BEYOND * reach, self._blocks.shape)
        inside = self._windows.read(*around)
        if inside.all() or not inside.any():
            return source.read(*outer)
        image = Mirror(inside, reach)(source.read(*around))
        return np.ascontiguousarray(image[shifted(outer, around)])
