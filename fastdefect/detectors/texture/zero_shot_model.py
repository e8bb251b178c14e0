"""The texture model for people without good images: it learns from each image, or from one for all that follow."""

from __future__ import annotations

from typing import Self

import numpy as np

from fastdefect.checks import check_image
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.estimator import Estimator, parameters
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.zero_shot import ZERO_SHOT, ZERO_SHOT_THRESHOLD, SelfFit
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.texture import FittedTexture
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage


class ZeroShotModel(Estimator):
    """What a `TextureModel` can do without a training."""

    params: TextureParams
    constants: FittedTexture | None

    @classmethod
    def zero_shot(
        cls,
        false_alarms: float = 0.01,
        colour: bool = True,
        window: int = ZERO_SHOT["window"],
        scales: tuple[int, int, int, int] = ZERO_SHOT["scales"],
        geometric: bool = ZERO_SHOT["geometric"],
        background_clip_sigma: float = 1.0,
        quantile: float = ZERO_SHOT["quantile"],
        side_onset: float = 0.5,
        side_weight: float = 0.6,
        bar_weight: float = ZERO_SHOT["bar_weight"],
        column_profile: bool = ZERO_SHOT["column_profile"],
    ) -> Self:
        """Make a model for people without good images: each image is compared with itself.

        Parameters
        ----------
        false_alarms, colour, background_clip_sigma, side_onset, side_weight
            As for the constructor.
        window, scales, geometric, quantile, bar_weight, column_profile
            With defaults for one image: wider boxes, their maximum, columns' medians taken off.

        Returns
        -------
        TextureModel
            Its threshold, 4, is a choice and no rate of false alarms: folds and creases are what it most often takes for
            defects. Set it with `with_threshold` by looking at scores of your images, or train a model.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a bad parameter.
        """
        given = locals()
        model = cls(**{name: given[name] for name in parameters(cls)})
        return model._learned(None, None, ZERO_SHOT_THRESHOLD)

    def freeze(self, img: ByteImage) -> Self:
        """Return a model with the constants of this image, for example of the first rows of endless material.

        Parameters
        ----------
        img : ndarray of uint8, (H, W) or (H, W, 3)

        Returns
        -------
        TextureModel
            With the thresholds of this one, and with a wide domain around the image: black, blurred and overexposed frames
            are unusable.

        Raises
        ------
        ArgumentValueError
            For a trained model, or an image without texture.
        """
        if not self.is_finished or self.constants is not None:
            raise ArgumentValueError(
                "freeze: expected a zero-shot model, received another; call it directly"
            )
        image = check_image("img", img)
        shape = image.shape[0], image.shape[1]
        self.check_shape(shape)
        channels = 3 if image.ndim == 3 else 1
        made = type(self)(**self.get_params())
        learner = DomainLearner(shape, channels, 1, 1)
        learner.take(0, 0, image, np.zeros(shape, np.uint8))
        constants = SelfFit(shape, self.params, channels, check_threads(None))(image)
        return made._learned(
            constants, channels, self.threshold, None, self._mask_threshold, learner.around()
        )
