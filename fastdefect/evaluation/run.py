"""Judge a detector on labelled images, the MVTec-AD way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from fastdefect.checks import check_progress
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.evaluation import metrics
from fastdefect.evaluation.dataset import Sample
from fastdefect.evaluation.plans import Plans
from fastdefect.evaluation.summary import Evaluation, Judged, summarise
from fastdefect.io import read_image, with_channels
from fastdefect.roi.area import AreaLike
from fastdefect.typing import ByteImage


def evaluate(
    detector: Detector,
    samples: Sequence[Sample],
    *,
    threads: int | None = None,
    roi: AreaLike | None = None,
    progress: Callable[[int, int], object] | None = None,
    prepare: Callable[[ByteImage], ByteImage] | None = None,
    on_image: Callable[[Sample, ByteImage, Detection], object] | None = None,
) -> Evaluation:
    """Inspect every sample once and sum up.

    Parameters
    ----------
    detector : Detector
        Any: the default one, a trained model, one of your own.
    samples : sequence of Sample
        From `labelled_samples`. Unreadable files are left out and named.
    threads : int, optional
        For each image, 1 ... 256; by default what the process may use.
    roi : optional
        What is inspected of every image: polygons, a mask or a file, as `fastdefect.detect` takes it. Labels are not cut.
    progress : callable, optional
        Called with (images done, images in all).
    prepare : callable, optional
        Applied to each image before it is inspected, for example a change of light.
    on_image : callable, optional
        Called with each sample, its image as it was inspected and the result, for what is wanted beside the figures.

    Returns
    -------
    Evaluation

    Raises
    ------
    ArgumentTypeError
        ``progress`` is no function.
    MissingPackageError
        Without scikit-learn or SciPy.
    ArgumentValueError
        For an image that the detector does not take, or a mask of another size than its image; the message names the file.

    Notes
    -----
    The plan for each shape is warmed up before its first image, so that no time holds a compilation. Maps of all images
    with a mask are kept until the end: 5 bytes for each of their pixels.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np
    >>> from fastdefect import write_image
    >>> from fastdefect.detectors.registry import default_detector
    >>> from fastdefect.evaluation import evaluate, labelled_samples
    >>> cloth = np.full((64, 64, 3), 200, np.uint8)
    >>> hole = cloth.copy()
    >>> hole[20:40, 20:40] = 30
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for kind, image in (("good", cloth), ("hole", hole)):
    ...         pathlib.Path(folder, "test", kind).mkdir(parents=True)
    ...         _ = write_image(f"{folder}/test/{kind}/1.png", image)
    ...     found = evaluate(default_detector(), labelled_samples(folder))
    >>> found.recall, found.false_positives
    ((1, 1), (0, 1))
    """
    metrics.require_packages()
    check_progress(progress)
    plans = Plans(detector, threads, roi=roi)
    judged: list[Judged] = []
    unreadable: list[tuple[str, str]] = []
    maps, masks = [], []
    threshold = math.nan
    for index, sample in enumerate(samples):
        try:
            image = read_image(sample.path)
        except ImageReadError as error:
            unreadable.append((str(sample.path), str(error)))
            if progress is not None:
                progress(index + 1, len(samples))
            continue
        image = with_channels(image, detector.channels)
        image = image if prepare is None else prepare(image)
        shape = image.shape[0], image.shape[1]
        try:
            plan, new = plans(shape)
            if new:
                plan.warmup()
            found = plan(image)
        except ArgumentValueError as error:
            raise ArgumentValueError(f"{sample.path}: {error}") from error
        threshold = found.threshold
        speed = found.speed["total"] / (shape[0] * shape[1] / 1e6)
        judged.append(Judged(str(sample.path), sample.kind, found.score, found.verdict, speed))
        mask = sample.read_mask(shape)
        if mask is not None and found.score_map is not None:
            maps.append(found.score_map)
            masks.append(mask)
        if on_image is not None:
            on_image(sample, image, found)
        if progress is not None:
            progress(index + 1, len(samples))
    return summarise(judged, maps, masks, threshold, unreadable)
