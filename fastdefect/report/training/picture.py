"""A picture of a network's training: its curve, and what it makes of images. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.report.figures import figure_class, png
from fastdefect.typing import ByteImage, FloatImage

_MOST = 6
_SMOOTH = 10


def training_picture(
    kind: str,
    history: Any,
    images: Sequence[ByteImage],
    maps: Sequence[FloatImage],
    threshold: float,
) -> bytes:
    r"""Draw how a network learned.

    Parameters
    ----------
    kind : str
        Its name.
    history : History
        What its training went through: ``losses``, ``looks``, ``best``.
    images : sequence of ndarray of uint8, (H, W) or (H, W, 3)
        Examples, of which the first six are shown.
    maps : sequence of ndarray of float32, (H, W)
        What it makes of them.
    threshold : float
        Where the maps' colours end, or at twice of it.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from fastdefect.report import training_picture
    >>> history = SimpleNamespace(losses=[1.0, 0.5], looks=[(1, -0.9), (2, -0.6)], best=2)
    >>> image = np.zeros((16, 16), np.uint8)
    >>> training_picture("fcn", history, [image], [image.astype(np.float32)], 1.0)[:4]
    b'\x89PNG'
    """
    figure = figure_class("pictures of a training are drawn by")(
        figsize=(9, 6.5), layout="constrained"
    )
    parts: Any = figure.subfigures(2, 1, height_ratios=(2, 3))
    upper, lower = parts
    axes: Any = upper.subplots()
    losses = np.asarray(history.losses, np.float64)
    axes.plot(np.arange(1, len(losses) + 1), losses, color="#b0b0b0", lw=0.8)
    axes.plot(*_smoothed(losses), color="#0072b2", label="loss of a step, and its mean over 10")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    beside = axes.twinx()
    steps, judged = zip(*history.looks, strict=True)
    beside.plot(steps, judged, "o-", color="#d55e00", label="on what was left out, more is better")
    beside.set_ylabel("left out")
    axes.axvline(history.best, color="#000000", ls=":", label=f"kept: step {history.best}")
    lines = [*axes.get_lines()[1:], *beside.get_lines()]
    axes.legend(lines, [str(line.get_label()) for line in lines], fontsize=8)
    axes.set_title(f"training of {kind}")
    count = min(len(images), _MOST)
    grid: Any = lower.subplots(2, count, squeeze=False)
    for column in range(count):
        image = images[column]
        grid[0, column].imshow(
            image if image.ndim == 2 else image[:, :, ::-1], cmap="gray", vmin=0, vmax=255
        )
        grid[1, column].imshow(maps[column], cmap="magma", vmin=0, vmax=2 * threshold)
        for each in grid[:, column]:
            each.set_axis_off()
    return png(figure)


def _smoothed(values: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Steps and means over ten of them."""
    width = min(_SMOOTH, len(values))
    means = np.convolve(values, np.ones(width) / width, "valid")
    return np.arange(width, len(values) + 1) - (width - 1) / 2, means
