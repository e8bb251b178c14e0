"""The images that a detector finds hardest, with its map and its mask. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fastdefect.detectors.result import Detection
from fastdefect.report.curves import load_matplotlib
from fastdefect.report.figures import printable
from fastdefect.report.numbers import score_text
from fastdefect.report.picture import shrunk
from fastdefect.typing import BoolImage, ByteImage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LABELLED = "#00c8ff"
_FOUND = "#f04224"
_LONGEST_SIDE = 400  # pixels of an image in its place, which shows about 300
_ACROSS = 2  # cases side by side


@dataclass(frozen=True, eq=False)
class Case:
    """One image of the gallery.

    Attributes
    ----------
    name : str
        File name.
    image : ndarray of uint8, (H, W, 3)
        BGR.
    detection : Detection
        Its result, with a score map.
    truth : ndarray of bool, (H, W), or None
        The labelled defect; None where no mask is known.
    is_defective : bool
        By its label.
    """

    name: str
    image: ByteImage
    detection: Detection
    truth: BoolImage | None
    is_defective: bool

    @property
    def verdict(self) -> str:
        """MISSED, FALSE ALARM, UNUSABLE, found or passed."""
        if self.detection.is_unusable:
            return "UNUSABLE"
        if self.is_defective:
            return "found" if self.detection.is_defective else "MISSED"
        return "FALSE ALARM" if self.detection.is_defective else "passed"


def gallery(cases: Sequence[Case], title: str) -> Figure:
    """Draw cases, two side by side, each as image, map and mask.

    Parameters
    ----------
    cases : sequence of Case
        At least one, in the order to show.
    title : str
        First line.

    Returns
    -------
    matplotlib.figure.Figure
        Image with the labelled defect outlined in blue; the map, black 0 to yellow twice the threshold; the
        image with the detector's mask outlined in red. Made without pyplot.
    """
    rows = -(-len(cases) // _ACROSS)
    shape = cases[0].image.shape
    high = 2.1 * min(max(shape[0] / shape[1], 0.3), 2.0) + 0.45
    figure = load_matplotlib()(
        figsize=(_ACROSS * 6.6, rows * high + 0.8), layout="constrained", facecolor="white"
    )
    figure.suptitle(
        f"{printable(title)}\nblue: labelled · map: black 0 to yellow twice the threshold · red: found",
        fontsize=11,
    )
    places = figure.subplots(rows, 3 * _ACROSS, squeeze=False)
    for axes in places.flat:
        axes.set_axis_off()
    for index, case in enumerate(cases):
        row, column = divmod(index, _ACROSS)
        _case(places[row][3 * column : 3 * column + 3], case)
    return figure


def _case(places: Any, case: Case) -> None:
    found = case.detection
    picture = shrunk(case.image[:, :, ::-1], _LONGEST_SIDE)
    plain, middle, marked = places
    plain.imshow(picture, interpolation="nearest")
    if case.truth is not None:
        _outline(plain, case.truth, picture, _LABELLED)
    if found.score_map is not None:
        top = 2 * found.threshold if found.threshold > 0 else None
        middle.imshow(_peaks(found.score_map), cmap="inferno", vmin=0, vmax=top)
    marked.imshow(picture, interpolation="nearest")
    _outline(marked, found.mask, picture, _FOUND)
    wrong = case.verdict.isupper()
    colour = "#b00000" if wrong else "#206020"
    weight = "bold" if wrong else "normal"
    plain.set_title(printable(case.name), fontsize=9, loc="left")
    middle.set_title(case.verdict, fontsize=9, color=colour, fontweight=weight)
    marked.set_title(
        f"score {score_text(found.score)}, limit {score_text(found.threshold)}", fontsize=9
    )


def _outline(axes: Any, mask: BoolImage, picture: ByteImage, colour: str) -> None:
    """Draw around the mask, at the picture's scale; a region of one pixel stays visible."""
    height, width = picture.shape[:2]
    small = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    framed = np.pad(small > 0, 1).astype(np.float32)
    if framed.any():
        x, y = np.arange(-1, width + 1), np.arange(-1, height + 1)
        axes.contour(x, y, framed, levels=[0.5], colors=[colour], linewidths=1.0)
        axes.set_xlim(-0.5, width - 0.5)
        axes.set_ylim(height - 0.5, -0.5)


def _peaks(score_map: Any) -> Any:
    """Shrink a map by the maximum, so that a speck of one pixel is seen."""
    factor = -(-max(score_map.shape) // _LONGEST_SIDE)
    if factor == 1:
        return score_map
    height, width = (-(-side // factor) * factor for side in score_map.shape)
    padded = np.pad(
        score_map, ((0, height - score_map.shape[0]), (0, width - score_map.shape[1])), mode="edge"
    )
    return padded.reshape(height // factor, factor, width // factor, factor).max(axis=(1, 3))
