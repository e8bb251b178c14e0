"""WHAT: the stages of the article's pipeline in order, each with its halo, its scope, what it reads and what it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fastdefect.backends.table import Backend, Step
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the pipeline.

    Attributes
    ----------
    name : str
        Operation in the back end's table, and the key in ``Detection.speed``.
    scope : {"local", "global"}
        Whether a pixel of the result depends on its surroundings only, or on the whole image.
    halo : callable
        Pixels that a local stage sees around each pixel.
    plan : callable
        Makes the step: ``plan(backend, shape, workers, params)``.
    reads : tuple of str
        Names of the images and numbers that the step takes, in order.
    image : str, optional
        Name of the image that it writes.
    channels : int
        Channels of that image.
    number : str, optional
        Name of the number that it returns.
    bytes_moved : int
        Per pixel: what it reads and writes once each; BGR counts three.
    operations : callable
        Per pixel: additions, multiplications, comparisons, shifts and table look-ups of the textbook's algorithm with
        sliding sums, whatever the kernel does in fact.
    """

    name: str
    scope: Literal["local", "global"]
    halo: Callable[[ArticleParams], int]
    plan: Callable[[Backend, Shape, Workers, ArticleParams], Step]
    reads: tuple[str, ...]
    image: str | None = None
    channels: int = 1
    number: str | None = None
    bytes_moved: int
    operations: Callable[[ArticleParams], float]


def _no_halo(params: ArticleParams) -> int:
    return 0


def _denoising(params: ArticleParams) -> float:
    """Each pair of offsets once: difference, square, four additions of sliding sums, look-up; three per offset."""
    offsets = (2 * (params.search_window // 2) + 1) ** 2
    return 7 * (offsets // 2) + 3 * offsets + 3


def _window_extremes(params: ArticleParams) -> float:
    return sum(params.structuring_ksize) - 2


def _spread(params: ArticleParams) -> int:
    return max(params.structuring_ksize) // 2


HSV = Stage(
    name="bgr_to_hsv",
    scope="local",
    halo=_no_halo,
    plan=lambda backend, shape, workers, p: backend.bgr_to_hsv(shape, workers),
    reads=("source",),
    image="hsv",
    channels=3,
    bytes_moved=6,
    operations=lambda p: 16,
)
BLUR = Stage(
    name="value_blur",
    scope="local",
    halo=lambda p: max(p.blur_ksize) // 2,
    plan=lambda backend, shape, workers, p: backend.value_blur(shape, p.blur_ksize, workers),
    reads=("source",),
    image="blurred",
    bytes_moved=4,
    operations=lambda p: 8,  # two maxima, four of the sums, rounding
)
FILTER = Stage(
    name="nl_means",
    scope="local",
    halo=lambda p: p.template_window // 2 + p.search_window // 2,
    plan=lambda backend, shape, workers, p: backend.nl_means(
        shape, p.h, p.template_window, p.search_window, workers
    ),
    reads=("blurred",),
    image="filtered",
    bytes_moved=2,
    operations=_denoising,
)
OTSU = Stage(
    name="otsu_threshold",
    scope="global",
    halo=_no_halo,
    plan=lambda backend, shape, workers, p: backend.otsu_threshold(shape, workers),
    reads=("filtered",),
    number="otsu_threshold",
    bytes_moved=1,
    operations=lambda p: 1,
)
MASK = Stage(
    name="defect_mask",
    scope="local",
    halo=_spread,
    plan=lambda backend, shape, workers, p: backend.defect_mask(
        shape, p.structuring_ksize, workers
    ),
    reads=("filtered", "otsu_threshold"),
    image="mask",
    number="zero_count",
    bytes_moved=2,
    operations=lambda p: 2 + _window_extremes(p),
)
BINARY = Stage(
    name="binarize",
    scope="local",
    halo=_no_halo,
    plan=lambda backend, shape, workers, p: backend.binarize(shape, workers),
    reads=("filtered", "otsu_threshold"),
    image="binary",
    bytes_moved=2,
    operations=lambda p: 1,
)
EROSION = Stage(
    name="erode",
    scope="local",
    halo=_spread,
    plan=lambda backend, shape, workers, p: backend.erode(shape, p.structuring_ksize, workers),
    reads=("binary",),
    image="erosion",
    bytes_moved=2,
    operations=_window_extremes,
)
DILATION = Stage(
    name="dilate",
    scope="local",
    halo=_spread,
    plan=lambda backend, shape, workers, p: backend.dilate(shape, p.structuring_ksize, workers),
    reads=("binary",),
    image="dilation",
    bytes_moved=2,
    operations=_window_extremes,
)

DETECT = (BLUR, FILTER, OTSU, MASK)
"""What a verdict needs: no H and S planes, no binary image, no erosion."""

PICTURES = (HSV, BINARY, EROSION, DILATION)
"""What the article shows besides."""
