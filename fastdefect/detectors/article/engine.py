"""The article's detector, planned for one image shape."""

from __future__ import annotations

from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article.detector import ArticleDetector
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.plan import Plan
from fastdefect.roi.area import AreaLike


class Engine(Plan):
    """The article's detector, planned for one image shape: `ArticleDetector.plan` under the name of its constructor.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the images in pixels; grey and BGR images of that size are taken alike.
    params : ArticleParams, optional
        By default the article's constants.
    threads, roi, ignore, regions : optional
        As for `fastdefect.Plan`.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument or an image of another shape.
    EngineBusyError
        When a second thread enters an engine that is at work: make one engine per thread.

    Notes
    -----
    A call that copies its results makes a mask and a filtered image of H x W bytes each; with ``copy=False`` it makes no
    array, see `fastdefect.Plan`.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> engine = fastdefect.Engine((48, 64), threads=1)
    >>> engine(np.full((48, 64, 3), 90, np.uint8), copy=False).score
    0.0
    """

    def __init__(
        self,
        shape: tuple[int, int],
        params: ArticleParams | None = None,
        threads: int | None = None,
        *,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> None:
        detector = ArticleDetector(params)
        super().__init__(detector, shape, threads=threads, roi=roi, ignore=ignore, regions=regions)
        self.params = detector.params
