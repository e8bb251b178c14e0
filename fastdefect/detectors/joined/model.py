"""Two detectors trained and calibrated together, whose verdicts are joined."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from fastdefect.calibration.domain import DOMAIN_SHARE, Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.checks import check_progress, check_real
from fastdefect.detectors.estimator import Estimator, parameters
from fastdefect.detectors.good_images import (
    check_groups,
    check_listed,
    group_numbers,
    image_name,
)
from fastdefect.detectors.joined import file
from fastdefect.detectors.joined.calibration import left_out_scores, share_rate
from fastdefect.detectors.joined.stages import joined_stages
from fastdefect.detectors.result import Detection
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.detectors.stage import Stage
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.typing import ByteImage

_STEPS = 1000  # of a training, as `progress` counts them


class Joined(Estimator):
    """Two detectors of different kinds or settings: an image is defective where either says so.

    Parameters
    ----------
    a, b : ScoreMapDetector
        Not trained, with a ``fit``: a `TextureModel`, a detector of another package. They are copied, not changed. The
        first gets four fifths of the rate: name the one that suits the material first.
    false_alarms : float, default: 0.01
        Share of good images that both together may call defective, 1e-6 ... 0.2. Rates that ``a`` and ``b`` were made
        with do not count.

    Attributes
    ----------
    parts : tuple of ScoreMapDetector
        ``a`` and ``b``; after `fit` their trained copies with the thresholds that they share the rate at.
    labels : tuple of str
        What notes and stages call them: their kinds, numbered where they are the same.
    threshold : float
        1: the joined score is the larger one of both parts' scores relative to their thresholds.
    mask_threshold, calibration, domain
        As for `fastdefect.detectors.estimator.Estimator`; the domain is that of the first part that has one.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad rate, or something that is no detector with a score map and a ``fit``.

    Notes
    -----
    Verdicts are joined and never maps: a result shows map, mask and defects of the part whose relative score is larger,
    in multiples of that part's threshold, and the notes of a defective image say which part that was. With
    ``stages=True`` both maps are kept, in units of their own.

    Thresholds come from the scores of good images with their groups left out, see
    `fastdefect.detectors.joined.calibration.share_rate`. A part that does not tell them (`Estimator.left_out`) is trained
    five times more for them.

    An inspection costs both parts and one more pass over the map, a training both trainings.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> from fastdefect.detectors import Joined
    >>> noise = np.random.default_rng(0).normal(128, 9, (24, 64, 64))
    >>> good = list(noise.clip(0, 255).astype(np.uint8))
    >>> a, b = (fastdefect.TextureModel(colour=False, window=side) for side in (31, 63))
    >>> model = Joined(a, b, false_alarms=0.01).fit(good)
    >>> spoiled = good[0].copy()
    >>> spoiled[30:40, 30:40] //= 2
    >>> found = model(spoiled)
    >>> found.is_defective, found.threshold, found.notes[-1]
    (True, 1.0, 'decided by texture 2')
    >>> model.save("model.json")
    >>> loaded = Joined.load("model.json")
    >>> loaded(spoiled).score == found.score, loaded.untrained().is_finished
    (True, False)

    What a plan asks of it:

    >>> model.check_shape((64, 64))
    >>> model.check(spoiled)
    >>> [stage.name for stage in model.map_stages()]
    ['texture 1 constants', 'texture 1 map', 'texture 2 constants', 'texture 2 map', 'decision']
    >>> values = {"texture 1 score": 9.0, "texture 2 score": 0.1, "score": 3.0, "score_map": None, "image": spoiled}
    >>> fields = {"mask": found.mask, "speed": {}, "regions": fastdefect.RegionParams(), "lease": None}
    >>> model.conclude(values, fields).notes
    ('decided by texture 1',)
    """

    kind: ClassVar[str] = "joined"
    format: ClassVar[str] = file.FORMAT

    def __init__(
        self, a: ScoreMapDetector, b: ScoreMapDetector, false_alarms: float = 0.01
    ) -> None:
        given = locals()
        super().__init__({name: given[name] for name in parameters(type(self))})
        for name in ("a", "b"):
            part = given[name]
            fits = isinstance(part, ScoreMapDetector) and hasattr(part, "fit")
            if not fits or isinstance(part, Joined):
                raise ArgumentTypeError(
                    f"{name}: expected a detector with a score map and a fit, not joined itself, received "
                    f"{type(part).__name__}; pass for example fastdefect.TextureModel()"
                )
        rate = check_real("false_alarms", false_alarms, minimum=1e-6)
        if rate > 0.2:
            raise ArgumentValueError(
                f"false_alarms: expected a number from 1e-06 to 0.2, received {rate:g}; choose a value of that range"
            )
        self.false_alarms = rate
        self.parts: tuple[ScoreMapDetector, ScoreMapDetector] = (a, b)
        self.reach = max(a.reach, b.reach)
        self.smallest = max(a.smallest, b.smallest)
        self.tolerance = max(a.tolerance, b.tolerance)
        same = a.kind == b.kind
        self.labels = (f"{a.kind} 1", f"{b.kind} 2") if same else (a.kind, b.kind)
        self._said = tuple((f"decided by {label}",) for label in self.labels)

    def fit(
        self,
        images: Sequence[Any],
        groups: Sequence[Hashable] | None = None,
        ignore: Any = None,
        *,
        threads: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Self:
        """Train both parts, and set the thresholds at which they share the rate.

        Parameters
        ----------
        images, groups, ignore, threads
            As for `TextureModel.fit`.
        progress : callable, optional
            Called with (steps done, steps in all), from any thread.

        Returns
        -------
        Joined
            Itself, trained and from now on unchangeable.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError, OddImagesError, ImageReadError
            As the parts do.

        Warns
        -----
        OddImagesWarning
            As the parts do, each for itself.
        """
        self._refuse_if_finished("fit")
        check_progress(progress)
        check_listed(images)
        check_groups(groups, len(images))
        untrained = [self._prepared(part) for part in self.parts]
        trained: list[Any] = []
        scores = []
        for index, part in enumerate(untrained):

            def report(done: int, steps: int, index: int = index) -> None:
                if progress is not None:
                    progress(index * _STEPS + done * _STEPS // steps, len(untrained) * _STEPS)

            detector: Any = copy.deepcopy(part)
            detector = detector.fit(images, groups, ignore, threads=threads, progress=report)
            told = getattr(detector, "left_out", None)
            if told is None:
                told = left_out_scores(part, images, groups, ignore, threads)
            trained.append(detector)
            scores.append(told)
        domain = _first_domain(trained)
        rate = self.false_alarms if domain is None else (1.0 - DOMAIN_SHARE) * self.false_alarms
        together = np.array(scores)
        kept = np.flatnonzero(np.isfinite(together).all(0))  # without repeats
        members = group_numbers(groups, len(images))
        thresholds, calibration = share_rate(
            together[:, kept],
            [members[place] for place in kept],
            rate,
            {int(place): image_name(images, int(place)) for place in kept},
        )
        parts = [
            part.with_threshold(level) for part, level in zip(trained, thresholds, strict=True)
        ]
        left_out = (together / np.array(thresholds)[:, None]).max(0)
        return self._learned(parts, calibration, domain=domain, left_out=left_out)

    def untrained(self) -> Joined | None:
        parts = [part.untrained() if isinstance(part, Estimator) else part for part in self.parts]
        first, second = parts
        if self.calibration is None or first is None or second is None:
            return None
        return type(self)(first, second, self.false_alarms)

    def _prepared(self, part: ScoreMapDetector) -> ScoreMapDetector:
        """An untrained copy of a part, which knows the rate that its domain takes its share of."""
        made = copy.deepcopy(part)
        return (
            made.set_params(false_alarms=self.false_alarms) if isinstance(made, Estimator) else made
        )

    def _learned(
        self, parts: Sequence[ScoreMapDetector], calibration: Calibration | None, **learned: Any
    ) -> Self:
        """Set what was learned, once."""
        return self._finish(
            parts=tuple(parts),
            channels=next((part.channels for part in parts if part.channels is not None), None),
            threshold=1.0,
            calibration=calibration,
            **learned,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write both parts to one file, JSON, beside and then renamed.

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
            self.parts, self.calibration, self.false_alarms, self.threshold, self._mask_threshold
        )
        file.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote, to the same bits.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        Joined

        Raises
        ------
        ModelFileError
            For a missing, foreign, damaged or hostile file, or a part of a kind that is not installed.
        OutputError
            There is no folder for temporary files, in which each part stands while its detector reads it.
        """
        found = file.read(path)
        first, second = found.parts
        model = cls(first, second, found.false_alarms)
        model._learned(found.parts, found.calibration, domain=_first_domain(found.parts))
        return model.with_threshold(found.threshold, mask_threshold=found.mask_threshold)

    def check_shape(self, shape: tuple[int, int]) -> None:
        self._refuse_if_unfinished()
        for part in self.parts:
            part.check_shape(shape)

    def check(self, image: ByteImage) -> None:
        for part in self.parts:
            part.check(image)

    def map_stages(self) -> Sequence[Stage]:
        return joined_stages(self.labels, self.parts)

    def conclude(self, values: Mapping[str, Any], fields: dict[str, Any]) -> Detection:
        if values["score"] > self.threshold:
            first, second = (
                values[f"{label} score"] / part.threshold
                for label, part in zip(self.labels, self.parts, strict=True)
            )
            fields["notes"] = self._said[second > first]
        return super().conclude(values, fields)


def _first_domain(parts: Sequence[ScoreMapDetector]) -> Domain | None:
    """The domain of the first part that has one: parts learn from the same images, so one is enough."""
    return next((part.domain for part in parts if part.domain is not None), None)
