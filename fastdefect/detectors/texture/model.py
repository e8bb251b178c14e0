"""The texture model: learns from good images only, tells at a named rate of false alarms, shows where."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_progress
from fastdefect.detectors.estimator import parameters
from fastdefect.detectors.good_images import GoodImages, check_groups
from fastdefect.detectors.stage import Stage, operation_stage
from fastdefect.detectors.texture import file
from fastdefect.detectors.texture.fit import fit
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.zero_shot import constants_stage
from fastdefect.detectors.texture.zero_shot_model import ZeroShotModel
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.texture import SIDE_MIN, FittedTexture, TextureStructure
from fastdefect.tiling.workers import check_threads


class TextureModel(ZeroShotModel):
    """A detector trained on good images only; an estimator in scikit-learn's sense until it is trained.

    Parameters
    ----------
    false_alarms : float, default: 0.01
        Share of good images that may be called defective, 1e-6 ... 0.2.
    colour, window, scales, geometric, background_clip_sigma, quantile, side_onset, side_weight, bar_weight, column_profile
        See `TextureParams`; for example ``colour=False`` for the fast grey model.

    Attributes
    ----------
    params : TextureParams
        The parameters, checked.
    threshold, mask_threshold, calibration, domain, left_out
        As for `fastdefect.detectors.estimator.Estimator`.
    constants : FittedTexture or None
        What was learned; None before training, and for a zero-shot model, which learns from each image.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad parameter.

    Notes
    -----
    For materials with an even background: paper, cloth, foil, leather, fine castings under even light. Surfaces that
    differ more among themselves than by a defect (grinding marks, reflections, printed patterns, wood) need
    another detector.

    The image's score is the mean of the 20 highest map values, so it depends on the image's size: calibrate on images
    of the size that will be inspected.

    `fit` sets what is learned once; from then on the object refuses changes, can be pickled, and any thread may use it.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> noise = np.random.default_rng(0).normal(128, 9, (24, 64, 64))
    >>> good = list(noise.clip(0, 255).astype(np.uint8))
    >>> model = fastdefect.TextureModel(false_alarms=0.01, colour=False, window=31).fit(good)
    >>> spoiled = good[0].copy()
    >>> spoiled[30:40, 30:40] //= 2
    >>> found = model(spoiled)
    >>> found.is_defective, max(defect.area for defect in found.defects)
    (True, 353)
    >>> model.check_shape((64, 64))
    >>> [stage.name for stage in model.map_stages()]
    ['constants', 'map']
    >>> model.save("model.json")
    >>> fastdefect.TextureModel.load("model.json")(spoiled).score == found.score
    True
    >>> fastdefect.TextureModel.zero_shot(colour=False).freeze(good[0]).threshold
    4.0
    """

    kind: ClassVar[str] = "texture"
    format: ClassVar[str] = file.FORMAT
    smallest = SIDE_MIN

    def __init__(
        self,
        false_alarms: float = 0.01,
        colour: bool = True,
        window: int = 95,
        scales: tuple[int, int, int, int] = (1, 3, 5, 9),
        geometric: bool = True,
        background_clip_sigma: float = 1.0,
        quantile: float = 0.9995,
        side_onset: float = 0.5,
        side_weight: float = 0.6,
        bar_weight: float = 1.0,
        column_profile: bool = False,
    ) -> None:
        given = locals()
        super().__init__({name: given[name] for name in parameters(type(self))})
        self.params = TextureParams(**self._given)
        self.reach = self.params.halo
        self.constants: FittedTexture | None = None

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
            At least 4 good images of one shape and number of channels, 32×32 or more; better 20.
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
        TextureModel
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
        return self._learned(
            constants, good.channels, calibration.threshold, calibration, None, domain, left_out
        )

    def _learned(
        self,
        constants: FittedTexture | None,
        channels: int | None,
        threshold: float,
        calibration: Calibration | None = None,
        mask_threshold: float | None = None,
        domain: Domain | None = None,
        left_out: NDArray[np.float64] | None = None,
    ) -> Self:
        """Set what was learned, once; a zero-shot model has neither constants nor domain."""
        return self._finish(
            constants=constants,
            channels=channels,
            threshold=threshold,
            calibration=calibration,
            _mask_threshold=mask_threshold,
            domain=domain,
            left_out=left_out,
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
        content = file.Content(
            self.params, self.constants, self.calibration, self.domain, self.channels, self.threshold,
            self._mask_threshold,
        )  # fmt: skip
        file.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote, to the same bits; one of an older version with a warning of what it lacks.

        The content has to fit the file's digest. To change a number on purpose, put ``null`` in place of the digest: the
        file is then read with a warning, and saving the model writes the new digest.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        TextureModel

        Raises
        ------
        ModelFileError
            For a missing, foreign, damaged or hostile file, before memory is taken for what it claims.
        """
        found = file.read(path)
        model = cls(**{n: getattr(found.params, n) for n in found.params.__dataclass_fields__})
        return model._learned(
            found.constants, found.channels, found.threshold, found.calibration, found.mask_threshold,
            found.domain,
        )  # fmt: skip

    def check_shape(self, shape: tuple[int, int]) -> None:
        self._refuse_if_unfinished()
        super().check_shape(shape)
        profile = None if self.constants is None else self.constants.profile
        if profile is not None and len(profile) != shape[1]:
            raise ArgumentValueError(
                f"img: expected {len(profile)} columns as the model's column profile has, received "
                f"{shape[1]}; train without column_profile, or on this width"
            )

    def map_stages(self) -> Sequence[Stage]:
        channels = self.channels or 3
        structure = TextureStructure.of(self.params, channels)
        return constants_stage(self.constants, self.params, channels), operation_stage(
            "texture_map", (structure,), name="map", reads=("image", "fitted", "outside"),
            image="score_map", dtype=np.float32, number="score",
        )  # fmt: skip
