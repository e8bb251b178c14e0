"""A detector judged on one data set, with what the curves and the gallery need besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdefect.cli.evaluate.candidates import Candidate, train
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.result import Detection
from fastdefect.evaluation import Evaluation, Sample, evaluate
from fastdefect.report.curves import Lines, lines
from fastdefect.report.gallery import Case
from fastdefect.report.picture import as_bgr
from fastdefect.typing import BoolImage, ByteImage, FloatImage


@dataclass(frozen=True)
class DatasetEntry:
    """One data set in MVTec-AD layout, and the detector that is judged on it, with its model file where it has one."""

    name: str
    folder: Path
    candidate: Candidate
    model: Path | None


class EvaluationRun:
    """Evaluate a detector on one data set; afterwards draw what is wanted.

    Parameters
    ----------
    name : str
        What pictures call it.
    entry : DatasetEntry
    detector : Detector or None
        None for one that is trained first, on the data set's good images.
    size : int or None
        Bytes of its file, where it has one.
    samples : sequence of Sample
    threads : int or None
    shown : int
        How many of the hardest images of each label `hardest` can give; 0 keeps nothing for pictures. Otherwise maps and
        masks are kept for `lines`, 5 bytes a pixel.
    """

    def __init__(
        self,
        name: str,
        entry: DatasetEntry,
        detector: Detector | None,
        size: int | None,
        samples: Sequence[Sample],
        *,
        threads: int | None,
        shown: int,
    ) -> None:
        self.name = name
        self.entry = entry
        self.size = size
        self._detector = detector
        self._samples = samples
        self._threads = threads
        self._shown = shown
        self._maps: list[FloatImage] = []
        self._masks: list[BoolImage] = []
        self._missed: list[Case] = []
        self._flagged: list[Case] = []
        self.found: Evaluation

    def run(self, on_image: Callable[[], object]) -> Evaluation:
        """Train the detector where it has to be, and inspect every sample; ``on_image`` is called after each.

        Raises
        ------
        ArgumentValueError
            For an image that the detector does not take, named, or a mask of another size than its image; for good images
            that it cannot learn from.
        """
        detector = self._detector
        if detector is None:
            assert self.entry.candidate.kind is not None
            detector, self.size = train(self.entry.candidate.kind, self.entry.folder, self._threads)
        self.found = evaluate(
            detector,
            self._samples,
            threads=self._threads,
            progress=lambda _done, _total: on_image(),
            on_image=self._take if self._shown else None,
        )
        return self.found

    def _take(self, sample: Sample, image: ByteImage, found: Detection) -> None:
        """Keep what pictures need, so that no image is inspected again for them."""
        mask = sample.read_mask((image.shape[0], image.shape[1]))
        if mask is not None and found.score_map is not None:
            self._maps.append(found.score_map)
            self._masks.append(mask)
        name = f"{sample.kind}/{sample.path.name}"
        case = Case(name, as_bgr(image, found), found, mask, sample.is_defective)
        cases = self._missed if sample.is_defective else self._flagged
        cases.append(case)
        cases.sort(key=lambda each: each.detection.score, reverse=not sample.is_defective)
        del cases[self._shown :]

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
        (alarms, good), (hits, defective) = found.false_positives, found.recall
        operating = (alarms / good, hits / defective) if good and defective else None
        return lines(self.name, labels, scores, self._maps, self._masks, figures, operating)

    def hardest(self) -> list[Case]:
        """Defective images of the lowest scores, then good ones of the highest."""
        return [*self._missed, *self._flagged]
