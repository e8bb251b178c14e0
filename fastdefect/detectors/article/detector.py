"""The article's detector: immutable parameters, and what its stages mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from fastdefect.checks import check_kind, check_real
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.article.pipeline import picture_stages, reach, verdict_stages
from fastdefect.detectors.article.result import ArticleDetection
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.stage import Stage
from fastdefect.roi.area import AreaLike
from fastdefect.typing import ByteImage


class ArticleDetector(Detector):
    """The article's detector: value channel, box blur, NL-means, Otsu, dilation.

    Parameters
    ----------
    params : ArticleParams, optional
        By default the article's constants.

    Raises
    ------
    ArgumentTypeError
        ``params`` is something else.

    Notes
    -----
    It splits every image in two by Otsu's threshold, so it calls almost every image defective: a baseline, no judge of
    real material.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> detector = fastdefect.ArticleDetector()
    >>> found = detector(np.full((32, 32, 3), 90, np.uint8))
    >>> found.is_defective, found.otsu_threshold
    (False, 0)
    >>> [stage.name for stage in detector.stages(within=False)]
    ['value_blur', 'nl_means', 'otsu_threshold', 'defect_mask']
    >>> [stage.name for stage in detector.pictures(channels=1)]
    ['binarize', 'erode', 'dilate']
    >>> [sample.shape for sample in detector.samples((20, 30))]
    [(20, 30, 3), (20, 30), (20, 30, 3)]
    >>> grey = np.zeros((20, 30), np.uint8)
    >>> values = {"source": grey, "filtered": grey, "dark_pixels": 600, "otsu_threshold": 0, "backend": "auto"}
    >>> detector.kept(values, ["mask", "filtered"])
    ['filtered', 'value']
    >>> detector.conclude(values, {"mask": grey == 0, "speed": {}}).words
    'Fabric has a defect'
    >>> detector.with_threshold(600.5).params.max_dark_pixels
    600
    """

    kind: ClassVar[str] = "article"
    keeps = ("filtered",)

    def __init__(self, params: ArticleParams | None = None) -> None:
        self.params = check_kind("params", params, ArticleParams)
        self.reach = reach(self.params)
        self._freeze_attributes()

    @property
    def learned_words(self) -> str:
        """What it is, in the place where trained detectors say what they learned."""
        return (
            "a baseline that learns nothing; it splits every image in two, so it calls almost every one defective "
            "(fastdefect fit learns a material)"
        )

    def with_threshold(self, threshold: float) -> ArticleDetector:
        """Return a detector with another number of dark pixels that a good image may have.

        Parameters
        ----------
        threshold : float
            0 ... 2**53; pixels are whole, so its whole part counts.

        Returns
        -------
        ArticleDetector

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a bad number.
        """
        most = int(check_real("threshold", threshold, minimum=0.0, maximum=2.0**53))
        return ArticleDetector(replace(self.params, max_dark_pixels=most))

    def stages(self, within: bool) -> Sequence[Stage]:
        return verdict_stages(self.params, within)

    def pictures(self, channels: int) -> Sequence[Stage]:
        return picture_stages(self.params, channels)

    def kept(self, values: Mapping[str, Any], made: Sequence[str]) -> Sequence[str]:
        assert isinstance(values, dict)  # the value channel is kept too
        values["value"] = values["hsv"][:, :, 2] if "hsv" in made else values["source"].copy()
        return [*super().kept(values, made), "value"]

    def samples(self, shape: tuple[int, int]) -> Iterator[ByteImage]:
        yield from super().samples(shape)
        # a flat image takes other kernels
        yield np.zeros((*shape, 3), np.uint8)

    def conclude(self, values: Mapping[str, Any], fields: dict[str, Any]) -> ArticleDetection:
        dark, most = values["dark_pixels"], self.params.max_dark_pixels
        # into the mapping that is there: a joined one would be made anew in each call
        fields["is_defective"], fields["score"], fields["threshold"] = (
            dark > most,
            float(dark),
            float(most),
        )
        fields["otsu_threshold"], fields["zero_count"] = values["otsu_threshold"], dark
        fields["grey"] = values["filtered"], (0, 0)
        fields["details"] = self.params, values["backend"]
        return ArticleDetection(**fields)


detector_for = lru_cache(maxsize=32)(ArticleDetector)
"""A detector of these parameters, the same one each time, so that its plans are found again."""


def detect(
    img: ByteImage,
    params: ArticleParams | None = None,
    *,
    threads: int | None = None,
    stages: bool = False,
    roi: AreaLike | None = None,
    ignore: AreaLike | None = None,
    regions: RegionParams | None = None,
) -> ArticleDetection:
    """Inspect one image with the article's detector.

    Parameters
    ----------
    img : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        BGR, BGR with alpha (ignored), or grey. Never modified.
    params : ArticleParams, optional
        By default the article's constants.
    threads : int, optional
        1 ... 256, by default what the process may use.
    stages : bool, default: False
        Also return the image of every stage in ``Detection.stages``.
    roi, ignore : optional
        What is inspected and what is left out of it: polygons, masks or files, see `fastdefect.roi.area`. They
        are worked out anew in every call; an `Engine` keeps them.
    regions : RegionParams, optional
        How pixels become defects: scale in millimetres, least size, merging, severity.

    Returns
    -------
    Detection
        Its arrays are the caller's own.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument.

    See Also
    --------
    Engine : the same with a plan that you keep, for images of one shape.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> fastdefect.detect(np.full((20, 30, 3), 90, np.uint8)).mask.any()
    np.False_
    >>> int(fastdefect.detect(np.zeros((20, 30, 3), np.uint8)).mask.sum())  # black is dark everywhere
    600
    """
    detector = detector_for(None if params is None else check_kind("params", params, ArticleParams))
    found = detector(img, threads=threads, roi=roi, ignore=ignore, regions=regions, stages=stages)
    assert isinstance(found, ArticleDetection)
    return found
