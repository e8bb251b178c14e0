"""The pattern model's operations: their constants, what sizes them, and what a training finds out; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# One-dimensional parts of the filters, five pixels each: mean, edge, spot (Laws, "Textured image segmentation", 1980).
LEVEL, EDGE, SPOT = 0, 1, 2
TAPS = ((1, 4, 6, 4, 1), (-1, -2, 0, 2, 1), (-1, 0, 2, 0, -1))
REACH = 2
# Filters of the brightness and of each colour difference: part down the columns, part along the rows, and bits that the
# magnitude loses so that sums over a cell fit 16 bits. Twelve filters learned from good images, or twelve random ones,
# ranked no better, and these are made of additions. Edges both ways in brightness are left out: without them figures are the
# same, and features are 16, which whole vectors hold.
GREY_FILTERS = (
    (LEVEL, EDGE, 2), (LEVEL, SPOT, 2), (EDGE, LEVEL, 2), (EDGE, SPOT, 0), (SPOT, LEVEL, 2), (SPOT, EDGE, 0),
    (SPOT, SPOT, 0),
)  # fmt: skip
COLOUR_FILTERS = ((LEVEL, EDGE, 2), (EDGE, LEVEL, 2), (EDGE, EDGE, 1))
# A square root makes the noise of a camera even over all levels. With 510 steps every filtered value fits 16 bits:
# level and edge have the most, 48 · 510.
TONE_MAX = 510
# Fine energies are sums over cells of 2 by 2 pixels, the grid of the map; windows have so many cells a side, which
# is 10 pixels for the fine energies and 14 for those of the image at half its size.
CELL = 2
FINE_WINDOW, COARSE_WINDOW = 5, 7
# Energies are compared by their logarithm: light, contrast of the yarns and the size of an energy change it by sums, so
# one distribution holds from dark to light yarns, and spreads are alike. On three two-colour rolls pixel AP is 0.59
# with the energies themselves, 0.66 with their square roots, 0.71 with logarithms. Between powers of two the logarithm is a
# parabola, right to 0.008, of the share of the way: the bits of a float32 and five operations.
BEND = 0.345
# Cells at the edge of an image take the value of the nearest cell whose windows fit: windows that mirror the border
# break a lattice there, and the breaks would be the highest values of a good image.
FINE_RIM, COARSE_RIM = 3, 5
SIDE_MIN = 32
# The image's score is the mean of this many highest cells.
TOP_CELLS = 20


class PatternSettings(Protocol):
    """What `PatternParams` and `FittedPattern` have in common."""

    @property
    def colour(self) -> bool:
        """Also differences of colours."""

    @property
    def coarse(self) -> bool:
        """Also the image at half its size."""


@dataclass(frozen=True, kw_only=True)
class PatternStructure:
    """What sizes the memory of a plan, before anything is fitted.

    Attributes
    ----------
    colour : bool
        Also the differences of colours, where images have any.
    coarse : bool
        Also the part that looks at the image at half its size.
    channels : int
        1 for (H, W) images, 3 for (H, W, 3).
    """

    colour: bool
    coarse: bool
    channels: int

    @classmethod
    def of(cls, settings: PatternSettings, channels: int) -> PatternStructure:
        """The structure that parameters or a fitted pattern ask for."""
        return cls(colour=settings.colour, coarse=settings.coarse, channels=channels)

    @property
    def planes(self) -> int:
        """Brightness alone, or with two differences of colours."""
        return 3 if self.colour and self.channels == 3 else 1

    @property
    def filters(self) -> tuple[tuple[int, int, int, int], ...]:
        """Plane, part down the columns, part along the rows and lost bits of each filter of one scale."""
        planes = [GREY_FILTERS, COLOUR_FILTERS, COLOUR_FILTERS][: self.planes]
        return tuple((plane, *parts) for plane, filters in enumerate(planes) for parts in filters)

    @property
    def windows(self) -> tuple[int, ...]:
        """Cells a side of the window of each part: fine, coarse."""
        return (FINE_WINDOW, COARSE_WINDOW)[: 1 + self.coarse]

    @property
    def features(self) -> int:
        """Numbers of a cell in each part: energies, and the mean of each plane."""
        return len(self.filters) + self.planes

    @property
    def logged(self) -> int:
        """The first of them, which are compared by their logarithm: all but the differences of colours."""
        return len(self.filters) + 1

    @property
    def rim(self) -> int:
        """Cells at the edge of the image whose windows would not fit."""
        return COARSE_RIM if self.coarse else FINE_RIM

    @property
    def window_reach(self) -> int:
        """Pixels around the first pixel of a cell that its windows see."""
        return CELL * self.rim + 1

    @property
    def halo(self) -> int:
        """Pixels around a pixel that its value in the map depends on.

        A cell at the edge takes the value of one ``rim`` cells further in, whose windows reach as far again.
        """
        return 2 * CELL * self.rim + 1


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedPattern:
    """What `fit` learned; with it the map of a cell depends on its neighbourhood only.

    Attributes
    ----------
    colour, coarse : bool
    channels : int
        As in `PatternStructure`.
    floors : ndarray of int32, (parts, features)
        Added to the sums of each window first: below it an energy is noise, and its logarithm would be anything.
    centre : ndarray of float32, (parts, features)
        Taken off their logarithms, or off themselves where they have a sign, so that what is left is small.
    factors : ndarray of float32, (parts, kinds, features, features)
        For each kind of place in the pattern the lower triangle that turns a difference from its mean into independent
        numbers of deviation 1.
    shifts : ndarray of float32, (parts, kinds, features)
        The means, turned the same way, with the opposite sign.
    offsets, gains : ndarray of float32, (parts,)
        A distance enters the map as ``(distance - offset) * gain``; the map is the mean of its parts.
    """

    colour: bool
    coarse: bool
    channels: int
    floors: NDArray[np.int32]
    centre: NDArray[np.float32]
    factors: NDArray[np.float32]
    shifts: NDArray[np.float32]
    offsets: NDArray[np.float32]
    gains: NDArray[np.float32]

    @property
    def structure(self) -> PatternStructure:
        """What sizes the memory."""
        return PatternStructure.of(self, self.channels)
