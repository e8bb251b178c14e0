"""Detectors that score every pixel: the image's score decides, its map says where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from fastdefect.backends.opencv_regions import bounding_box
from fastdefect.backends.table import Step
from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_real
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.domain import UNREMARKABLE, domain_stage
from fastdefect.detectors.result import Detection
from fastdefect.detectors.stage import Context, Stage
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation, pointwise
from fastdefect.typing import BoolImage, ByteImage, FloatImage

_UNSAID = Operation(
    name="", family="", summary="", equals="", inputs=(), bytes_per_pixel=0, operations_per_pixel=pointwise
)  # fmt: skip


class ScoreMapDetector(Detector):
    """A detector with a score map; a subclass has a threshold and says how the map is made.

    Attributes
    ----------
    threshold : float
        An image is defective when its score is above it.
    mask_threshold : float
        A pixel of a defective image belongs to the mask when its score is above it; by default the threshold.
    domain : Domain or None
        What good images look like as a whole, where it was learned: an image outside it, with nothing above the threshold,
        is unusable.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> from fastdefect.detectors.score_map import ScoreMapDetector
    >>> class Bright(ScoreMapDetector):
    ...     kind, channels, threshold = "bright", 1, 200.0
    ...     def plan_map(self, context):
    ...         def step(image, outside, score_map):
    ...             np.copyto(score_map, image)
    ...             return float(score_map.max())
    ...         return step
    >>> detector, image = Bright(), np.eye(3, dtype=np.uint8) * 255
    >>> detector(image).defects[0].bbox
    (0, 0, 3, 3)
    >>> detector.with_threshold(255.0)(image).is_defective
    False
    >>> from fastdefect.calibration import calibrate
    >>> detector.with_calibration(calibrate([9.0, 11.0, 12.0, 9.5], range(4), 0.01), None).threshold < 40
    True

    What a plan asks of it:

    >>> [stage.name for stage in detector.map_stages()], len(detector.stages(within=False))
    (['map'], 2)
    >>> detector.highest, detector.grid
    (0, 1)
    >>> score_map = np.empty((3, 3), np.float32)
    >>> score = detector.plan_map(context=None)(image, None, score_map)
    >>> values = {"score": score, "score_map": score_map, "image": image}
    >>> fields = {"mask": score_map > 200, "speed": {}, "regions": fastdefect.RegionParams(), "lease": None}
    >>> detector.conclude(values, fields).score
    255.0
    """

    threshold: float
    domain: Domain | None = None
    _mask_threshold: float | None = None

    @property
    def mask_threshold(self) -> float:
        """Map value above which a pixel of a defective image belongs to the mask."""
        return self.threshold if self._mask_threshold is None else self._mask_threshold

    @property
    def highest(self) -> int:
        """The image's score is the mean of so many highest values of its map, wherever they are; 0 where that is not said.

        The operation that makes the map says so. `fastdefect.large` needs it, where no map is whole in memory; a subclass
        without an operation may override it.
        """
        return self._of_operation().highest

    @property
    def grid(self) -> int:
        """A part of an image has the whole's values, but for its halo, where it begins at multiples of it."""
        return self._of_operation().grid

    def _of_operation(self) -> Operation:
        """The operation that makes the map; one that says nothing for a detector that has none."""
        name = self.map_stages()[-1].operation
        return _UNSAID if name is None else OPERATIONS[name]

    def with_threshold(self, threshold: float, *, mask_threshold: float | None = None) -> Self:
        """Return a copy of the detector with other thresholds.

        Parameters
        ----------
        threshold : float
            Finite and at least 0.
        mask_threshold : float, optional
            By default the threshold.

        Returns
        -------
        Detector
            Of the same class; what was learned is shared, not copied.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a bad number.
        """
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__["threshold"] = check_real("threshold", threshold, minimum=0.0)
        made.__dict__["_mask_threshold"] = (
            None
            if mask_threshold is None
            else check_real("mask_threshold", mask_threshold, minimum=0.0)
        )
        return made

    def with_calibration(self, calibration: Calibration, domain: Domain | None) -> Self:
        """Return a copy of the detector with what a calibration found, see `fastdefect.calibrate`.

        Parameters
        ----------
        calibration : Calibration
            Its threshold becomes the detector's; a mask threshold that was set stays.
        domain : Domain or None
            Of images with as many channels as the detector takes; from then on it takes no others.

        Returns
        -------
        Detector
            Of the same class; what was learned is shared, not copied.
        """
        made = self.with_threshold(calibration.threshold, mask_threshold=self._mask_threshold)
        found: dict[str, Any] = {"calibration": calibration, "domain": domain}
        if domain is not None:
            found["channels"] = domain.channels
        made.__dict__.update(found)
        return made

    def plan_map(self, context: Context) -> Step:
        """Make all memory for the map; to be written by a subclass.

        Parameters
        ----------
        context : Context
            Shape, threads, back end and area of the plan.

        Returns
        -------
        callable
            ``step(image, outside, score_map) -> score``. ``image`` is uint8, (H, W) or (H, W, 3); ``outside``, bool (H, W),
            is True where nothing counts, or None; ``score_map``, float32 (H, W), is to be filled. The score is that of the
            image.

        Raises
        ------
        NotImplementedError
            The subclass has none.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how its map is made")

    def map_stages(self) -> Sequence[Stage]:
        """The steps that make the image ``"score_map"`` and the number ``"score"``; by default the one of `plan_map`.

        Returns
        -------
        sequence of Stage
        """
        return (
            Stage(
                name="map",
                plan=self.plan_map,
                reads=("image", "outside"),
                image="score_map",
                dtype=np.float32,
                number="score",
            ),
        )

    def stages(self, within: bool) -> Sequence[Stage]:
        reads = ("score_map", "score")
        mask = Stage(name="mask", plan=self._plan_mask, reads=reads, image="mask", dtype=np.bool_)
        domain = () if self.domain is None else (domain_stage(self.domain),)
        return (*self.map_stages(), *domain, mask)

    def _plan_mask(self, context: Context) -> Step:
        threshold, limit = self.threshold, np.float32(self.mask_threshold)
        inside = context.inside

        def step(score_map: FloatImage, score: float, mask: BoolImage) -> None:
            if not score > threshold:
                mask.fill(False)
                return
            np.greater(score_map, limit, out=mask)
            if inside is not None:
                np.logical_and(mask, inside, out=mask)

        return step

    def conclude(self, values: Mapping[str, Any], fields: dict[str, Any]) -> Detection:
        score, threshold = values["score"], self.threshold
        defective = bool(score > threshold)
        grey = None
        if defective:  # contrasts are taken from these pixels
            grey = values["image"], (0, 0)
            if fields["lease"] is None:
                grey = _around(values["image"], fields["mask"], fields["regions"].surroundings)
        # into the mapping that is there: a joined one would be made anew in each call
        fields["is_defective"], fields["score"], fields["threshold"] = defective, score, threshold
        judged = values.get("judged", UNREMARKABLE)
        if judged is not UNREMARKABLE:
            # a large defect is no foreign frame: what lies above the threshold is shown, and the rest a note
            fields["is_unusable"] = bool(judged.reasons) and not defective
            # reasons first; after them what a subclass has to say
            fields["notes"] = judged.reasons + judged.notes + fields.get("notes", ())
        fields["score_map"], fields["grey"] = values["score_map"], grey
        return Detection(**fields)


def _around(image: ByteImage, mask: BoolImage, reach: int) -> tuple[ByteImage, tuple[int, int]]:
    """A copy of the part of the image that holds the mask and its surroundings, and its upper left pixel."""
    top, left, bottom, right = bounding_box(mask.view(np.uint8))
    top, left = max(0, top - reach), max(0, left - reach)
    return image[top : bottom + reach, left : right + reach].copy(), (top, left)
