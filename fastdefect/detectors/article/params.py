"""The constants of the article's pipeline: unit, range, the article's value as default."""

from __future__ import annotations

from dataclasses import dataclass

from fastdefect.checks import check_int, check_ksize, check_real, short
from fastdefect.errors import ArgumentTypeError
from fastdefect.operations import box_blur, morphology, nl_means
from fastdefect.operations.limits import H_MAX


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

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad value.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> black = np.zeros((20, 30), np.uint8)
    >>> fastdefect.detect(black, fastdefect.ArticleParams(max_dark_pixels=600)).is_defective
    False
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
        object.__setattr__(
            self, "blur_ksize", check_ksize("blur_ksize", self.blur_ksize, box_blur.KSIZE.range[1])
        )
        object.__setattr__(
            self,
            "structuring_ksize",
            check_ksize("structuring_ksize", self.structuring_ksize, morphology.KSIZE.range[1]),
        )
        object.__setattr__(
            self, "h", check_real("h", self.h, minimum=nl_means.H.range[0], maximum=H_MAX)
        )
        check_int("template_window", self.template_window, *nl_means.TEMPLATE_WINDOW.range)
        check_int("search_window", self.search_window, *nl_means.SEARCH_WINDOW.range)
        check_int("max_dark_pixels", self.max_dark_pixels, 0, 2**63 - 1)
        check_real("contour_area_limit", self.contour_area_limit, minimum=0.0)
        colour = self.contour_colour
        if not isinstance(colour, tuple) or len(colour) != 3:
            raise ArgumentTypeError(
                f"contour_colour: expected a tuple of three integers (B, G, R), received {short(colour)}; "
                "pass for example (0, 255, 0)"
            )
        for channel in colour:
            check_int("contour_colour", channel, 0, 255)
