"""One defect: measures in pixels and, where the scale is known, in millimetres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import atan2, hypot, isfinite, pi, sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.params import RegionParams

Ring: TypeAlias = NDArray[np.int32]

MEASURES = (
    "label", "severity", "bbox", "area", "centroid", "axis_major_length", "axis_minor_length", "orientation",
    "feret_diameter_max", "perimeter", "mean_score", "peak_score", "contrast",
    "bbox_mm", "area_mm2", "centroid_mm", "axis_major_length_mm", "axis_minor_length_mm", "orientation_mm",
    "feret_diameter_max_mm", "perimeter_mm",
)  # fmt: skip
"""What a defect is described by, in the order of every table."""


@dataclass(frozen=True)
class Shape:
    """Second moments and edge steps of a region; with them go all axes, in any scale.

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


@dataclass(frozen=True)
class Defect:
    """One defect: a region of the mask, or several close ones that were merged.

    Attributes
    ----------
    bbox : (int, int, int, int)
        (min_row, min_col, max_row, max_col) in pixels, half-open, as in scikit-image.
    area : int
        Number of pixels.
    centroid : (float, float)
        (row, col) in pixels; the centre of the first pixel is (0, 0).
    label : int
        1 for the first from top to bottom, and so on.
    shape : Shape
        What the axes, the orientation and the perimeter are computed from.
    mean_score, peak_score : float or None
        Mean and highest value of the score map.
    runs : ndarray of int32, (N, 3), or None
        Its pixels, row by row: (row, first column, column after the last).
    params : RegionParams
        Scale and severity rules.
    maker : callable or None
        Computes the fields that cost time, by name, when they are first read: diameters, contrast, outlines.

    Notes
    -----
    Names, definitions and values are those of ``skimage.measure.regionprops`` where it has the measure: ``area``, ``bbox``,
    ``centroid``, ``axis_major_length``, ``axis_minor_length``, ``orientation``, ``perimeter``, ``feret_diameter_max``,
    ``image``. Names that end in ``_mm`` or ``_mm2`` are None without ``params.mm_per_px``. scikit-image has no perimeter for
    unequal scales; here each step of the edge counts by its direction.
    """

    bbox: tuple[int, int, int, int]
    area: int
    centroid: tuple[float, float]
    label: int = 0
    shape: Shape = Shape()
    mean_score: float | None = None
    peak_score: float | None = None
    runs: NDArray[np.int32] | None = field(default=None, repr=False, compare=False)
    params: RegionParams = field(default=RegionParams(), repr=False, compare=False)
    maker: Callable[[str], Any] | None = field(default=None, repr=False, compare=False)

    @property
    def axis_major_length(self) -> float:
        """Major axis of the ellipse with the same second moments, in pixels."""
        return self.shape.axes()[0]

    @property
    def axis_minor_length(self) -> float:
        """Minor axis of that ellipse, in pixels."""
        return self.shape.axes()[1]

    @property
    def orientation(self) -> float:
        """Angle from the downward axis to the major axis, in radians, -pi/2 ... pi/2, counter-clockwise."""
        return self.shape.orientation()

    @property
    def perimeter(self) -> float:
        """Length of the edge, holes included, in pixels."""
        return self.shape.perimeter()

    @cached_property
    def feret_diameter_max(self) -> float | None:
        """Longest distance within the convex hull, in pixels."""
        return self._make("feret_diameter_max")

    @cached_property
    def contrast(self) -> float | None:
        """Mean grey level against that of the surroundings, as a share of it: -0.3 is 30 % darker.

        Surroundings are the inspected pixels up to ``params.surroundings`` rows and columns away without any defect.
        None where there are none, or where they are black.
        """
        return self._make("contrast")

    @cached_property
    def polygon(self) -> tuple[Ring, ...] | None:
        """Rings along the pixel edges, each int32 (N, 2) of corners (row, col).

        Pixel (r, c) spans r ... r + 1 and c ... c + 1: the signed areas sum up to ``area`` exactly. Outer rings run
        clockwise as seen, holes counter-clockwise; merged regions have several outer rings.
        """
        return self._make("polygon")

    @property
    def image(self) -> NDArray[np.bool_] | None:
        """Its mask within ``bbox``."""
        if self.runs is None:
            return None
        top, left, bottom, right = self.bbox
        crop = np.zeros((bottom - top, right - left), np.bool_)
        for row, start, stop in self.runs.tolist():
            crop[row - top, start - left : stop - left] = True
        return crop

    @property
    def severity(self) -> int | None:
        """1 and one more for each of ``params.severity_limits`` that the measure ``params.severity_by`` exceeds."""
        value = getattr(self, self.params.severity_by)
        if value is None:
            return None
        return 1 + sum(abs(value) > limit for limit in self.params.severity_limits)

    @property
    def area_mm2(self) -> float | None:
        """Area in square millimetres."""
        scale = self.params.spacing
        return None if scale is None else self.area * scale[0] * scale[1]

    @property
    def bbox_mm(self) -> tuple[float, float, float, float] | None:
        """(min_row, min_col, max_row, max_col) in millimetres from the image's upper left corner."""
        scale = self.params.spacing
        if scale is None:
            return None
        top, left, bottom, right = self.bbox
        return top * scale[0], left * scale[1], bottom * scale[0], right * scale[1]

    @property
    def centroid_mm(self) -> tuple[float, float] | None:
        """(row, col) in millimetres from the centre of the first pixel."""
        scale = self.params.spacing
        if scale is None:
            return None
        return self.centroid[0] * scale[0], self.centroid[1] * scale[1]

    @property
    def axis_major_length_mm(self) -> float | None:
        """Major axis on the material, in millimetres."""
        scale = self.params.spacing
        return None if scale is None else self.shape.axes(*scale)[0]

    @property
    def axis_minor_length_mm(self) -> float | None:
        """Minor axis on the material, in millimetres."""
        scale = self.params.spacing
        return None if scale is None else self.shape.axes(*scale)[1]

    @property
    def orientation_mm(self) -> float | None:
        """Angle of the major axis on the material, in radians; another than ``orientation`` where the scales differ."""
        scale = self.params.spacing
        return None if scale is None else self.shape.orientation(*scale)

    @property
    def perimeter_mm(self) -> float | None:
        """Length of the edge in millimetres."""
        scale = self.params.spacing
        return None if scale is None else self.shape.perimeter(*scale)

    @cached_property
    def feret_diameter_max_mm(self) -> float | None:
        """Longest distance within the convex hull on the material, in millimetres."""
        return None if self.params.spacing is None else self._make("feret_diameter_max_mm")

    @property
    def polygon_mm(self) -> tuple[NDArray[np.float64], ...] | None:
        """``polygon`` in millimetres from the image's upper left corner."""
        scale = self.params.spacing
        rings = self.polygon
        return (
            None
            if scale is None or rings is None
            else tuple(np.multiply(ring, scale, dtype=np.float64) for ring in rings)
        )

    def to_dict(self) -> dict[str, Any]:
        """All measures but outlines as plain numbers, ready for JSON; what is not finite becomes None.

        Returns
        -------
        dict of str to int, float, list or None
            The names of `MEASURES`, in that order.
        """
        return {name: _plain(getattr(self, name)) for name in MEASURES}

    def _make(self, name: str) -> Any:
        return None if self.maker is None else self.maker(name)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and not isfinite(value) else value
