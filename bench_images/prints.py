"""Prints: a motif of two inks repeated over cloth, a little warped, with ink that takes unevenly."""

from dataclasses import dataclass, replace

import numpy as np

from bench_images import motifs, noise
from bench_images.motifs import DENSITY, MOTIFS

#: A colour: blue, green, red, 0 to 255.
Colour = tuple[float, float, float]

#: Position units per pixel, and per cell of a motif's table.
_UNITS = 256
_CELL = _UNITS // DENSITY

_WARP, _TAKE, _CLOUD = 500, 510, 520


@dataclass(frozen=True)
class Print:
    """What is printed on a cloth.

    Attributes
    ----------
    motif : str
        One of `bench_images.motifs.MOTIFS`; all but the lattice stand twice in a repeat, the second half a repeat lower.
    repeat : tuple of int
        Height and width of the repeat in pixels, each 16 to 400.
    inks : tuple of tuple of float
        Colours of the two inks, blue, green, red. The second lies over the first.
    origin : tuple of int
        Where a repeat begins, pixels down and right.
    apart : tuple of int
        How far the second screen was laid off the first, in half pixels down and right.
    lean : tuple of float
        Slant of rows and of columns of motifs, pixels per pixel, −0.2 to 0.2.
    warp : float
        Amplitude in pixels of the smooth displacement of the cloth after printing, 0 to 4.
    warp_span : int
        Pixels over which that changes.
    uneven : float
        Most of an ink's share that does not take, 0 to 0.6.

    Raises
    ------
    ValueError
        For an unknown motif or a repeat beyond 16 to 400.
    """

    motif: str = "dots"
    repeat: tuple[int, int] = (64, 64)
    inks: tuple[Colour, Colour] = ((60.0, 50.0, 150.0), (120.0, 80.0, 50.0))
    origin: tuple[int, int] = (0, 0)
    apart: tuple[int, int] = (1, -1)
    lean: tuple[float, float] = (0.0, 0.0)
    warp: float = 2.0
    warp_span: int = 260
    uneven: float = 0.25

    def __post_init__(self) -> None:
        """Refuse what can't be drawn."""
        if self.motif not in MOTIFS:
            raise ValueError(f"motif: expected one of {', '.join(MOTIFS)}; received {self.motif!r}")
        if not all(16 <= side <= 400 for side in self.repeat):
            raise ValueError(f"repeat: expected 16 to 400 pixels; received {self.repeat!r}")

    def slipped(self, down: int, right: int) -> "Print":
        """The same print laid elsewhere, by pixels down and right."""
        return replace(self, origin=(self.origin[0] + down, self.origin[1] + right))

    def cover(self, seed: int, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """What of a window each screen leaves open.

        Parameters
        ----------
        seed : int
            The roll, whose cloth is warped.
        y0, x0, height, width : int
            The window, in pixels.

        Returns
        -------
        numpy.ndarray
            (2, height, width) float32, 0 to 1.
        """
        cells = self.repeat[0] * DENSITY, self.repeat[1] * DENSITY
        y = np.arange(y0, y0 + height, dtype=np.int64)
        x = np.arange(x0, x0 + width, dtype=np.int64)
        row, column = (
            self._cell(axis, down, along, seed, (y0, x0, height, width))
            for axis, down, along in ((0, y, x), (1, x, y))
        )
        place = row * np.int32(cells[1])
        place += column
        ink = motifs.table(self.motif, *cells, self.apart).reshape(2, -1)
        return ink.take(place, axis=1)

    def over(
        self, planes: list[np.ndarray], seed: int, gain: float, window: tuple[int, int, int, int]
    ) -> list[np.ndarray]:
        """The colours of a window with the print on it.

        Parameters
        ----------
        planes : list of numpy.ndarray
            Blue, green, red of the cloth, (height, width) float32, without shading.
        seed : int
            The roll.
        gain : float
            Brightness of the whole image.
        window : tuple of int
            y0, x0, height, width.

        Returns
        -------
        list of numpy.ndarray
            As `planes`.
        """
        share = self.cover(seed, *window)
        for screen, fine in enumerate((3, 4)):
            lost = noise.smooth(seed, _TAKE + screen, *window, fine)
            lost *= noise.smooth(seed, _CLOUD + screen, *window, 37) * np.float32(0.4) + np.float32(
                0.6
            )
            lost *= np.float32(0.5 * self.uneven)
            lost += np.float32(1.0 - 0.5 * self.uneven)
            share[screen] *= lost
        result = []
        for channel, plane in enumerate(planes):
            first, second = (np.float32(ink[channel] * gain) for ink in self.inks)
            laid = plane + share[0] * (first - plane)
            laid += share[1] * (second - laid)
            result.append(laid)
        return result

    def _cell(
        self,
        axis: int,
        across: np.ndarray,
        along: np.ndarray,
        seed: int,
        window: tuple[int, int, int, int],
    ) -> np.ndarray:
        """The row (axis 0) or column (axis 1) of the table under each pixel, int32."""
        period = self.repeat[axis] * _UNITS
        lean = round(self.lean[axis] * 65536)
        # both ends are taken to one period before they are added, so that 32 bits do anywhere
        straight = ((across - self.origin[axis]) * _UNITS % period).astype(np.int32)
        leaning = (((along * lean) >> 8) % period).astype(np.int32)
        position = np.add.outer(leaning, straight) if axis else np.add.outer(straight, leaning)
        warp = noise.smooth(seed, _WARP + axis, *window, self.warp_span)
        warp *= np.float32(self.warp * _UNITS)
        position += np.rint(warp).astype(np.int32)
        position %= np.int32(period)
        position //= np.int32(_CELL)
        return position
