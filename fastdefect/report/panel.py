"""The article's figure: eight panels, two rows of four. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fastdefect.detectors.article.marks import mark_vertices
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError, MissingPackageError
from fastdefect.report.picture import as_bgr
from fastdefect.typing import ByteImage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STAGES = {
    "HSV": "hsv",
    "V": "value",
    "Blur": "blurred",
    "Filter": "filtered",
    "Binary": "binary",
    "Dilation": "dilation",
}
_LONGEST_SIDE = 800  # pixels of an image in its panel; the figure shows about 460


def panel(
    image: ByteImage,
    detection: Detection,
    params: ArticleParams | None = None,
    *,
    title: str | None = None,
) -> Figure:
    """Draw the article's figure.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        The inspected image: BGR, BGR with alpha (ignored), or grey.
    detection : Detection
        Its result, made with ``stages=True``.
    params : ArticleParams, optional
        Those of the detection, for the marks of its contours.
    title : str, optional
        First line above the panels, for example the file name; the verdict stands below it.

    Returns
    -------
    matplotlib.figure.Figure
        Original, HSV, V, Blur, Filter; Binary, Dilation, Output. Made without pyplot: no window, no
        global state.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        The image is not the inspected one, or the detection holds no stages.
    MissingPackageError
        matplotlib is not installed.

    Notes
    -----
    Original and Output are shown in their real colours (the article hands BGR to matplotlib, which
    takes it for RGB). HSV is shown as there, in false colours: hue 0 ... 179 as red, saturation as
    green, value as blue. Grey stages go from black 0 to white 255. An image of more than 800 pixels
    on its longer side is shown scaled down by area means.
    """
    figure_class = load_matplotlib()
    picture = as_bgr(image, detection)
    stages = dict(detection.stages)
    if picture.ndim > np.ndim(image) and "value" in stages:  # grey: no hue, no saturation
        zeros = np.zeros_like(stages["value"])
        stages["hsv"] = np.dstack([zeros, zeros, stages["value"]])
    missing = [name for name in _STAGES.values() if name not in stages]
    if missing:
        raise ArgumentValueError(
            f"detection: expected one that holds its stages, received one without {missing[0]!r}; "
            "call fastdefect.detect(image, stages=True)"
        )
    pictures = {"Original": picture[:, :, ::-1]}
    pictures |= {heading: stages[name] for heading, name in _STAGES.items()}
    pictures["Output"] = _output(picture, detection, params or ArticleParams())[:, :, ::-1]

    height, width = picture.shape[:2]
    # 3.6 inches a panel; the row follows the picture's shape, within bounds for very long ones
    row = 3.5 * min(max(height / width, 0.25), 2.5) + 0.25
    figure = figure_class(figsize=(4 * 3.6, 2 * row + 0.6), layout="constrained", facecolor="white")
    figure.suptitle(_heading(detection, title), fontsize=14)
    for axes, (heading, shown) in zip(figure.subplots(2, 4).flat, pictures.items(), strict=True):
        axes.imshow(_shrunk(shown), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(heading, fontsize=11)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def panel_png(
    image: ByteImage,
    detection: Detection,
    params: ArticleParams | None = None,
    *,
    title: str | None = None,
) -> bytes:
    """Return the figure of `panel` as the bytes of a PNG file, 130 dots per inch."""
    file = io.BytesIO()
    panel(image, detection, params, title=title).savefig(file, format="png", dpi=130)
    return file.getvalue()


def load_matplotlib() -> type[Figure]:
    """Return matplotlib's Figure, or raise `MissingPackageError` with the pip command."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingPackageError(
            "the panel is drawn by matplotlib, which is not installed: run "
            "`pip install 'fastdefect[panel]'`"
        ) from error
    return Figure


def _output(image: ByteImage, detection: Detection, params: ArticleParams) -> ByteImage:
    """Mark the contours of a defective image as the article does."""
    output = image.copy()
    if detection.is_defective and detection.contours is not None:
        mark_vertices(output, detection.contours, params)
    return output


def _heading(detection: Detection, title: str | None) -> str:
    verdict = "Fabric has a defect" if detection.is_defective else "There is No Defect in Fabric"
    facts = []
    if detection.otsu_threshold is not None:
        facts.append(f"Otsu threshold {detection.otsu_threshold}")
    if detection.zero_count is not None:
        facts.append(f"{detection.zero_count:,} dark pixels")
    lines = [] if title is None else [_printable(title)]
    return "\n".join([*lines, " · ".join([verdict, *facts])])


def _printable(text: str) -> str:
    """Replace what the figure's font lacks, of which matplotlib warns, and keep ``$`` a dollar."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return "".join(c if ord(c) in known else "?" for c in text).replace("$", r"\$")


def _shrunk(picture: ByteImage) -> ByteImage:
    longest = max(picture.shape[:2])
    if longest <= _LONGEST_SIDE:
        return picture
    factor = _LONGEST_SIDE / longest
    height, width = (max(1, round(side * factor)) for side in picture.shape[:2])
    source = np.ascontiguousarray(picture)
    return np.asarray(cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
