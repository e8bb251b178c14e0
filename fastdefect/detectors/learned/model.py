"""Networks that this package trains; from then on they are what every ONNX file is."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import DOMAIN_SHARE, Domain
from fastdefect.checks import check_int, check_progress, check_real
from fastdefect.detectors.domain import DomainLearner
from fastdefect.detectors.good_images import GoodImages, check_groups, group_numbers
from fastdefect.detectors.learned.defective import Pair, defective_images, split
from fastdefect.detectors.learned.export import exported
from fastdefect.detectors.learned.layout import Layout
from fastdefect.detectors.learned.loop import SIDE, Budget, History, Progress, Training
from fastdefect.detectors.learned.samples import Samples
from fastdefect.detectors.learned.scores import calibrated, scores_of, unlearned
from fastdefect.detectors.learned.synthetic import spoiled
from fastdefect.detectors.onnx.file import Content
from fastdefect.detectors.onnx.model import OnnxDetector
from fastdefect.errors import ArgumentValueError
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage

# One group of so many is left out of the learning: the training is watched by it, and it says what scores are without.
_ONE_OF = 3


class LearnedDetector(OnnxDetector):
    """A network that learns from images; base class of the five.

    Parameters
    ----------
    false_alarms : float, default: 0.01
        Share of good images that may be called defective, 1e-6 ... 0.2.
    steps : int, optional
        How long it learns, each step from eight crops; by default as long as the network needs on paper.
    seconds : float, optional
        Most time of the processor that it learns, all threads together. What is learned then depends on the machine.
    seed : int, default: 0
        Of everything drawn. The same images, settings, seed, threads, machine and versions give the same file.

    Attributes
    ----------
    layout : Layout
        What is fixed of the network.
    history : History or None
        What the training went through; None for a loaded detector.
    left_out : ndarray of float64, (N,), or None
        After training: mean score of each good image over its views, of one that was learned from as if it had not been;
        NaN for one that repeats another.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad parameter.
    """

    layout: ClassVar[Layout]

    def __init__(
        self,
        false_alarms: float = 0.01,
        steps: int | None = None,
        seconds: float | None = None,
        seed: int = 0,
    ) -> None:
        self._false_alarms = check_real("false_alarms", false_alarms, minimum=1e-6, maximum=0.2)
        count = self.layout.steps if steps is None else check_int("steps", steps, 1, 10**6)
        limit = math.inf if seconds is None else check_real("seconds", seconds, minimum=0.001)
        self._budget, self._seed = Budget(count, limit), check_int("seed", seed, 0, 2**31 - 1)
        self.history: History | None = None
        self.left_out: NDArray[np.float64] | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it is trained."""
        return bool(self.__dict__.get("_frozen", False))

    def fit(
        self,
        images: Sequence[Any],
        groups: Sequence[Hashable] | None = None,
        ignore: Any = None,
        *,
        defects: Sequence[Any] = (),
        masks: Sequence[Any] = (),
        defect_groups: Sequence[Hashable] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from images, and calibrate the threshold on good ones that were left out.

        Parameters
        ----------
        images : sequence of ndarray or path
            At least 6 good images of one shape and number of channels, 32×32 or more.
        groups : sequence of hashable, optional
            The sheet, roll or day of each. A third of the groups, whole ones, is left out of the learning: by them the
            training is watched, and scores of the others are put right before the threshold is calibrated on all. Without
            groups each image is its own.
        ignore : optional
            An area of good images that does not count, as `fastdefect.Plan` takes it, or a list of one or None for each.
        defects : sequence of ndarray or path
            Defective images, which the autoencoder and the gan do not take and the others need.
        masks : sequence
            Where each of them is defective: a mask, a file of one, or polygons.
        defect_groups : sequence of hashable, optional
            Their sheets, named as the good ones' are; those that are left out serve to watch the training.
        checkpoint : path, optional
            File in which the training keeps where it stands, and from which a stopped one goes on; removed at its end.
        threads : int, optional
            1 ... 256, by default what the process may use. Sums in another order give another network.
        progress : callable, optional
            Called with (steps done, steps in all, loss).

        Returns
        -------
        LearnedDetector
            Itself, trained and from now on unchangeable.

        Raises
        ------
        MissingPackageError
            PyTorch, onnx, onnxscript or onnxruntime is not installed (extra ``learn``).
        ArgumentTypeError, ArgumentValueError
            Before any work, for images, groups, masks or areas that don't fit together, or a detector that is trained.
        OddImagesError
            For images that stand apart from the rest, where the threshold would be theirs alone.
        ImageReadError
            For a file that is no image.
        ModelFileError
            For a checkpoint of another training.
        """
        if self.is_finished:
            raise ArgumentValueError(
                "fit: expected a detector that is not trained, received a finished one; make a new one"
            )
        layout, workers = self.layout, check_threads(threads)
        check_progress(progress)
        smallest = max(32, 2 * layout.stride)
        good = GoodImages(images, ignore, minimum=2 * _ONE_OF, smallest=smallest)
        check_groups(groups, len(images))
        bad = self._defects(defects, masks, good.channels, smallest)
        names: list[Hashable] = [*range(len(good))] if groups is None else good.of_each(groups)
        check_groups(None if groups is None else names, len(good))
        held = {*list(dict.fromkeys(names))[::_ONE_OF]}
        learned, rest = split(names, held)
        pictures = [good[index][0] for index in range(len(good))]
        bad_groups = [None] * len(bad) if defect_groups is None else [*defect_groups]
        if len(bad_groups) != len(bad):
            raise ArgumentValueError(
                f"defect_groups: expected one per defective image, {len(bad)}, received {len(bad_groups)}; "
                "name the sheet of each"
            )
        taught, shown = split(bad_groups, held)
        samples = Samples(
            [pictures[i] for i in learned], [bad[i] for i in taught], SIDE, layout.stride
        )
        watched = self._watched([pictures[i] for i in rest], [bad[i] for i in shown])
        training = Training(
            layout, samples, watched, good.channels, self._seed, self._budget, workers.threads, checkpoint,
            self._told(pictures, bad, workers.threads),
        )  # fmt: skip
        network = training.run([pictures[i] for i in learned], progress)
        data, recipe = exported(network, layout, good.channels), layout.recipe(good.channels)
        places = good.of_each(range(len(images)))
        members = group_numbers(names, len(good))
        is_learned = np.isin(np.arange(len(good)), learned)
        scores = unlearned(
            scores_of(data, recipe, pictures, workers.threads), is_learned, np.array(members)
        )
        calibration = calibrated(
            scores,
            places,
            members,
            [good.names[place] for place in places],
            (1.0 - DOMAIN_SHARE) * self._false_alarms,
        )
        calibration = replace(calibration, images=len(good))  # and not their views
        domain = self._domain(good, members)
        self.left_out, self.history = good.spread(scores.mean(1)), training.history
        settings = {
            "false_alarms": self._false_alarms,
            "steps": self._budget.steps,
            "seed": self._seed,
            "learned_from": [len(learned), len(taught)],
            "best_of_steps": training.history.best,
            "device": training.device,
        }
        content = Content(data, recipe, calibration.threshold, None, calibration, domain, settings)
        return self._take(content)

    def check_shape(self, shape: tuple[int, int]) -> None:
        self._refuse_if_unfinished()
        super().check_shape(shape)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trained network with all that belongs to it to one ONNX file, see `OnnxDetector.save`.

        Parameters
        ----------
        path : str or os.PathLike

        Raises
        ------
        ArgumentValueError
            It is not trained, or holds a number that `load` would refuse.
        OutputError
            The file cannot be written.
        """
        self._refuse_if_unfinished()
        super().save(path)

    def _refuse_if_unfinished(self) -> None:
        if not self.is_finished:
            raise ArgumentValueError(
                "model: expected a trained network, received a new one; call fit first"
            )

    def _defects(
        self, defects: Sequence[Any], masks: Sequence[Any], channels: int, smallest: int
    ) -> list[Pair]:
        """Checked defective images: some where they are needed, none where they are not taken."""
        bad = defective_images(defects, masks, channels, smallest)
        if bool(bad) != self.layout.needs_defects:
            wanted = "defective images with masks" if self.layout.needs_defects else "none"
            raise ArgumentValueError(
                f"defects: expected {wanted} for the kind {self.kind}, received {len(bad)}; "
                + ("pass some, or take autoencoder or gan" if not bad else "leave them out")
            )
        return bad

    def _watched(self, good: Sequence[ByteImage], bad: Sequence[Pair]) -> list[Pair]:
        """What the training is judged by: left-out images, good and defective, or with defects drawn on them."""
        random = np.random.default_rng([self._seed, 1])
        drawn = [spoiled(image, random) for image in good]
        if not self.layout.needs_defects:
            return drawn
        return [*((each, np.zeros(each.shape[:2], np.bool_)) for each in good), *(bad or drawn)]

    def _told(self, good: Sequence[ByteImage], bad: Sequence[Pair], threads: int) -> str:
        """A digest of all that a training depends on."""
        found = hashlib.sha256(repr((self.kind, self._budget, self._seed, threads)).encode())
        for array in (*good, *(each for pair in bad for each in pair)):
            found.update(repr(array.shape).encode())
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    def _domain(self, good: GoodImages, groups: Sequence[int]) -> Domain:
        """What all good images look like as a whole, which costs no training."""
        learner = DomainLearner(good.shape, good.channels, len(good), 1)
        for index in range(len(good)):
            learner.take(index, 0, *good[index])
        return learner.learn(groups, DOMAIN_SHARE * self._false_alarms)[0]
