"""The pattern model: learns material that varies in itself from good images, tells at a named rate of false alarms."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.table import Step
from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_progress
from fastdefect.detectors.estimator import Estimator, parameters
from fastdefect.detectors.good_images import GoodImages, check_groups
from fastdefect.detectors.pattern import file
from fastdefect.detectors.pattern.area import unseen
from fastdefect.detectors.pattern.fit import fit
from fastdefect.detectors.pattern.params import PatternParams
from fastdefect.detectors.stage import Context, Stage, operation_stage
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.pattern import SIDE_MIN, FittedPattern
from fastdefect.tiling.workers import check_threads


class PatternModel(Estimator):
    """A detector for patterned material, trained on good images only; an estimator until it is trained.

    Parameters
    ----------
    false_alarms : float, default: 0.01
        Share of good images that may be called defective, 1e-6 ... 0.2.
    colour, coarse, kinds
        See `PatternParams`; for example ``coarse=False`` for twice the speed.

    Attributes
    ----------
    params : PatternParams
        The parameters, checked.
    threshold, mask_threshold, calibration, domain, left_out
        As for `fastdefect.detectors.estimator.Estimator`.
    constants : FittedPattern or None
        What was learned; None before training.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad parameter.

    Notes
    -----
    For cloth whose material itself varies: checks, stripes, yarns of two colours, small prints. `TextureModel` is faster and
    sees fainter defects where the material is even, as paper, foil and cloth of one colour are.

    Magnitudes of 13 fixed filters (Laws 1980, of brightness and two colour differences) and the colours are averaged over
    windows of 10 pixels, and of 14 in the image at half its size; the map is the distance of these numbers, all but colours
    by their logarithm, from the nearest of a few normal distributions, one for each kind of place in the pattern. A defect
    shows where good material never looks like that; one that looks like another place of the same pattern doesn't.

    Every 2×2 pixels have one value. Pixels nearer than 6 to 10 to the image's edge have that of the nearest cell whose
    windows fit the image: mirrored windows would break the pattern there. Of an inspected area those pixels are judged
    whose windows, 22 pixels wide (14 without the coarse part), lie inside; the map is 0 in the strip of up to 11 pixels
    along its edge, which the windows beside it see. Parts narrower than a window are not inspected.

    The image's score is the mean of the 20 highest cells, so it depends on the image's size: calibrate on images of
    the size that will be inspected. A tile has the values of the whole image, but for its `PatternParams.halo`, where its
    first row and column are even ones of the image.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> stripes = 110 + 50 * (np.arange(96) // 6 % 2) + np.zeros((96, 1))
    >>> noise = np.random.default_rng(0).normal(0, 6, (12, 96, 96))
    >>> good = list((stripes + noise).clip(0, 255).astype(np.uint8))
    >>> model = fastdefect.PatternModel(false_alarms=0.01, kinds=3).fit(good)
    >>> spoiled = good[0].copy()
    >>> spoiled[40:56, 40:56] = 135
    >>> found = model(spoiled)
    >>> found.is_defective, found.score_map.argmax() // 96 in range(32, 64)
    (True, True)
    >>> model.check_shape((96, 96))
    >>> [stage.name for stage in model.map_stages()]
    ['constants', 'seen', 'map']
    >>> model.save("pattern.json")
    >>> fastdefect.PatternModel.load("pattern.json")(spoiled).score == found.score
    True
    """

    kind: ClassVar[str] = "pattern"
    format: ClassVar[str] = file.FORMAT
    smallest = SIDE_MIN

    def __init__(
        self,
        false_alarms: float = 0.01,
        colour: bool = True,
        coarse: bool = True,
        kinds: int = 8,
    ) -> None:
        given = locals()
        super().__init__({name: given[name] for name in parameters(type(self))})
        self.params = PatternParams(**self._given)
        self.reach = self.params.halo
        self.constants: FittedPattern | None = None

    def fit(
        self,
        images: Sequence[Any],
        groups: Sequence[Hashable] | None = None,
        ignore: Any = None,
        *,
        threads: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Self:
        """Learn what good material looks like, and where the threshold lies.

        Parameters
        ----------
        images : sequence of ndarray or path
            At least 4 good images of one shape and number of channels, 32×32 or more; better 30, for each kind of place in
            the pattern has to be seen often.
        groups : sequence of hashable, optional
            The sheet, roll or day of each image. Whole groups are left out when the threshold is calibrated; without groups
            each image is its own, and the threshold holds for the sheets seen only.
        ignore : optional
            An area that does not count, as `fastdefect.Plan` takes it, for all images, or a list of one or None for each.
        threads : int, optional
            1 ... 256, by default what the process may use. The result doesn't depend on it.
        progress : callable, optional
            Called with (steps done, steps in all), from any thread.

        Returns
        -------
        PatternModel
            Itself, trained and from now on unchangeable.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            Before any work, for images, groups or areas that don't fit together, or a model that is trained.
        OddImagesError
            For images that stand apart from the rest, on either side, where the threshold would be theirs alone.
        ImageReadError
            For a file that is no image.

        Warns
        -----
        OddImagesWarning
            For images that stand apart without deciding the threshold, and for repeats, which count once.
        """
        self._refuse_if_finished("fit")
        workers = check_threads(threads)
        check_progress(progress)
        good = GoodImages(images, ignore, reach=self.reach, smallest=SIDE_MIN)
        check_groups(groups, len(images))
        check_groups(None if groups is None else good.of_each(groups), len(good))
        constants, calibration, domain, left_out = fit(good, groups, self.params, workers, progress)
        return self._learned(constants, calibration.threshold, calibration, domain, None, left_out)

    def _learned(
        self,
        constants: FittedPattern,
        threshold: float,
        calibration: Calibration,
        domain: Domain,
        mask_threshold: float | None,
        left_out: NDArray[np.float64] | None = None,
    ) -> Self:
        """Set what was learned, once."""
        return self._finish(
            constants=constants,
            channels=constants.channels,
            threshold=threshold,
            calibration=calibration,
            domain=domain,
            left_out=left_out,
            _mask_threshold=mask_threshold,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, JSON, beside and then renamed.

        Parameters
        ----------
        path : str or os.PathLike

        Raises
        ------
        ArgumentValueError
            The model is not trained, or holds a number that `load` would refuse.
        OutputError
            The file cannot be written.
        """
        self._refuse_if_unfinished()
        constants, calibration, domain = self.constants, self.calibration, self.domain
        assert constants is not None
        assert calibration is not None
        assert domain is not None
        content = file.Content(
            self.params, constants, calibration, domain, constants.channels, self.threshold, self._mask_threshold
        )  # fmt: skip
        file.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote, to the same bits.

        The content has to fit the file's digest. To change a number on purpose, put ``null`` in place of the digest: the
        file is then read with a warning, and saving the model writes the new digest.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        PatternModel

        Raises
        ------
        ModelFileError
            For a missing, foreign, damaged or hostile file, before memory is taken for what it claims.
        """
        found = file.read(path)
        model = cls(**{n: getattr(found.params, n) for n in found.params.__dataclass_fields__})
        return model._learned(
            found.constants, found.threshold, found.calibration, found.domain, found.mask_threshold
        )

    def check_shape(self, shape: tuple[int, int]) -> None:
        self._refuse_if_unfinished()
        super().check_shape(shape)

    def map_stages(self) -> Sequence[Stage]:
        constants = self.constants
        assert constants is not None
        return (
            Stage(name="constants", plan=lambda context: lambda outside: constants, reads=("outside",), number="fitted"),
            Stage(name="seen", plan=self._plan_seen, reads=("outside",), number="unseen"),
            operation_stage(
                "pattern_map", (constants.structure,), name="map", reads=("image", "fitted", "unseen"),
                image="score_map", dtype=np.float32, number="score",
            ),
        )  # fmt: skip

    def _plan_seen(self, context: Context) -> Step:
        """What of an area is judged, found once."""
        if context.inside is None:
            return lambda outside: None
        assert self.constants is not None
        structure = self.constants.structure
        found = unseen(~context.inside, structure)
        if found.all():
            side = 2 * structure.window_reach
            raise ArgumentValueError(
                f"roi, ignore: expected an area that holds windows of {side} by {side} pixels, received one that holds "
                "none; inspect more, or train with coarse=False for smaller windows"
            )
        return lambda outside: found
