"""A detector under evaluation: warmed for each shape, its maps kept, its complaints with the file's name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.detectors.protocol import Detector
from fastdefect.detectors.protocol import Plan as DetectorPlan
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.evaluation.dataset import Sample
from fastdefect.evaluation.evaluate import Evaluation, evaluate
from fastdefect.io import read_image
from fastdefect.report.curves import Lines, lines
from fastdefect.report.gallery import Case
from fastdefect.typing import BoolImage, ByteImage, FloatImage


@dataclass(frozen=True)
class Kind:
    """One data set in MVTec-AD layout, and the model file that it is judged with."""

    name: str
    folder: Path
    model: Path


class _Followed(list[Sample]):
    """Samples that remember which of them is being looked at."""

    current: Sample | None = None

    def __iter__(self) -> Iterator[Sample]:
        for sample in super().__iter__():
            self.current = sample
            yield sample


class Trial:
    """Evaluate a detector on one data set; afterwards draw what is wanted.

    Parameters
    ----------
    name : str
    detector : Detector
    samples : sequence of Sample
    threads : int or None
    keep : bool
        Keep maps and masks for `lines`: 5 bytes a pixel.
    """

    def __init__(
        self,
        name: str,
        detector: Detector,
        samples: Sequence[Sample],
        *,
        threads: int | None,
        keep: bool,
    ) -> None:
        self.name = name
        self._detector = detector
        self._samples = _Followed(samples)
        self._threads = threads
        self._keep = keep
        self._maps: list[FloatImage] = []
        self._masks: list[BoolImage] = []
        self._warm: set[tuple[int, ...]] = set()
        self.found: Evaluation

    def run(self, done: Callable[[], object]) -> Evaluation:
        """Inspect every sample; ``done`` is called after each.

        Raises
        ------
        ArgumentValueError
            For an image that the detector does not take, named, or a mask of another size than its image.
        """
        self.found = evaluate(
            self, self._samples, threads=self._threads, progress=lambda _done, _total: done()
        )
        return self.found

    def plan(self, shape: tuple[int, int], *, threads: int | None = None) -> DetectorPlan:
        """Make ready for one shape."""
        return self._detector.plan(shape, threads=threads)

    def __call__(self, img: ByteImage, *, threads: int | None = None) -> Detection:
        """Inspect one image; the first of a shape twice, because making ready is no part of a time."""
        sample = self._samples.current
        try:
            if img.shape not in self._warm:
                self._warm.add(img.shape)
                self._detector(img, threads=threads)
            found = self._detector(img, threads=threads)
        except ArgumentValueError as error:
            if sample is None:
                raise
            raise ArgumentValueError(f"{sample.path}: {error}") from error
        if self._keep and sample is not None and found.score_map is not None:
            mask = sample.read_mask((img.shape[0], img.shape[1]))
            if mask is not None:
                self._maps.append(found.score_map)
                self._masks.append(mask)
        return found

    def lines(self) -> Lines:
        """The curves of what was found."""
        found = self.found
        labels = np.array([judged.kind != "good" for judged in found.images], np.bool_)
        scores = np.array([judged.score for judged in found.images])
        figures = {
            "images": found.image_auroc,
            "pixels": found.pixel_auroc,
            "precision": found.pixel_ap,
            "overlap": found.aupro,
        }
        (alarms, good), (hits, defective) = found.false_alarms, found.recall
        operating = (alarms / good, hits / defective) if good and defective else None
        return lines(self.name, labels, scores, self._maps, self._masks, figures, operating)

    def hardest(self, count: int) -> list[Case]:
        """Defective images of the lowest scores, then good ones of the highest, ``count`` of each."""
        order = sorted(self.found.images, key=lambda judged: judged.score)
        defective = [judged for judged in order if judged.kind != "good"][:count]
        good = [judged for judged in reversed(order) if judged.kind == "good"][:count]
        by_path = {str(sample.path): sample for sample in list(self._samples)}
        return [self._case(by_path[judged.path]) for judged in (*defective, *good)]

    def _case(self, sample: Sample) -> Case:
        img = read_image(sample.path)
        found = self._detector(img, threads=self._threads)
        truth = sample.read_mask((img.shape[0], img.shape[1]))
        name = f"{sample.kind}/{sample.path.name}"
        return Case(name, img, found, truth, sample.is_defective)


def plain(value: Any) -> Any:
    """Data as JSON has it: a number that is not finite becomes None."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
