"""Training on good images, and a threshold from what each scores with its group left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.table import Step
from fastdefect.calibration.domain import DOMAIN_SHARE, Domain
from fastdefect.calibration.odd import Judgement
from fastdefect.calibration.threshold import Calibration, calibrate
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.good_images import GoodImages, group_numbers
from fastdefect.errors import ArgumentValueError
from fastdefect.tiling.workers import Workers

Progress = Callable[[int, int], object]
# Scores of good paper and textures end at 1.2 to 1.85 times their median; one defect among 24 good crops has 1.7 and more
# even where the model has learned from it. Such an image is judged, as are the others, by what it had no part in.
SUSPECT = 1.6
# More groups than this are left out together in turn, to bound memory (0.5 MB of counts each for textures).
MOST_FOLDS = 64
# Times that a training looks at each image: twice to learn, once to score it.
LOOKS = 3

_Constants_co = TypeVar("_Constants_co", covariant=True)


class Learned(Protocol[_Constants_co]):
    """What all good images say, by fold."""

    @property
    def constants(self) -> _Constants_co:
        """Constants from all images."""

    def left_out(self, besides: Collection[int] = ()) -> Sequence[_Constants_co]:
        """For each fold the constants from the others, without those ``besides``."""


class Trained(NamedTuple, Generic[_Constants_co]):
    """What a training found.

    Attributes
    ----------
    constants : object
        What the map is made with.
    calibration : Calibration
    domain : Domain
    left_out : ndarray of float64, (N,)
        Score of each image that was given, with its group left out; NaN for one that repeats another.
    """

    constants: _Constants_co
    calibration: Calibration
    domain: Domain
    left_out: NDArray[np.float64]


Learn = Callable[[Sequence[int], DomainLearner, Callable[[], None]], Learned[_Constants_co]]


def train(
    images: GoodImages,
    groups: Sequence[Hashable] | None,
    false_alarms: float,
    workers: Workers,
    progress: Progress | None,
    learn: Learn[_Constants_co],
    plan: Callable[[], Step],
) -> Trained[_Constants_co]:
    """Learn from good images, and calibrate on them with whole groups left out.

    The named rate of false alarms covers both tests that a good image has to pass: threshold and domain share it.

    Parameters
    ----------
    images : GoodImages
    groups : sequence of hashable or None
        One for each image that was given.
    false_alarms : float
    workers : Workers
    progress : callable or None
        Called with (steps done, steps in all).
    learn : callable
        ``learn(folds, domain, step)`` learns from all images, shows each to ``domain``, and calls ``step`` twice for each.
    plan : callable
        Makes the step ``(image, constants, outside, map) -> score`` of one thread.

    Returns
    -------
    Trained
    """
    members = group_numbers(None if groups is None else images.of_each(groups), len(images))
    folds = [i % MOST_FOLDS for i in members]
    done = [0]

    def step() -> None:
        done[0] += 1
        # judging again without doubtful images is no step of its own
        if progress is not None and done[0] <= LOOKS * len(images):
            progress(done[0], LOOKS * len(images))

    slots = range(min(workers.threads, len(images)))
    learner = DomainLearner(images.shape, images.channels, len(images), len(slots))
    learned = learn(folds, learner, step)
    plans = [plan() for _ in slots]
    maps = np.empty((len(slots), *images.shape), np.float32)

    def rate(left_out: Sequence[Any], chosen: Sequence[int]) -> NDArray[np.float64]:
        found = np.empty(len(chosen), np.float64)

        def work(place: int, slot: int) -> None:
            index = chosen[place]
            img, ignore = images[index]
            found[place] = plans[slot](img, left_out[folds[index]], ignore, maps[slot])
            step()

        workers.run(work, len(chosen))
        return found

    scores = rate(learned.left_out(), range(len(images)))
    if float(np.ptp(scores)) < 1e-6:
        raise ArgumentValueError(
            f"images: expected different photographs of good material, received {len(images)} that all score "
            "the same; a threshold cannot be learned from copies"
        )
    domain, distances = learner.learn(folds, DOMAIN_SHARE * false_alarms)
    judged = scores
    doubtful = {folds[i] for i in np.flatnonzero(scores > SUSPECT * np.median(scores))}
    if doubtful and sum(fold not in doubtful for fold in folds) >= len(images) / 2:
        # what they are held against has learned from them: without them it scores as good images do
        judged = rate(learned.left_out(doubtful), range(len(images)))
    whole = Judgement("distance of the whole image from the others", distances, domain.limit, False)
    calibration = calibrate(
        scores,
        members,
        (1.0 - DOMAIN_SHARE) * false_alarms,
        names=images.names,
        judged=[Judgement("score", judged, None, True), whole],
    )
    return Trained(learned.constants, calibration, domain, images.spread(scores))
