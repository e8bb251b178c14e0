"""Curves of an evaluation: ROC, precision-recall, per-region overlap. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.evaluation import metrics
from fastdefect.evaluation.overlap import Points, overlap_points, thinned
from fastdefect.report.figures import figure_class, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRO_LIMIT = 0.3
# Okabe and Ito's colours, told apart by colour-blind people too, darkest first; repeated with dashes.
_COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("-", "--", ":")
_MARK = "#d00000"
_EMPTY: Points = (np.zeros(0), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Lines:
    """One kind's curves, each (x, y), empty where the data has none.

    Attributes
    ----------
    name : str
        For the legend.
    images : Points
        False-positive rate and recall of images.
    pixels : Points
        The same of pixels.
    precision : Points
        Recall and precision of pixels.
    overlap : Points
        False-positive rate of pixels and mean overlap with a region.
    figures : mapping of str to float
        Area under each, by the names above.
    operating : (float, float) or None
        False-positive rate and recall of images at the calibrated threshold.
    """

    name: str
    images: Points
    pixels: Points
    precision: Points
    overlap: Points
    figures: dict[str, float]
    operating: tuple[float, float] | None


def lines(
    name: str,
    labels: NDArray[np.bool_],
    scores: NDArray[np.float64],
    maps: Sequence[Any],
    masks: Sequence[Any],
    figures: dict[str, float],
    operating: tuple[float, float] | None,
) -> Lines:
    """Work out the curves of one kind, thinned for drawing.

    Parameters
    ----------
    name : str
    labels : ndarray of bool, (N,)
        True for a defective image.
    scores : ndarray of float64, (N,)
    maps, masks : sequences of ndarray, (H, W)
        Of the images with a mask, float32 and bool.
    figures, operating
        See `Lines`.
    """
    images = pixels = precision = overlap = _EMPTY
    if labels.any() and not labels.all():
        images = metrics.roc_points(labels, scores)
    if any(mask.any() for mask in masks):
        truth = np.concatenate([mask.ravel() for mask in masks])
        values = np.concatenate([score.ravel() for score in maps])
        if not truth.all():
            pixels = thinned(*metrics.roc_points(truth, values))
        # the last point, recall 0 and precision 1, is a convention and no threshold
        exact, found, _ = metrics.precision_points(truth, values)
        precision = thinned(found[:-1], exact[:-1])
        overlap = thinned(*overlap_points(maps, masks))
    return Lines(name, images, pixels, precision, overlap, figures, operating)


def roc(kinds: Sequence[Lines]) -> Figure:
    """Recall over false-positive rate: images with the calibrated threshold marked, and pixels."""
    figure, (left, right) = _figure(2)
    _draw(left, kinds, "images", "area", step=True)
    marked = False
    for kind in kinds:
        if kind.operating is not None and kind.images[0].size:
            label = None if marked else "calibrated threshold"
            left.plot(*kind.operating, "o", color=_MARK, ms=7, mfc="none", mew=1.6, label=label)
            marked = True
    _dress(
        left, "Images", "false alarms, share of good images", "recall, share of defective images"
    )
    _draw(right, kinds, "pixels", "area")
    _dress(
        right, "Pixels", "false alarms, share of good pixels", "recall, share of defective pixels"
    )
    return figure


def precision_recall(kinds: Sequence[Lines]) -> Figure:
    """Precision over recall, of pixels."""
    figure, (axes,) = _figure(1)
    _draw(axes, kinds, "precision", "average precision")
    _dress(axes, "Pixels", "recall", "precision")
    return figure


def per_region_overlap(kinds: Sequence[Lines]) -> Figure:
    """Mean overlap with a labelled region over the false-positive rate of pixels, up to 0.3."""
    figure, (axes,) = _figure(1)
    _draw(axes, kinds, "overlap", "AUPRO")
    _dress(axes, "Regions", "false alarms, share of good pixels", "mean overlap with a region")
    axes.set_xlim(-0.006, PRO_LIMIT)
    return figure


FIGURES = {"roc": roc, "precision_recall": precision_recall, "pro": per_region_overlap}


def load_matplotlib() -> type[Figure]:
    """Return matplotlib's Figure, or raise `MissingPackageError` with the pip command."""
    return figure_class("curves and gallery are drawn by")


def _figure(count: int) -> tuple[Figure, Sequence[Any]]:
    figure = load_matplotlib()(figsize=(5.6 * count, 5.4), layout="constrained", facecolor="white")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def _draw(axes: Any, kinds: Sequence[Lines], curve: str, area: str, *, step: bool = False) -> None:
    for index, kind in enumerate(kinds):
        x, y = getattr(kind, curve)
        if not x.size:
            continue
        axes.plot(
            x, y,
            color=_COLOURS[index % len(_COLOURS)],
            linestyle=_DASHES[index // len(_COLOURS) % len(_DASHES)],
            linewidth=1.6,
            drawstyle="steps-post" if step else "default",
            label=f"{printable(kind.name)}, {area} {kind.figures.get(curve, float('nan')):.4f}",
        )  # fmt: skip


def _dress(axes: Any, title: str, x: str, y: str) -> None:
    axes.set_title(title, fontsize=12)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    # a little beyond 0 and 1, where the best curves run
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.grid(color="#dddddd", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if axes.lines:
        axes.legend(loc="best", fontsize=9, frameon=True, framealpha=0.9, edgecolor="none")
    else:
        axes.text(0.5, 0.5, "no masks or one class only", ha="center", transform=axes.transAxes)
