"""Second moments and edge steps of a region; with them go all axes, in any scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot, pi, sqrt


@dataclass(frozen=True)
class Moments:
    """What the axes, the orientation and the perimeter of a defect are computed from.

    Attributes
    ----------
    rr, rc, cc : float
        Mean of the squared distances from the centroid by rows and columns, and of their product, in square pixels.
    determinant : float
        ``rr * cc - rc ** 2``, free of rounding.
    across, down, diagonal : int
        Twelfths of steps along the edge in these directions, see `fastdefect.kernels.regions.outline`.
    """

    rr: float = 0.0
    rc: float = 0.0
    cc: float = 0.0
    determinant: float = 0.0
    across: int = 0
    down: int = 0
    diagonal: int = 0

    @classmethod
    def of(cls, sums: list[int], edge: list[int]) -> Moments:
        """From the sums of 1, r, c, r r, r c and c c, in Python's integers until the last division."""
        n, r, c, rr, rc, cc = sums
        a, b, d = n * rr - r * r, n * rc - r * c, n * cc - c * c
        square = n * n
        return cls(a / square, b / square, d / square, (a * d - b * b) / square**2, *edge)

    def axes(self, row: float = 1.0, column: float = 1.0) -> tuple[float, float]:
        """Major and minor axis of the ellipse with the same moments, where pixels measure ``row`` by ``column``."""
        rr, cc, rc = self.rr * row * row, self.cc * column * column, self.rc * row * column
        large = (rr + cc) / 2 + hypot((rr - cc) / 2, rc)
        if large == 0:
            return 0.0, 0.0
        return 4 * sqrt(large), 4 * sqrt(self.determinant * (row * column) ** 2 / large)

    def orientation(self, row: float = 1.0, column: float = 1.0) -> float:
        """Angle from the rows' axis (down) to the major axis, in radians, -pi/2 ... pi/2, counter-clockwise."""
        difference = self.rr * row * row - self.cc * column * column
        if difference == 0:
            return pi / 4 if self.rc > 0 else -pi / 4
        return 0.5 * atan2(2 * self.rc * row * column, difference)

    def perimeter(self, row: float = 1.0, column: float = 1.0) -> float:
        """Length of the edge."""
        return (self.across * column + self.down * row + self.diagonal * hypot(row, column)) / 12
