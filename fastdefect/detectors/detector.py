"""What every detector is to its callers, and the least that a new one has to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from fastdefect.checks import check_image, check_int, check_kind
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.cache import take_plan
from fastdefect.detectors.plan import Plan
from fastdefect.detectors.predictions import Predictions
from fastdefect.detectors.result import Detection
from fastdefect.detectors.stage import Stage
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.limits import THREADS_MAX
from fastdefect.roi.area import AreaLike, inspected_area
from fastdefect.tiling.kept import kept
from fastdefect.typing import ByteImage


class Detector(Predictions):
    """Something that judges images of any shape; base class of all detectors.

    Attributes
    ----------
    kind : str
        The word that names it on the command line.
    channels : int or None
        1 or 3 if it takes grey or BGR images only, None for both.
    smallest : int
        Least height and width of an image in pixels.
    reach : int
        Rows and columns around a pixel that its result depends on.
    keeps : tuple of str
        Images that every result keeps in ``Detection.stages``.
    tolerance : float
        How far maps may lie from another machine's, in 0.9995 quantiles of the map; 0 where all arithmetic is the package's.

    Notes
    -----
    A detector does not change, can be pickled, and may be used from any thread. A subclass says what its steps are
    (`stages`) and what they mean (`conclude`); one with a score map has less to write as a `ScoreMapDetector`. Plans, areas,
    defects, command line, evaluation and report then work with it. The entry-point group ``fastdefect.detectors`` names it.

    Examples
    --------
    Pixels of the darkest third of the grey levels, in one step (with an area it would also have to cut the mask):

    >>> import numpy as np, fastdefect
    >>> from fastdefect.detectors import Detection, Detector, Stage
    >>> class Dark(Detector):
    ...     kind, channels = "dark", 1
    ...     def stages(self, within):
    ...         step = lambda image, mask: int(np.less(image, 85, out=mask).sum())
    ...         made = dict(image="mask", dtype=np.bool_, number="dark")
    ...         return [Stage(name="below", plan=lambda context: step, **made)]
    ...     def conclude(self, values, fields):
    ...         return Detection(is_defective=values["dark"] > 0, score=values["dark"], threshold=0, **fields)
    >>> detector, image = Dark(), np.full((6, 8), 90, np.uint8)
    >>> image[2:4, 3:6] = 20
    >>> found = detector(image)
    >>> found.is_defective, found.defects[0].bbox
    (True, (2, 3, 4, 6))

    What a plan asks of it:

    >>> detector.check_shape((6, 8))
    >>> [stage.arguments for stage in detector.stages(within=False)]
    [('image', 'mask')]
    >>> detector.conclude({"dark": 0}, {"mask": found.mask, "speed": {}}).is_defective
    False
    >>> detector.check(np.zeros((6, 8, 3), np.uint8))
    Traceback (most recent call last):
    ...
    fastdefect.errors.ArgumentValueError: img: expected 1 channels as the detector was made for, received 3; ...
    >>> [sample.shape for sample in detector.samples((6, 8))], detector.pictures(channels=1)
    ([(6, 8)], ())
    >>> detector.kept({}, ["mask", "blurred"]), detector.plan((6, 8), threads=1).shape
    (['blurred'], (6, 8))
    """

    kind: ClassVar[str] = ""
    channels: int | None = None
    smallest: int = 1
    reach: int = 0
    keeps: tuple[str, ...] = ()
    tolerance: float = 0.0

    def __setattr__(self, name: str, value: object) -> None:
        if self.__dict__.get("_frozen", False):
            raise ArgumentValueError(
                f"{name}: expected no change of a finished {type(self).__name__}, received {value!r}; "
                "a detector is shared by plans and threads, so make another one "
                "(with_threshold gives a copy with another threshold)"
            )
        super().__setattr__(name, value)

    def _freeze_attributes(self) -> Self:
        """Refuse every later assignment, and return the detector."""
        self.__dict__["_frozen"] = True
        return self

    def plan(
        self,
        shape: tuple[int, int],
        *,
        threads: int | None = None,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> Plan:
        """Make ready for images of one shape.

        Parameters
        ----------
        shape, threads, roi, ignore, regions
            As for `fastdefect.Plan`.

        Returns
        -------
        Plan

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
        """
        return Plan(self, shape, threads=threads, roi=roi, ignore=ignore, regions=regions)

    def __call__(
        self,
        img: ByteImage,
        *,
        threads: int | None = None,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
        stages: bool = False,
    ) -> Detection:
        """Inspect one image; plans are made when first needed and kept, see `fastdefect.detectors.cache`.

        Parameters
        ----------
        img : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
            BGR, BGR with alpha (ignored), or grey. Never modified.
        threads, roi, ignore, regions, stages
            As for `fastdefect.detect`. Areas are worked out anew in every call; a plan keeps them.

        Returns
        -------
        Detection
            Its arrays are the caller's own.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a bad argument, or an image that the detector does not take.
        """
        image = check_image("img", img)
        if threads is not None:
            threads = check_int("threads", threads, 1, THREADS_MAX)
        if regions is not None:
            check_kind("regions", regions, RegionParams)
        shape = image.shape[0], image.shape[1]
        self.check_shape(shape)
        self.check(image)
        key, plan = take_plan(self, shape, threads, inspected_area(shape, roi, ignore), regions)
        found, kept.plans[key] = plan._inspect(image, True, stages), plan
        return found

    def check_shape(self, shape: tuple[int, int]) -> None:
        """Refuse images that are too small, or of another shape that the detector cannot take.

        Parameters
        ----------
        shape : (int, int)
            Height and width in pixels.

        Raises
        ------
        ArgumentValueError
            For such a shape, and for a detector that still has to be trained.
        """
        if min(shape) < self.smallest:
            raise ArgumentValueError(
                f"img: expected at least {self.smallest}×{self.smallest} pixels, received {shape}; "
                "take a larger image"
            )

    def check(self, image: ByteImage) -> None:
        """Refuse an image of the right shape that the detector does not take.

        Parameters
        ----------
        image : ndarray of uint8, (H, W) or (H, W, 3)

        Raises
        ------
        ArgumentValueError
            For a grey image where a BGR image is expected, or the other way round.
        """
        channels = 1 if image.ndim == 2 else 3
        if self.channels is not None and channels != self.channels:
            raise ArgumentValueError(
                f"img: expected {self.channels} channels as the detector was made for, received "
                f"{channels}; convert it with cv2.cvtColor"
            )

    def samples(self, shape: tuple[int, int]) -> Iterator[ByteImage]:
        """Images that together run everything that a call may run, for a warm-up.

        Parameters
        ----------
        shape : (int, int)
            Height and width in pixels.

        Yields
        ------
        ndarray of uint8, (H, W) or (H, W, 3)
        """
        noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
        if self.channels != 1:
            yield noise
        if self.channels != 3:
            yield np.ascontiguousarray(noise[:, :, 0])

    def stages(self, within: bool) -> Sequence[Stage]:
        """The steps to a verdict, in order; to be written by a subclass.

        Parameters
        ----------
        within : bool
            True where only a part of the image is inspected.

        Returns
        -------
        sequence of Stage
            One of them makes the image ``"mask"``.

        Raises
        ------
        NotImplementedError
            The subclass has none.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what its stages are")

    def pictures(self, channels: int) -> Sequence[Stage]:
        """Further steps that only make pictures of what the detector does, by default none.

        Parameters
        ----------
        channels : int
            1 for a grey image, 3 for BGR.

        Returns
        -------
        sequence of Stage
        """
        return ()

    def kept(self, values: Mapping[str, Any], made: Sequence[str]) -> Sequence[str]:
        """What a result with ``stages=True`` keeps in ``Detection.stages``.

        Parameters
        ----------
        values : mapping of str to object
            The images and numbers of the stages by name, as for `conclude`.
        made : sequence of str
            Names of the images of the stages.

        Returns
        -------
        sequence of str
            Names of values.
        """
        return [name for name in made if name not in ("mask", "score_map")]

    def conclude(self, values: Mapping[str, Any], fields: dict[str, Any]) -> Detection:
        """Make the result; to be written by a subclass.

        Parameters
        ----------
        values : mapping of str to object
            The images and numbers of the stages by name.
        fields : dict of str to object
            Arguments of `Detection` that every result has: mask, speed, inside, stages, regions, lease. The detector
            may change them.

        Returns
        -------
        Detection

        Raises
        ------
        NotImplementedError
            The subclass has none.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what its stages mean")
