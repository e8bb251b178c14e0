"""Matplotlib's figures without pyplot: no window, no global state. Needs matplotlib (extra ``panel``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from fastdefect.optional import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure_class(doing: str) -> type[Figure]:
    """Return matplotlib's Figure.

    Parameters
    ----------
    doing : str
        What matplotlib is needed for, see `fastdefect.optional.require`.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.
    """
    made: type[Figure] = require("matplotlib.figure", doing, "panel").Figure
    return made


def png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG file, 130 dots per inch."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=130)
    return file.getvalue()


def printable(text: str) -> str:
    """Replace what the figure's font lacks, of which matplotlib warns, and keep ``$`` a dollar."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return "".join(c if ord(c) in known else "?" for c in text).replace("$", r"\$")
