"""An image: a size, a cloth and its defects, of which any window can be made on its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench_images.damage import shown
from bench_images.defects import Defect
from bench_images.fabric import Fabric
from bench_images.raster import tiles


@dataclass(frozen=True)
class Scene:
    """A photograph that is made on request.

    Attributes
    ----------
    shape : tuple of int
        Height and width in pixels; nothing of that size is allocated but by `image` and by `mask`
        without arguments.
    fabric : Fabric
        The cloth.
    defects : tuple of Defect
        Later ones lie on earlier ones.
    """

    shape: tuple[int, int]
    fabric: Fabric
    defects: tuple[Defect, ...] = ()

    def window(self, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """Make a window, equal to the same window cut from the whole.

        Parameters
        ----------
        y0, x0, height, width : int
            The window in pixels, inside the image.

        Returns
        -------
        numpy.ndarray
            (height, width, 3) uint8, BGR.

        Raises
        ------
        ValueError
            If the window is empty or reaches beyond the image.
        """
        self._inside(y0, x0, height, width)
        result = np.empty((height, width, 3), np.uint8)
        for top, left, tile in tiles(y0, x0, height, width):
            planes = self.fabric.texture(top, left, *tile)
            for defect, box in self._met(top, left, *tile):
                self._damage(planes, defect, box, top, left)
            part = result[top - y0 : top - y0 + tile[0], left - x0 : left - x0 + tile[1]]
            self.fabric.expose(top, left, planes, part)
        return result

    def mask(
        self, y0: int = 0, x0: int = 0, height: int | None = None, width: int | None = None
    ) -> np.ndarray:
        """Every pixel that a defect may change, of a window or of the whole.

        Returns
        -------
        numpy.ndarray
            (height, width) uint8, 255 on a defect and 0 elsewhere. It does not depend on the
            defects' contrast.

        Raises
        ------
        ValueError
            As `window`.
        """
        height = self.shape[0] - y0 if height is None else height
        width = self.shape[1] - x0 if width is None else width
        self._inside(y0, x0, height, width)
        result = np.zeros((height, width), np.uint8)
        for defect, (top, left, bottom, right) in self._met(y0, x0, height, width):
            part = result[top - y0 : bottom - y0, left - x0 : right - x0]
            share = defect.cover(self.fabric, top, left, bottom - top, right - left)
            part[share > 0] = 255
        return result

    def image(self) -> np.ndarray:
        """The whole image, (height, width, 3) uint8, BGR."""
        return self.window(0, 0, *self.shape)

    def good(self) -> "Scene":
        """The same cloth without its defects; it differs inside the mask only."""
        return Scene(self.shape, self.fabric)

    def boxes(self) -> tuple[tuple[int, int, int, int], ...]:
        """The exact box (y0, x0, y1, x1), ends exclusive, of each defect within the image.

        Raises
        ------
        ValueError
            If a defect lies wholly outside the image.
        """
        result = []
        for defect in self.defects:
            alone = Scene(self.shape, self.fabric, (defect,))
            for _, (top, left, bottom, right) in alone._met(0, 0, *self.shape):
                mask = alone.mask(top, left, bottom - top, right - left)
                rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
                if rows.size:
                    y, x = top + rows, left + columns
                    result.append((int(y[0]), int(x[0]), int(y[-1]) + 1, int(x[-1]) + 1))
                    break
            else:
                raise ValueError(f"{defect.kind} at ({defect.y}, {defect.x}) misses {self.shape}")
        return tuple(result)

    def bands(self, rows: int = 256) -> Iterator[tuple[int, np.ndarray]]:
        """The image from top to bottom in bands: first row and (rows or fewer, width, 3) uint8."""
        for top in range(0, self.shape[0], rows):
            yield top, self.window(top, 0, min(rows, self.shape[0] - top), self.shape[1])

    def _inside(self, y0: int, x0: int, height: int, width: int) -> None:
        fits = 0 <= y0 < y0 + height <= self.shape[0] and 0 <= x0 < x0 + width <= self.shape[1]
        if not fits:
            raise ValueError(
                f"window: expected a part of an image of {self.shape[0]} by {self.shape[1]} pixels;"
                f" received {height} by {width} at ({y0}, {x0})"
            )

    def _met(
        self, y0: int, x0: int, height: int, width: int
    ) -> Iterator[tuple[Defect, tuple[int, int, int, int]]]:
        """Defects that may touch a window, with the part of it that each may touch."""
        for defect in self.defects:
            top, left, bottom, right = defect.reach(self.fabric)
            box = max(top, y0), max(left, x0), min(bottom, y0 + height), min(right, x0 + width)
            if box[0] < box[2] and box[1] < box[3]:
                yield defect, box

    def _damage(
        self,
        planes: list[np.ndarray],
        defect: Defect,
        box: tuple[int, int, int, int],
        y0: int,
        x0: int,
    ) -> None:
        """Lay a defect over its part of the planes, in place."""
        top, left, bottom, right = box
        share = defect.cover(self.fabric, top, left, bottom - top, right - left)
        if not share.any():
            return
        share *= np.float32(defect.contrast)
        parts = [p[top - y0 : bottom - y0, left - x0 : right - x0] for p in planes]
        for part, bad in zip(parts, shown(defect, self.fabric, parts, top, left), strict=True):
            part += share * (bad - part)
