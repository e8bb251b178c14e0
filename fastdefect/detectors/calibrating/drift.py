"""A running test of passed frames: whether scores, light and texture are still those of the calibration."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.drift import DriftBounds, DriftTest, learn_drift
from fastdefect.checks import check_image, check_int, check_real
from fastdefect.detectors.calibrating import drift_file
from fastdefect.detectors.calibrating.frames import (
    DISTANCE,
    FIRST,
    LEAST,
    LIGHT,
    LIGHT_REACH,
    MOST_DISTANCE,
    Measures,
    alarm_words,
    values_of,
)  # fmt: skip
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.good_images import GoodImages, check_groups, group_numbers
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.io import with_channels
from fastdefect.kernels import domain as measures
from fastdefect.typing import ByteImage

# Of good images outside the domain that frames are held to: that of a model made for 1 % false alarms.
_DOMAIN_RATE = 0.001


class Drift:
    """Tells when passed frames leave what good images were like at the calibration.

    Parameters
    ----------
    bounds : DriftBounds
        Of scores and looks of good images; `learn` makes them.
    domain : Domain
        What good images look like as a whole. Frames of another shape are left out, for scores depend on it.
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
    Of each frame that its detector calls good the score's logarithm, the mean grey level, the distance from the domain and
    the domain's statistics (texture near and far, sharpness, traces of compression, colours) are taken. Means of 20 frames
    are held against the calibration's groups, see `fastdefect.calibration.learn_drift`: unchanged material raises an alarm
    in 20,000 frames with a chance of at most 1 %, if its rolls are drawn as those of the calibration were. Whatever few
    groups allow, it is an alarm too where the light is 30 % beyond every good image, or the distance three quarters of that
    at which frames are unusable. A frame costs some 0.1 ms.

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

    def __init__(self, bounds: DriftBounds, domain: Domain, model: str | None = None) -> None:
        self.test = DriftTest(bounds)
        self.domain, self.model = domain, model
        self.left_out = 0
        self._measures = Measures(domain)

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
        except (TypeError, ValueError, IndexError, OverflowError) as error:
            raise ArgumentValueError(
                f"scores: expected one number for each of {len(images)} images, received another list; pass model.left_out"
            ) from error
        if len(scores) != len(images) or found.ndim != 1 or not np.isfinite(found).all():
            raise ArgumentValueError(
                f"scores: expected one finite number for each of {len(images)} images, received another list; "
                "pass model.left_out"
            )
        taken = good.channels if channels is None else check_int("channels", channels, 1, 3)
        if taken not in (1, good.channels):
            raise ArgumentValueError(
                f"channels: expected 1, or the {good.channels} of the images, received {taken}; pass None for all they have"
            )
        members = np.array(
            group_numbers(None if groups is None else good.of_each(groups), len(good))
        )
        learner = DomainLearner(good.shape, taken, len(good), 1)
        for index in range(len(good)):
            image, mask = good[index]
            learner.take(index, 0, image if image.ndim == 2 else with_channels(image, taken), mask)
        domain, distances = learner.learn([*members], _DOMAIN_RATE)
        away, measured = distances / domain.limit, learner._measured[:, 0]
        count = FIRST + domain.frame.shape[1]
        values = np.array(
            [
                values_of(m, s, a, np.zeros(count))
                for m, s, a in zip(measured, found, away, strict=True)
            ]
        )
        reach = np.full(count, np.inf)
        reach[LIGHT] = LIGHT_REACH
        most = max(
            MOST_DISTANCE, *(float(away[members == g].mean()) for g in range(members.max() + 1))
        )
        reach[DISTANCE] = most - float(away.max())
        bounds = learn_drift(
            values, [*members], reach, least=LEAST[:count], false_alarms=rate, frames=length
        )
        bounds.low[DISTANCE] = 0.0  # none is too near
        return cls(bounds, domain, model)

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
        if not isinstance(detection, Detection):
            raise ArgumentTypeError(
                f"detection: expected a fastdefect.Detection of this image, received {type(detection).__name__}; "
                "pass what the detector returned"
            )
        channels = 1 if shown.ndim == 2 else 3
        if (
            detection.verdict != "good"
            or shown.shape[:2] != self.domain.shape
            or channels != self.domain.channels
        ):
            self.left_out += 1
            return None
        alarm = self.test.take(self._measures(shown, detection.inside, detection.score))
        return None if alarm is None else self.words

    @property
    def words(self) -> str | None:
        """What has changed since the calibration; None without an alarm."""
        alarm = self.test.alarm
        return None if alarm is None else alarm_words(alarm, self.test.bounds, self.domain)

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
        drift_file.write(
            path, drift_file.Content(self.test, self.domain, self.model, self.left_out)
        )

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
        made = cls(found.test.bounds, found.domain, found.model)
        made.test, made.left_out = found.test, found.left_out
        return made
