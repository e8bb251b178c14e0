"""One figure with the image, every stage of its inspection and the result. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.report.figures import figure_class, png, printable
from fastdefect.report.picture import as_bgr, shrunk
from fastdefect.typing import ByteImage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Stages of these names come first, in this order; any other follows under its own name.
_TITLES = {
    "hsv": "HSV",
    "value": "V",
    "blurred": "Blur",
    "filtered": "Filter",
    "binary": "Binary",
    "dilation": "Dilation",
}
_UNSHOWN = ("erosion",)  # half of the opening whose result is shown as the dilation
_UNASKED = frozenset({"filtered"})  # kept by an inspection that was not asked for its stages
_ACROSS = 4  # panels side by side
_LONGEST_SIDE = 800  # pixels of an image in its panel; the figure shows about 460


def panel(image: ByteImage, detection: Detection, *, title: str | None = None) -> Figure:
    """Draw an image, the stages of its inspection and the detector's output side by side.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        The inspected image: BGR, BGR with alpha (ignored), or grey.
    detection : Detection
        Its result, made with ``stages=True`` by a detector that has stages to show.
    title : str, optional
        First line above the panels, for example the file name; the verdict stands below it.

    Returns
    -------
    matplotlib.figure.Figure
        Rows of four panels: Original, the stages, Output. For the default detector these are the article's eight:
        Original, HSV, V, Blur, Filter, Binary, Dilation, Output. Made without pyplot: no window, no global state.

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
    green, value as blue. Grey stages of bytes go from black 0 to white 255, others from their least to their greatest
    value. An image of more than 800 pixels on its longer side is shown scaled down by area means.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import panel
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> figure = panel(image, detect(image, stages=True))
    >>> [axes.get_title() for axes in figure.axes][:3]
    ['Original', 'HSV', 'V']
    """
    make = load_matplotlib()
    picture = as_bgr(image, detection)
    pictures: dict[str, NDArray[Any]] = {"Original": picture[:, :, ::-1]}
    pictures |= _stages(detection, grey=picture.ndim > np.ndim(image))
    pictures["Output"] = detection.output(picture)[:, :, ::-1]

    height, width = picture.shape[:2]
    rows = -(-len(pictures) // _ACROSS)
    # 3.6 inches a panel; the row follows the picture's shape, within bounds for very long ones
    high = 3.5 * min(max(height / width, 0.25), 2.5) + 0.25
    size = _ACROSS * 3.6, rows * high + 0.6
    figure = make(figsize=size, layout="constrained", facecolor="white")
    figure.suptitle(_heading(detection, title), fontsize=14)
    places = list(figure.subplots(rows, _ACROSS, squeeze=False).flat)
    for axes, (heading, shown) in zip(places, pictures.items(), strict=False):
        limits = (0, 255) if shown.dtype == np.uint8 else (None, None)
        axes.imshow(
            shrunk(shown, _LONGEST_SIDE),
            cmap="gray", vmin=limits[0], vmax=limits[1], interpolation="nearest",
        )  # fmt: skip
        axes.set_title(heading, fontsize=11)
        axes.set_xticks([])
        axes.set_yticks([])
    for axes in places[len(pictures) :]:
        axes.remove()
    return figure


def panel_png(image: ByteImage, detection: Detection, *, title: str | None = None) -> bytes:
    """Return the figure of `panel` as the bytes of a PNG file, 130 dots per inch."""
    return png(panel(image, detection, title=title))


def load_matplotlib() -> type[Figure]:
    """Return matplotlib's Figure, or raise `MissingPackageError` with the pip command."""
    return figure_class("the panel is drawn by")


def _stages(detection: Detection, *, grey: bool) -> Mapping[str, NDArray[Any]]:
    """Return the stages to show by their titles."""
    stages = dict(detection.stages)
    if grey and "value" in stages:  # no hue, no saturation
        zeros = np.zeros_like(stages["value"])
        stages["hsv"] = np.dstack([zeros, zeros, stages["value"]])
    if set(stages) <= _UNASKED:
        raise ArgumentValueError(
            f"detection: expected one that holds its stages, received one with {sorted(stages) or 'none'}; inspect "
            "the image again with stages=True, by a detector that has stages"
        )
    names = [name for name in _TITLES if name in stages]
    names += [name for name in stages if name not in (*_TITLES, *_UNSHOWN)]
    return {_TITLES.get(name, name): _as_numbers(stages[name]) for name in names}


def _as_numbers(stage: NDArray[Any]) -> NDArray[Any]:
    """Bytes as they are, a mask as white on black, anything else as floats."""
    if stage.dtype == np.bool_:
        return stage.astype(np.uint8) * np.uint8(255)
    return stage if stage.dtype == np.uint8 else stage.astype(np.float32)


def _heading(detection: Detection, title: str | None) -> str:
    facts = [detection.words]
    if detection.otsu_threshold is not None:
        facts.append(f"Otsu threshold {detection.otsu_threshold}")
    if detection.zero_count is not None:
        facts.append(f"{detection.zero_count:,} dark pixels")
    lines = [] if title is None else [printable(title)]
    return "\n".join([*lines, " · ".join(facts)])
