"""A running test of passed frames: whether scores, light and texture are still those of the calibration."""

from __future__ import annotations

import math
import os
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import _LEAST_SPREAD
from fastdefect.calibration.drift import DriftAlarm, DriftBounds, DriftTest, learn_drift
from fastdefect.checks import check_image, check_int, check_real
from fastdefect.detectors.calibrating import drift_file
from fastdefect.detectors.domain import Meter
from fastdefect.detectors.good_images import GoodImages, check_groups
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.io import with_channels
from fastdefect.kernels import domain as measures
from fastdefect.typing import BoolImage, ByteImage, Shape

SCORE, LIGHT, FIRST = 0, 1, 2
"""Places of the score's logarithm, of the mean grey level's, and of the first of the domain's statistics."""
_LEAST_SCORE = 1e-6
# Of the light a mean is never believed to be 30 % beyond every good image, however few groups there are: at half the
# light of the darkest one a frame is unusable.
_LIGHT_REACH = math.log(1.0 / 0.7)
# Light, gain and focus may always differ so much from day to day; the domain's own for its statistics.
_LEAST = (0.02, 0.01)
# Below and above, by the domain's statistic.
_WORDS = {
    measures.NOISE: ("less fine texture or noise", "more fine texture or noise"),
    measures.COARSE: ("less texture", "more texture"),
    measures.SHARP_X: ("less sharp along the rows", "sharper along the rows"),
    measures.SHARP_Y: ("less sharp along the columns", "sharper along the columns"),
    measures.SLANT: ("smoother along the rows than along the columns", "smoother along the columns than along the rows"),
    measures.BEND: ("smoother from pixel to pixel", "rougher from pixel to pixel"),
    measures.BLOCK_X: ("fewer steps every 8 pixels", "more steps every 8 pixels, as JPEG leaves them"),
    measures.BLOCK_Y: ("fewer steps every 8 pixels", "more steps every 8 pixels, as JPEG leaves them"),
    measures.RED: ("less red", "redder"),
    measures.BLUE: ("less blue", "bluer"),
    measures.RED_NOISE: ("less fine texture in red", "more fine texture in red"),
    measures.BLUE_NOISE: ("less fine texture in blue", "more fine texture in blue"),
}  # fmt: skip


