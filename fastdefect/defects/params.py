"""How the pixels of a mask become defects: scale, least size, merging, severity."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from fastdefect.checks import check_choice, check_int, check_real, check_scale, short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

REACH_MAX = 255
AREA_MAX = 2**62  # as many pixels as 64-bit sums can count, with room

SEVERITY_MEASURES = (
    "area",
    "area_mm2",
    "axis_major_length",
    "axis_major_length_mm",
    "contrast",
    "feret_diameter_max",
    "feret_diameter_max_mm",
    "mean_score",
    "peak_score",
)


@dataclass(frozen=True, kw_only=True)
class RegionParams:
    """How the pixels of a mask become defects, for every detector.

    Attributes
    ----------
    mm_per_px : float or (float, float), optional
        Millimetres per pixel, one number or (per row, per column); above 0. Without it, measures in millimetres are None.
    min_area : int
        Smaller defects are left out of the list, in pixels, at least 1; after merging. The verdict stays the detector's.
    min_area_mm2 : float
        The same in square millimetres, at least 0; above 0 it needs ``mm_per_px``.
    merge_distance : int
        Regions with at most so many other pixels between them, along rows and columns alike, are one defect, 0 ... 255;
        with 0, pixels that touch at a side or corner.
    surroundings : int
        ``Defect.contrast`` compares with the pixels up to so many rows and columns away, 1 ... 255.
    severity_by : str
        The measure that severity depends on, one of `SEVERITY_MEASURES`.
    severity_limits : tuple of float
        Rising. Severity is 1 and one more for each limit that the measure's amount exceeds; None where the measure is None.

    Notes
    -----
    The default severity is the longest dimension in the classes of four-point grading (ASTM D5430): up to 75 mm 1,
    150 mm 2, 230 mm 3, above 4. The other defaults change nothing: every region of touching pixels is a defect.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad value, or ``min_area_mm2`` without ``mm_per_px``.

    Examples
    --------
    >>> from fastdefect import RegionParams
    >>> rules = RegionParams(mm_per_px=0.5, min_area_mm2=2.0, severity_limits=(10.0, 20.0))
    >>> rules.least_area()
    8
    >>> rules.severity(15.0)
    2
    """

    mm_per_px: float | tuple[float, float] | None = None
    min_area: int = 1
    min_area_mm2: float = 0.0
    merge_distance: int = 0
    surroundings: int = 8
    severity_by: str = "feret_diameter_max_mm"
    severity_limits: tuple[float, ...] = (75.0, 150.0, 230.0)

    def __post_init__(self) -> None:
        for name, smallest, largest in (
            ("min_area", 1, AREA_MAX), ("merge_distance", 0, REACH_MAX), ("surroundings", 1, REACH_MAX),
        ):  # fmt: skip
            object.__setattr__(self, name, check_int(name, getattr(self, name), smallest, largest))
        least = check_real("min_area_mm2", self.min_area_mm2, minimum=0.0, maximum=float(AREA_MAX))
        if least > 0 and self.mm_per_px is None:
            raise ArgumentValueError(
                f"min_area_mm2: expected mm_per_px beside it, received {least} without; "
                "pass mm_per_px, or min_area in pixels"
            )
        check_choice("severity_by", self.severity_by, SEVERITY_MEASURES)
        if not isinstance(self.severity_limits, (tuple, list)):
            raise ArgumentTypeError(
                f"severity_limits: expected a tuple of rising numbers, received {short(self.severity_limits)}; pass "
                "for example (75.0, 150.0, 230.0)"
            )
        limits = tuple(check_real("severity_limits", x, minimum=0.0) for x in self.severity_limits)
        if any(a >= b for a, b in itertools.pairwise(limits)):
            raise ArgumentValueError(
                f"severity_limits: expected rising numbers, received {limits}; sort them"
            )
        object.__setattr__(self, "severity_limits", limits)
        object.__setattr__(self, "min_area_mm2", least)
        if self.mm_per_px is not None:
            object.__setattr__(self, "mm_per_px", check_scale("mm_per_px", self.mm_per_px))

    @property
    def spacing(self) -> tuple[float, float] | None:
        """Millimetres per pixel, (per row, per column)."""
        scale = self.mm_per_px
        return scale if scale is None or isinstance(scale, tuple) else (scale, scale)

    def severity(self, value: float | None) -> int | None:
        """Class of a value.

        Parameters
        ----------
        value : float or None
            Of the measure ``severity_by``.

        Returns
        -------
        int or None
            From 1; None for None.
        """
        if value is None:
            return None
        return 1 + sum(abs(value) > limit for limit in self.severity_limits)

    def least_area(self) -> int:
        """Fewest pixels of a defect, from both limits.

        Returns
        -------
        int
        """
        if self.spacing is None:
            return self.min_area
        row, column = self.spacing
        return max(self.min_area, math.ceil(min(self.min_area_mm2 / (row * column), AREA_MAX)))
