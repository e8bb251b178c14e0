"""One defect: a row of the table, with measures in pixels and, where the scale is known, in millimetres."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.columns import SCORE_UNIT, Columns
from fastdefect.defects.moments import Moments
from fastdefect.defects.outlines import outline

if TYPE_CHECKING:
    from fastdefect.defects.params import RegionParams
    from fastdefect.defects.table import Defects

Ring: TypeAlias = NDArray[np.int32]

MEASURES = (
    "label", "severity", "bbox", "area", "centroid", "axis_major_length", "axis_minor_length", "orientation",
    "feret_diameter_max", "perimeter", "mean_score", "peak_score", "contrast",
    "bbox_mm", "area_mm2", "centroid_mm", "axis_major_length_mm", "axis_minor_length_mm", "orientation_mm",
    "feret_diameter_max_mm", "perimeter_mm",
)  # fmt: skip
"""What a defect is described by, in the order of every table."""


class Defect:
    """One defect: a region of the mask, or several close ones that were merged.

    Parameters
    ----------
    table : Defects
        The table that it is a row of.
    row : int
        Which one, from 0.

    Notes
    -----
    Names, definitions and values are those of ``skimage.measure.regionprops`` where it has the measure: ``area``, ``bbox``,
    ``centroid``, ``axis_major_length``, ``axis_minor_length``, ``orientation``, ``perimeter``, ``feret_diameter_max``,
    ``image``. Names that end in ``_mm`` or ``_mm2`` are None without ``params.mm_per_px``. scikit-image has no perimeter for
    unequal scales; here each step of the edge counts by its direction.

    A defect keeps its table alive, which holds runs and sums but no image. Pickled or copied, it takes its own row alone.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.defects import find_defects
    >>> mask = np.zeros((8, 9), bool)
    >>> mask[2:4, 3:8] = True
    >>> defect = find_defects(mask)[0]
    >>> defect.bbox, defect.area, defect.centroid
    ((2, 3, 4, 8), 10, (2.5, 5.0))
    >>> list(defect.to_dict())[:4]
    ['label', 'severity', 'bbox', 'area']
    """

    __slots__ = ("_row", "_shape", "_table")

    def __init__(self, table: Defects, row: int) -> None:
        self._table = table
        self._row = row
        self._shape: Moments | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Defect) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        names = ("label", "bbox", "area", "centroid", "mean_score", "peak_score")
        return f"Defect({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._table.columns.packed(self._row), self._table.params)

    def __deepcopy__(self, _memo: Any) -> Defect:
        return self._table.rows([self._row])[0]

    def _identity(self) -> tuple[Any, ...]:
        return (
            self.label, self.bbox, self.area, self.centroid, self.shape, self.mean_score, self.peak_score,
        )  # fmt: skip

    @property
    def params(self) -> RegionParams:
        """Scale and severity rules."""
        return self._table.params

    @property
    def label(self) -> int:
        """1 for the first from top to bottom, and so on."""
        return int(self._table.columns.labels[self._row])

    @property
    def bbox(self) -> tuple[int, int, int, int]:
        """(min_row, min_col, max_row, max_col) in pixels, half-open."""
        top, left, bottom, right = self._table.columns.boxes[self._row].tolist()
        return top, left, bottom, right

    @property
    def area(self) -> int:
        """Number of pixels."""
        return int(self._table.columns.sums[self._row, 0])

    @property
    def centroid(self) -> tuple[float, float]:
        """(row, col) in pixels; the centre of the first pixel is (0, 0)."""
        n, r, c, *_ = self._table.columns.sums[self._row].tolist()
        top, left, *_ = self.bbox
        return (n * top + r) / n, (n * left + c) / n

    @property
    def shape(self) -> Moments:
        """What the axes, the orientation and the perimeter are computed from."""
        if self._shape is None:  # six measures read it
            sums, edges = self._table.columns.sums, self._table.columns.edges
            self._shape = Moments.of(sums[self._row].tolist(), edges[self._row].tolist())
        return self._shape

    @property
    def runs(self) -> NDArray[np.int32]:
        """Its pixels, row by row, int32 (N, 3): (row, first column, column after the last)."""
        columns = self._table.columns
        return columns.runs[columns.first[self._row] : columns.first[self._row + 1]]

    @property
    def peak_score(self) -> float | None:
        """Highest value of the score map."""
        peak = float(self._table.columns.peaks[self._row])
        return None if peak != peak else peak

    @property
    def mean_score(self) -> float | None:
        """Mean value of the score map."""
        if self.peak_score is None:
            return None
        whole, fraction = self._table.columns.scores[self._row].tolist()
        return (whole * SCORE_UNIT + fraction) / (self.area * SCORE_UNIT)

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

    @property
    def feret_diameter_max(self) -> float:
        """Longest distance within the convex hull, in pixels."""
        return self._table._feret_diameters()[0][self._row]

    @property
    def contrast(self) -> float | None:
        """Mean grey level against that of the surroundings, as a share of it: -0.3 is 30 % darker.

        Surroundings are the inspected pixels up to ``params.surroundings`` rows and columns away without any defect.
        None where there are none, or where they are black.
        """
        own, pixels, around = self._table.columns.greys[self._row].tolist()
        return own / self.area * (pixels / around) - 1 if around else None

    @property
    def polygon(self) -> tuple[Ring, ...]:
        """Rings along the pixel edges, each int32 (N, 2) of corners (row, col).

        Pixel (r, c) spans r ... r + 1 and c ... c + 1: the signed areas sum up to ``area`` exactly. Outer rings run
        clockwise as seen, holes counter-clockwise; merged regions have several outer rings.
        """
        return outline(self.runs, self.bbox)

    @property
    def image(self) -> NDArray[np.bool_]:
        """Its mask within ``bbox``."""
        top, left, bottom, right = self.bbox
        crop = np.zeros((bottom - top, right - left), np.bool_)
        for row, start, stop in self.runs.tolist():
            crop[row - top, start - left : stop - left] = True
        return crop

    @property
    def severity(self) -> int | None:
        """1 and one more for each of ``params.severity_limits`` that the measure ``params.severity_by`` exceeds."""
        return self.params.severity(getattr(self, self.params.severity_by))

    @property
    def area_mm2(self) -> float | None:
        """Area in square millimetres."""
        return self._scaled(lambda row, column: self.area * row * column)

    @property
    def bbox_mm(self) -> tuple[float, float, float, float] | None:
        """(min_row, min_col, max_row, max_col) in millimetres from the image's upper left corner."""
        top, left, bottom, right = self.bbox
        return self._scaled(lambda r, c: (top * r, left * c, bottom * r, right * c))

    @property
    def centroid_mm(self) -> tuple[float, float] | None:
        """(row, col) in millimetres from the centre of the first pixel."""
        y, x = self.centroid
        return self._scaled(lambda row, column: (y * row, x * column))

    @property
    def axis_major_length_mm(self) -> float | None:
        """Major axis on the material, in millimetres."""
        return self._scaled(lambda row, column: self.shape.axes(row, column)[0])

    @property
    def axis_minor_length_mm(self) -> float | None:
        """Minor axis on the material, in millimetres."""
        return self._scaled(lambda row, column: self.shape.axes(row, column)[1])

    @property
    def orientation_mm(self) -> float | None:
        """Angle of the major axis on the material, in radians; another than ``orientation`` where the scales differ."""
        return self._scaled(self.shape.orientation)

    @property
    def perimeter_mm(self) -> float | None:
        """Length of the edge in millimetres."""
        return self._scaled(self.shape.perimeter)

    @property
    def feret_diameter_max_mm(self) -> float | None:
        """Longest distance within the convex hull on the material, in millimetres."""
        return self._scaled(lambda _row, _column: self._table._feret_diameters()[1][self._row])

    @property
    def polygon_mm(self) -> tuple[NDArray[np.float64], ...] | None:
        """``polygon`` in millimetres from the image's upper left corner."""
        return self._scaled(
            lambda *scale: tuple(
                np.multiply(ring, scale, dtype=np.float64) for ring in self.polygon
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """All measures but outlines as plain numbers, ready for JSON; what is not finite becomes None.

        Returns
        -------
        dict of str to int, float, list or None
            The names of `MEASURES`, in that order.
        """
        return {name: _plain(getattr(self, name)) for name in MEASURES}

    def _scaled(self, measure: Any) -> Any:
        """``measure(row, column)`` with the millimetres per pixel, or None where they are not known."""
        scale = self.params.spacing
        return None if scale is None else measure(*scale)


def _restore(packed: tuple[Any, ...], params: RegionParams) -> Defect:
    from fastdefect.defects.table import Defects

    return Defects.of(Columns.unpacked(packed), params)[0]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and not isfinite(value) else value
