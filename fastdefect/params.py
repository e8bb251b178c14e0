"""Every tunable once: unit, range, the article's value as default."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from fastdefect.errors import ArgumentTypeError, ArgumentValueError

BLUR_MAX = 255
STRUCTURING_MAX = 63
WINDOW_MAX = 99
THREADS_MAX = 256
REACH_MAX = 255


@dataclass(frozen=True, kw_only=True)
class ArticleParams:
    """Constants of the article's inspection pipeline.

    Attributes
    ----------
    blur_ksize : (int, int)
        Box blur, (width, height) in pixels, each 1 ... 255.
    h : float
        Filter strength of NL-means in grey levels, finite and at least 0.
    template_window : int
        Side of the patches that NL-means compares, in pixels, 1 ... 99. OpenCV uses ``2 * (n // 2) + 1``.
    search_window : int
        Side of the window in which NL-means looks for patches, in pixels, 1 ... 99; 22 acts as 23.
    structuring_ksize : (int, int)
        Rectangle of ones for erosion and dilation, (width, height) in pixels, each 1 ... 63.
    max_dark_pixels : int
        An image is defective when more pixels than this are 0 after dilation; at least 0.
    contour_area_limit : float
        Contours of a smaller area, in square pixels, are drawn.
    contour_colour : (int, int, int)
        BGR colour of the marks, each 0 ... 255.

    Notes
    -----
    Two constants of the article have no effect and are therefore no parameters: its threshold of 127 (replaced
    by Otsu's) and its maximum value of 256 (an 8-bit image saturates to 255). The line thickness of 3 stands in
    `fastdefect.reference.contours`, because the mark of a vertex is defined by it.
    """

    blur_ksize: tuple[int, int] = (16, 16)
    h: float = 10.0
    template_window: int = 7
    search_window: int = 22
    structuring_ksize: tuple[int, int] = (5, 5)
    max_dark_pixels: int = 1
    contour_area_limit: float = 261124.0
    contour_colour: tuple[int, int, int] = (0, 255, 0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "blur_ksize", check_ksize("blur_ksize", self.blur_ksize, BLUR_MAX))
        object.__setattr__(
            self,
            "structuring_ksize",
            check_ksize("structuring_ksize", self.structuring_ksize, STRUCTURING_MAX),
        )
        object.__setattr__(self, "h", check_real("h", self.h, least=0.0))
        check_int("template_window", self.template_window, 1, WINDOW_MAX)
        check_int("search_window", self.search_window, 1, WINDOW_MAX)
        check_int("max_dark_pixels", self.max_dark_pixels, 0, 2**63 - 1)
        check_real("contour_area_limit", self.contour_area_limit, least=0.0)
        colour = self.contour_colour
        if not isinstance(colour, tuple) or len(colour) != 3:
            raise ArgumentTypeError(
                f"contour_colour: expected a tuple of three integers (B, G, R), received {colour!r}; "
                "pass for example (0, 255, 0)"
            )
        for channel in colour:
            check_int("contour_colour", channel, 0, 255)


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
    """

    mm_per_px: float | tuple[float, float] | None = None
    min_area: int = 1
    min_area_mm2: float = 0.0
    merge_distance: int = 0
    surroundings: int = 8
    severity_by: str = "feret_diameter_max_mm"
    severity_limits: tuple[float, ...] = (75.0, 150.0, 230.0)

    def __post_init__(self) -> None:
        check_int("min_area", self.min_area, 1, 2**63 - 1)
        check_int("merge_distance", self.merge_distance, 0, REACH_MAX)
        check_int("surroundings", self.surroundings, 1, REACH_MAX)
        least = check_real("min_area_mm2", self.min_area_mm2, least=0.0)
        if least > 0 and self.mm_per_px is None:
            raise ArgumentValueError(
                f"min_area_mm2: expected mm_per_px beside it, received {least} without; "
                "pass mm_per_px, or min_area in pixels"
            )
        if self.severity_by not in SEVERITY_MEASURES:
            raise ArgumentValueError(
                f"severity_by: expected one of {', '.join(SEVERITY_MEASURES)}, received "
                f"{self.severity_by!r}; choose one of these"
            )
        limits = tuple(check_real("severity_limits", x, least=0.0) for x in self.severity_limits)
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


def check_scale(name: str, value: object) -> tuple[float, float]:
    """Return ``value``, a number or (per row, per column), as two finite numbers above 0."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ArgumentValueError(
            f"{name}: expected one number or two (per row, per column), received {len(pair)}; "
            "pass one or two"
        )
    row, column = (check_real(name, number, least=0.0) for number in pair)
    if row == 0 or column == 0:
        raise ArgumentValueError(
            f"{name}: expected millimetres per pixel above 0, received {value!r}; measure a known "
            "length in the image and divide its millimetres by its pixels"
        )
    return row, column


def check_int(name: str, value: object, least: int, most: int) -> int:
    """Return ``value`` as an int of the closed range, or raise an error that names ``name``."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentTypeError(
            f"{name}: expected an integer from {least} to {most}, received {value!r} of type "
            f"{type(value).__name__}; pass a whole number"
        )
    number = int(value.__index__())
    if not least <= number <= most:
        raise ArgumentValueError(
            f"{name}: expected an integer from {least} to {most}, received {number}; "
            "choose a value of that range"
        )
    return number


def check_real(name: str, value: object, *, least: float) -> float:
    """Return ``value`` as a finite float of at least ``least``, or raise an error that names ``name``."""
    if isinstance(value, (bool, str, bytes)) or not hasattr(value, "__float__"):
        raise ArgumentTypeError(
            f"{name}: expected a finite number of at least {least:g}, received {value!r} of type "
            f"{type(value).__name__}; pass a number"
        )
    number = float(value)
    if not math.isfinite(number) or number < least:
        raise ArgumentValueError(
            f"{name}: expected a finite number of at least {least:g}, received {number}; "
            "choose a value of that range"
        )
    return number


def check_ksize(name: str, value: object, most: int) -> tuple[int, int]:
    """Return ``value``, an int or (width, height), as (width, height) within 1 ... ``most``."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ArgumentValueError(
                f"{name}: expected an integer or (width, height), received {len(value)} numbers; "
                "pass two, width first"
            )
        width, height = value
        return check_int(name, width, 1, most), check_int(name, height, 1, most)
    side = check_int(name, value, 1, most)
    return side, side
