"""The texture model: learns from good images only, tells at a named rate of false alarms, shows where."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from fastdefect.backends.texture_strips import ROWS
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_image, check_real
from fastdefect.detectors.good_images import GoodImages
from fastdefect.detectors.result import Detection
from fastdefect.detectors.texture import file as texture_file
from fastdefect.detectors.texture.fit import fit
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.plan import TexturePlan
from fastdefect.detectors.texture.zero_shot import ZERO_SHOT, ZERO_SHOT_THRESHOLD, learn_from
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.texture import SIDE_MIN, FittedTexture
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import BoolImage, ByteImage

MOST_PLANS = 4


class TextureModel:
    """A detector trained on good images only.

    Parameters
    ----------
    false_alarms : float, default: 0.01
        Share of good images that may be called defective.
    **settings
        Any other field of `TextureParams`, for example ``colour=False`` for the fast grey model.

    Notes
    -----
    For materials with an even background: paper, cloth, foil, leather, fine castings under even light. Surfaces that
    differ more among themselves than by a defect (grinding marks, reflections, printed patterns, wood) need
    another detector.

    The image's score is the mean of the 20 highest map values, so it depends on the image's size: calibrate on images
    of the size that will be inspected.

    Examples
    --------
    >>> model = TextureModel(false_alarms=0.01).fit(good_images, groups=roll_numbers)  # doctest: +SKIP
    >>> model(img).is_defective  # doctest: +SKIP
    """

    def __init__(self, false_alarms: float = 0.01, **settings: Any) -> None:
        try:
            self.params = TextureParams(false_alarms=false_alarms, **settings)
        except TypeError as error:
            if "unexpected keyword" not in str(error):
                raise
            raise ArgumentValueError(
                f"settings: expected fields of TextureParams, received {sorted(settings)}; "
                "see fastdefect.TextureParams"
            ) from error
        self.constants: FittedTexture | None = None
        self.calibration: Calibration | None = None
        self.channels: int | None = None
        self._zero_shot = False
        self._threshold: float | None = None
        self._mask_threshold: float | None = None
        self._kept = threading.local()

    def fit(
        self,
        images: Sequence[Any],
        groups: Sequence[Hashable] | None = None,
        ignore: Any = None,
        *,
        threads: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> TextureModel:
        """Learn what good material looks like, and where the threshold lies.

        Parameters
        ----------
        images : sequence of ndarray or path
            At least 4 good images of one shape and number of channels, 32×32 or more; 20 and more are better.
        groups : sequence of hashable, optional
            The sheet, roll or day of each image. Whole groups are left out when the threshold is calibrated; without groups
            each image is its own, and the threshold holds for the sheets seen only.
        ignore : ndarray of bool, (H, W), or list of such or None, optional
            True where pixels don't count; one mask for all or one per image.
        threads : int, optional
            1 ... 256, by default what the process may use. The result doesn't depend on it.
        progress : callable, optional
            Called with (steps done, steps in all), from any thread.

        Returns
        -------
        TextureModel
            Itself.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            Before any work, for images, groups or masks that don't fit together; the model stays as it was.
        """
        workers = check_threads(threads)
        good = GoodImages(images, ignore, reach=self.params.halo)
        if groups is not None:
            if len(groups) != len(good):
                raise ArgumentValueError(
                    f"groups: expected one per image, {len(good)}, received {len(groups)}; name the group of each"
                )
            if len(set(groups)) < 2:
                raise ArgumentValueError(
                    "groups: expected at least two different groups, received one; add images of another sheet, "
                    "or pass None to calibrate within this one"
                )
        constants, calibration = fit(good, groups, self.params, workers, progress)
        self.constants, self.calibration, self.channels = constants, calibration, good.channels
        self._threshold = calibration.threshold
        self._zero_shot = False
        self._kept = threading.local()
        return self

    @classmethod
    def zero_shot(cls, **settings: Any) -> TextureModel:
        """A model for people without good images: each image is compared with itself.

        Parameters
        ----------
        **settings
            Fields of `TextureParams` that differ from the zero-shot defaults (window 191, boxes of 3, 7, 15 and 31,
            their maximum, column profile).

        Returns
        -------
        TextureModel
            Its threshold, 4, is a choice and no rate of false alarms: folds and creases are what it most often
            takes for defects. Set it by looking at scores of your images, or call `freeze` and `fit`.
        """
        model = cls(**{**ZERO_SHOT, **settings})
        model._zero_shot = True
        model._threshold = ZERO_SHOT_THRESHOLD
        return model

    def freeze(self, img: ByteImage) -> TextureModel:
        """A zero-shot model that keeps the constants of this image, for example of the first rows of endless material."""
        if not self._zero_shot:
            raise ArgumentValueError(
                "freeze: expected a zero-shot model, received a trained one; call it directly"
            )
        image = self.check(img)
        frozen = type(self)(
            **{f: getattr(self.params, f) for f in self.params.__dataclass_fields__}
        )
        frozen.constants = learn_from(image, self.params)
        frozen.channels = 3 if image.ndim == 3 else 1
        frozen._threshold = self._threshold
        frozen._mask_threshold = self._mask_threshold
        return frozen

    @property
    def threshold(self) -> float:
        """Largest score of a good image; may be set to any number of at least 0."""
        if self._threshold is None:
            raise ArgumentValueError(
                "threshold: expected a trained model, received a new one; call fit first"
            )
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._threshold = check_real("threshold", value, least=0.0)

    @property
    def mask_threshold(self) -> float:
        """Map value above which a pixel of a defective image belongs to the mask; follows `threshold` until set."""
        return self.threshold if self._mask_threshold is None else self._mask_threshold

    @mask_threshold.setter
    def mask_threshold(self, value: float | None) -> None:
        self._mask_threshold = (
            None if value is None else check_real("mask_threshold", value, least=0.0)
        )

    @property
    def threshold_interval(self) -> tuple[float, float] | None:
        """90 % interval of the calibrated threshold, None without calibration; see `Calibration`."""
        return None if self.calibration is None else self.calibration.interval

    @property
    def halo(self) -> int:
        """Pixels around a tile that its map depends on."""
        self._learned()
        return self.params.halo

    def plan(
        self, shape: tuple[int, int], *, threads: int | None = None, rows: int = ROWS, **areas: Any
    ) -> TexturePlan:
        """Make ready for images of one shape; ``rows`` is the height of a strip and changes no result.

        ``areas`` are ``roi``, ``ignore`` and ``regions`` as `fastdefect.Engine` takes them.
        """
        return TexturePlan(self, shape, threads=threads, rows=rows, **areas)

    def __call__(
        self, img: ByteImage, *, threads: int | None = None, ignore: BoolImage | None = None
    ) -> Detection:
        """Inspect one image.

        Parameters
        ----------
        img : ndarray of uint8, (H, W), (H, W, 3) or (H, W, 4)
            With as many channels as the model was trained on; alpha is dropped. Never modified.
        threads : int, optional
            1 ... 256, by default what the process may use.
        ignore : ndarray of bool, (H, W), optional
            True where nothing counts: the map is 0 there.

        Returns
        -------
        Detection
            ``score`` is the mean of the 20 highest values of ``score_map``; ``mask`` is ``score_map > mask_threshold``
            in a defective image and empty in a good one; ``defects`` are its regions.
        """
        image = self.check(img)
        kept: OrderedDict[Any, TexturePlan] = self._kept.__dict__.setdefault("plans", OrderedDict())
        key = (image.shape[:2], threads)
        plan = kept.pop(key, None) or self.plan((image.shape[0], image.shape[1]), threads=threads)
        kept[key] = plan
        while len(kept) > MOST_PLANS:
            kept.popitem(last=False)
        return plan(image, ignore=ignore)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, JSON, beside and then renamed."""
        constants = None if self._zero_shot else texture_file.pack_constants(self._learned())
        params = {f: getattr(self.params, f) for f in self.params.__dataclass_fields__}
        content = {
            "params": params,
            "channels": self.channels,
            "threshold": self.threshold,
            "mask_threshold": self._mask_threshold,
            "calibration": texture_file.pack_calibration(self.calibration),
            "constants": constants,
        }
        texture_file.write_model(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TextureModel:
        """Read a model that `save` wrote; its scores are the same bits.

        Raises
        ------
        ModelFileError
            For a missing, foreign, old, truncated or hostile file, before memory is taken for what it claims.
        """
        content = texture_file.read_model(path)
        params, constants, calibration, rest = texture_file.unpack(path, content)
        model = cls(**{f: getattr(params, f) for f in params.__dataclass_fields__})
        model.constants, model.calibration = constants, calibration
        model._zero_shot = constants is None
        model.channels, model._threshold, model._mask_threshold = rest
        return model

    def _learned(self) -> FittedTexture:
        if self.constants is None:
            hint = "call freeze first" if self._zero_shot else "call fit first"
            raise ArgumentValueError(
                f"model: expected learned constants, received a model without; {hint}"
            )
        return self.constants

    def constants_for(self, image: ByteImage, ignore: BoolImage | None = None) -> FittedTexture:
        """The learned constants, or for a zero-shot model those of this image where ``ignore`` is not True."""
        return learn_from(image, self.params, ignore) if self._zero_shot else self._learned()

    def check(self, img: ByteImage) -> ByteImage:
        """The image as (H, W) or (H, W, 3), or an error that says what does not fit."""
        image = check_image("img", img)
        channels = 3 if image.ndim == 3 else 1
        if self.channels is not None and channels != self.channels:
            raise ArgumentValueError(
                f"img: expected {self.channels} channels as the good images had, received {channels}; "
                "convert it with cv2.cvtColor"
            )
        if min(image.shape[:2]) < SIDE_MIN:
            raise ArgumentValueError(
                f"img: expected at least {SIDE_MIN}×{SIDE_MIN} pixels, received {image.shape[:2]}; take a larger image"
            )
        profile = None if self.constants is None else self.constants.profile
        if profile is not None and len(profile) != image.shape[1]:
            raise ArgumentValueError(
                f"img: expected {len(profile)} columns as the model's column profile has, received "
                f"{image.shape[1]}; train without column_profile, or on this width"
            )
        return image