class Drift:
    """Tells when passed frames leave what good images were like at the calibration.

    Parameters
    ----------
    bounds : DriftBounds
        Of scores and looks of good images; `learn` makes them.
    shape : (int, int)
        Of the frames; those of another shape are left out, for scores depend on it.
    channels : int
        1 or 3.
    model : str, optional
        SHA-256 of the model's file that the scores are of; what else is not known.

    Attributes
    ----------
    test : DriftTest
        Frames taken, and the alarm.
    left_out : int
        Frames that were not passed, or of another shape.

    Notes
    -----
    Of each frame that its detector calls good the score's logarithm, the mean grey level and the statistics of the domain
    (texture near and far, sharpness, traces of compression, colours) are taken, and means of 20 frames are held against the
    calibration's groups, see `fastdefect.calibration.learn_drift`. Unchanged material raises an alarm in 20,000 frames
    with a chance of at most 1 %, if its rolls are drawn as those of the calibration were. A frame costs some 0.1 ms.

    Defective frames are left out, so defects raise no alarm; material that gets worse raises the scores of what passes.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> from fastdefect.detectors import Drift
    >>> random = np.random.default_rng(0)
    >>> good = list(random.normal(128, 9, (24, 64, 64)).clip(0, 255).astype(np.uint8))
    >>> model = fastdefect.TextureModel(colour=False, window=31).fit(good)
    >>> drift = Drift.learn(good, model.left_out)
    >>> words = []
    >>> for frame in range(200):
    ...     image = (random.normal(128, 9, (64, 64)) * 0.999**frame).clip(0, 255).astype(np.uint8)
    ...     words.append(drift.take(image, model(image)))
    >>> [(frame, text) for frame, text in enumerate(words, 1) if text]
    [(80, 'darker than at the calibration (mean of frames 61 to 80: grey level 119, good images had 127)')]
    >>> drift.save("drift.json")
    >>> again = Drift.load("drift.json")
    >>> again.words == drift.words, again.test.frames == drift.test.frames
    (True, True)
    >>> again.reset()
    >>> again.words is None
    True
    """

    def __init__(
        self, bounds: DriftBounds, shape: tuple[int, int], channels: int, model: str | None = None
    ) -> None:
        self.test = DriftTest(bounds)
        self.shape, self.channels, self.model = shape, channels, model
        self.left_out = 0
        self._measures = _Measures(shape, channels)

    @classmethod
    def learn(
        cls,
        images: Sequence[Any],
        scores: NDArray[np.float64],
        groups: Sequence[Hashable] | None = None,
        ignore: Any = None,
        *,
        channels: int | None = None,
        model: str | None = None,
        false_alarms: float = 0.01,
        frames: int = 20_000,
    ) -> Drift:
        """Learn from good images what passed frames may look like.

        Parameters
        ----------
        images, groups, ignore
            As for `fastdefect.calibrate`.
        scores : ndarray of float64, (N,)
            Of each image, by a model that has not seen its group: `Estimator.left_out`, `Calibrated.scores`.
        channels : int, optional
            1 where the detector takes grey images only and files are read as BGR.
        model : str, optional
            SHA-256 of the model's file.
        false_alarms : float, default: 0.01
            Chance of an alarm at all, of unchanged material, 1e-6 ... 0.2.
        frames : int, default: 20,000
            In so many frames, 20 ... 10**9.

        Returns
        -------
        Drift

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For images, scores, groups or areas that don't fit together, and bad numbers.
        """
        rate = check_real("false_alarms", false_alarms, minimum=1e-6, maximum=0.2)
        length = check_int("frames", frames, 20, 10**9)
        good = GoodImages(images, ignore, smallest=measures.FAR + 1)
        check_groups(groups, len(images))
        try:
            found = np.array(good.of_each([*map(float, scores)]))
        except (TypeError, ValueError, IndexError) as error:
            raise ArgumentValueError(
                f"scores: expected one number for each of {len(images)} images, received another list; pass model.left_out"
            ) from error
        if len(scores) != len(images) or found.ndim != 1 or not np.isfinite(found).all():
            raise ArgumentValueError(
                f"scores: expected one finite number for each of {len(images)} images, received another list; "
                "pass model.left_out"
            )
        taken = good.channels if channels is None else channels
        meter = _Measures(good.shape, taken)
        values = []
        for index, score in enumerate(found):
            image, mask = good[index]
            image = image if image.ndim == 2 else with_channels(image, taken)
            outside = mask.view(np.bool_) if mask.any() else None
            values.append(meter(image, outside, float(score)).copy())
        names: Sequence[Hashable] = range(len(good)) if groups is None else good.of_each(groups)
        order = {name: number for number, name in enumerate(dict.fromkeys(names))}
        reach = np.full(meter.count, np.inf)
        reach[LIGHT] = _LIGHT_REACH
        bounds = learn_drift(
            np.array(values), [order[name] for name in names], reach,
            least=np.array([*_LEAST, *_LEAST_SPREAD])[: meter.count], false_alarms=rate, frames=length,
        )  # fmt: skip
        return cls(bounds, good.shape, taken, model)

    def take(self, image: ByteImage, detection: Detection) -> str | None:
        """Take a frame and what its detector found.

        Parameters
        ----------
        image : ndarray of uint8, (H, W) or (H, W, 3)
            As it was inspected.
        detection : Detection

        Returns
        -------
        str or None
            What has changed, in words, only with the frame that raises the alarm.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For what is no image.
        """
        shown = check_image("image", image)
        channels = 1 if shown.ndim == 2 else 3
        if (
            detection.verdict != "good"
            or shown.shape[:2] != self.shape
            or channels != self.channels
        ):
            self.left_out += 1
            return None
        inside = detection.inside
        alarm = self.test.take(
            self._measures(shown, self._measures.outside_of(inside), detection.score)
        )
        return None if alarm is None else self.words

    @property
    def words(self) -> str | None:
        """What has changed since the calibration; None without an alarm."""
        alarm = self.test.alarm
        return None if alarm is None else _words(alarm, self.test.bounds)

    def reset(self) -> None:
        """Forget all frames and the alarm, for example after the light was mended."""
        self.test.reset()
        self.left_out = 0

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write bounds and state to one file, JSON, beside and then renamed.

        Parameters
        ----------
        path : str or os.PathLike

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        drift_file.write(path, self.test, self.shape, self.channels, self.model, self.left_out)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Drift:
        """Read what `save` wrote, and go on where it stood.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        Drift

        Raises
        ------
        ModelFileError
            For a missing, foreign, damaged or hostile file.
        """
        found = drift_file.read(path)
        made = cls(found.test.bounds, found.shape, found.channels, found.model)
        made.test, made.left_out = found.test, found.left_out
        return made


class _Measures:
    """Statistics of images of one shape; all memory is made here."""

    def __init__(self, shape: Shape, channels: int) -> None:
        self._statistics = measures.STATISTICS if channels == 3 else measures.GREY_STATISTICS
        self.count = FIRST + self._statistics
        self._meter = Meter(shape, channels)
        self._values = np.zeros(self.count)
        self._inside: BoolImage | None = None
        self._outside: BoolImage | None = None

    def __call__(
        self, image: ByteImage, outside: BoolImage | None, score: float
    ) -> NDArray[np.float64]:
        self._meter(
            np.ascontiguousarray(image), None if outside is None else outside.view(np.uint8)
        )
        found, values = self._meter.found, self._values
        values[SCORE] = math.log(max(score, _LEAST_SCORE))
        values[LIGHT] = math.log(found[measures.MEAN] + 1.0)
        values[FIRST:] = found[: self._statistics]
        return values

    def outside_of(self, inside: BoolImage | None) -> BoolImage | None:
        """What does not count; turned round once for each area, which all results of a plan share."""
        if inside is not self._inside:
            self._inside, self._outside = inside, None if inside is None else ~inside
        return self._outside


def _words(alarm: DriftAlarm, bounds: DriftBounds) -> str:
    above = alarm.mean > bounds.centre[alarm.statistic]
    usual = bounds.centre[alarm.statistic]
    if alarm.statistic == SCORE:
        what = f"scores are {'higher' if above else 'lower'}"
        numbers = f"{math.exp(alarm.mean):.3g}, good images had {math.exp(usual):.3g}"
    elif alarm.statistic == LIGHT:
        what = "brighter" if above else "darker"
        numbers = (
            f"grey level {math.exp(alarm.mean) - 1:.0f}, good images had {math.exp(usual) - 1:.0f}"
        )
    else:
        what = _WORDS[alarm.statistic - FIRST][int(above)]
        limit = bounds.high if above else bounds.low
        share = (alarm.mean - usual) / (limit[alarm.statistic] - usual)
        numbers = f"{share:.1f} times as far from good images as these allow"
    return f"{what} than at the calibration (mean of frames {alarm.frame - 19} to {alarm.frame}: {numbers})"
