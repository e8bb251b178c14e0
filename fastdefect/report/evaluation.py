"""Pictures of an evaluation: its curves, and its worst misses and false alarms. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fastdefect.detectors.evaluation import Evaluation, Judged
from fastdefect.detectors.protocol import Detector
from fastdefect.io import read_image
from fastdefect.report.panel import load_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 4


def curves(found: Evaluation) -> Figure:
    """Recall over false alarms of images, precision over recall of pixels, and the scores by kind.

    Parameters
    ----------
    found : Evaluation

    Returns
    -------
    matplotlib.figure.Figure
        Made without pyplot. A curve that the data doesn't allow stays empty.

    Raises
    ------
    MissingPackageError
        Without matplotlib.
    """
    load_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4), layout="constrained")
    roc, pixels, scores = figure.subplots(1, 3)
    for axes, curve, x, y, title in (
        (
            roc,
            found.image_curve,
            "false-alarm rate",
            "recall",
            f"images: AUROC {found.image_auroc:.3f}",
        ),
        (pixels, found.pixel_curve, "recall", "precision", f"pixels: AP {found.pixel_ap:.3f}"),
    ):
        if curve:
            axes.plot(*np.array(curve).T)
        axes.set(xlabel=x, ylabel=y, title=title, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    alarms, good = found.false_alarms
    hits, bad = found.recall
    roc.plot(alarms / max(good, 1), hits / max(bad, 1), "o", label=f"at {found.threshold:.3g}")
    roc.legend()
    kinds = sorted({image.kind for image in found.images}, key=lambda kind: (kind != "good", kind))
    values = [[i.score for i in found.images if i.kind == kind] for kind in kinds]
    # the same sideways scatter each time, so that equal scores are told apart and pictures repeat
    random = np.random.default_rng(0)
    for row, (kind, points) in enumerate(zip(kinds, values, strict=True)):
        scores.plot(points, row + random.uniform(-0.25, 0.25, len(points)), ".", label=kind)
    scores.axvline(found.threshold, color="black", linewidth=1)
    scores.set(
        yticks=range(len(kinds)), yticklabels=kinds, xlabel="score", title="scores and threshold"
    )
    return figure


def gallery(found: Evaluation, detector: Detector, count: int = 8) -> Figure:
    """The worst misses and the worst false alarms, each beside its map.

    Parameters
    ----------
    found : Evaluation
    detector : Detector
        The one that was evaluated; its maps are made again for these few images.
    count : int
        At most so many of each.

    Returns
    -------
    matplotlib.figure.Figure
        A page that says so where there is neither.
    """
    load_matplotlib()
    from matplotlib.figure import Figure

    missed, alarms = found.worst(count)
    shown = [("missed", image) for image in missed] + [("false alarm", image) for image in alarms]
    rows = max(1, -(-len(shown) // _COLUMNS))
    figure = Figure(figsize=(4 * _COLUMNS, 2.4 * rows), layout="constrained")
    cells = figure.subplots(rows, 2 * _COLUMNS, squeeze=False).ravel()
    for axes in cells:
        axes.set_axis_off()
    if not shown:
        figure.suptitle("no defect missed, no false alarm")
    for index, (what, image) in enumerate(shown):
        _cell(cells[2 * index], cells[2 * index + 1], what, image, detector)
    return figure


def _cell(left: object, right: object, what: str, image: Judged, detector: Detector) -> None:
    picture = read_image(image.path)
    detection = detector(picture)
    name = image.path.replace("\\", "/").rsplit("/", 1)[-1]
    left.imshow(picture[..., ::-1])  # type: ignore[attr-defined]
    left.set_title(f"{what}: {image.kind}/{name}", fontsize=8)  # type: ignore[attr-defined]
    # twice the threshold is full white, so that maps compare with each other
    right.imshow(detection.score_map, cmap="inferno", vmin=0, vmax=2 * detection.threshold)  # type: ignore[attr-defined]
    right.set_title(f"score {image.score:.3g}, limit {detection.threshold:.3g}", fontsize=8)  # type: ignore[attr-defined]
