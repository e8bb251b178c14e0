"""Which rows a strip of the texture map needs of every intermediate, and the memory that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.kernels.texture.numbers import Rows, Scratch, scratch_of
from fastdefect.operations.texture import HALF_LINE, LONG_BAR, PAD, TextureStructure
from fastdefect.tiling.geometry import strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape

# Least rows of a strip, and pixels up to which it has more: the 284 to 378 rows around it are paid again by each, a sixth of
# the time of a megapixel in two strips, and at 2048 columns the scratch of 512 rows takes 4 bytes per pixel of 4 megapixels.
ROWS, PIXELS = 512, 2**20


def most_rows(width: int) -> int:
    """Most rows of a strip of images that wide."""
    return max(ROWS, PIXELS // width)


@dataclass(frozen=True)
class Residual:
    """Rows of the three steps to a residual: log image, less its background once, and again.

    Attributes
    ----------
    log, first, second : Rows
    """

    log: Rows
    first: Rows
    second: Rows


@dataclass(frozen=True)
class StripRows:
    """Rows of every step of a strip.

    Attributes
    ----------
    own : Rows
        The strip itself.
    grey, chroma : Residual
    boxes, lines, bars, ratios, chroma_boxes : Rows
        What each feature reads, and the strip itself to make.
    line_clip, bar_clip, contrast : Rows
        Of the residual, to make what lines, bars and ratios read.
    """

    own: Rows
    grey: Residual
    chroma: Residual
    boxes: Rows
    lines: Rows
    bars: Rows
    ratios: Rows
    chroma_boxes: Rows
    line_clip: Rows
    bar_clip: Rows
    contrast: Rows


def window_rows(height: int, window: int, y0: int, y1: int) -> tuple[int, int]:
    """Rows that the windows of the rows y0 .. y1 - 1 cover."""
    size = min(window, height)
    low = min(max(y0 - size // 2, 0), height - size)
    high = min(max(y1 - 1 - size // 2, 0), height - size) + size
    return low, high


def rows_of_strip(structure: TextureStructure, height: int, y0: int, y1: int) -> StripRows:
    """Rows of every step for the map's rows y0 .. y1 - 1."""
    window, reach = structure.window, structure.scales[-1] // 2

    def around(rows: int) -> tuple[int, int]:
        return max(0, y0 - rows), min(height, y1 + rows)

    def residual(c0: int, c1: int) -> Residual:
        b0, b1 = window_rows(height, window, c0, c1)
        a0, a1 = window_rows(height, window, b0, b1)
        return Residual(
            Rows(height, a0, a0, a1), Rows(height, a0, b0, b1), Rows(height, b0, c0, c1)
        )

    low, high = around(reach)
    l0, l1 = around(HALF_LINE - 1)
    b0, b1 = window_rows(height, LONG_BAR, y0, y1)
    w0, w1 = window_rows(height, window, y0, y1)
    e0, e1 = min(w0, around(7)[0]), max(w1, around(7)[1])
    c0, c1 = low, high
    if structure.colour:
        # fine contrast is compared with a window that is kept inside the image, and reaches one row further
        c0 = max(0, min(low, b0, w0 - 1))
        c1 = min(height, max(high, b1, w1 + 1))
    return StripRows(
        own=Rows(height, y0, y0, y1),
        grey=residual(c0, c1),
        chroma=residual(low, high),
        boxes=Rows(height, c0, y0, y1),
        lines=Rows(height, l0, y0, y1),
        bars=Rows(height, b0, y0, y1),
        ratios=Rows(height, e0, y0, y1),
        chroma_boxes=Rows(height, low, y0, y1),
        line_clip=Rows(height, c0, l0, l1),
        bar_clip=Rows(height, c0, b0, b1),
        contrast=Rows(height, c0, e0, e1),
    )


def cut(
    structure: TextureStructure, shape: Shape, workers: Workers, rows: int | None
) -> tuple[StripRows, ...]:
    """Strips of at most ``rows`` rows, `most_rows` if None, enough of them for all workers."""
    height = shape[0]
    rows = most_rows(shape[1]) if rows is None else rows
    count = max(-(-height // rows), min(workers.threads, -(-height // 64)))
    return tuple(
        rows_of_strip(structure, height, y0, y1) for y0, y1 in strips(height, -(-height // count))
    )


@dataclass(frozen=True)
class Memory:
    """What one thread works in.

    Attributes
    ----------
    log, first : ndarray of int16, (rows, W)
        Log image, and the same less its background.
    residual, second : ndarray of int16, (rows, W + 2 PAD)
        Residual, and what is made of it; rows begin at column PAD.
    scratch : Scratch
    """

    log: NDArray[np.int16]
    first: NDArray[np.int16]
    residual: NDArray[np.int16]
    second: NDArray[np.int16]
    scratch: Scratch

    @property
    def nbytes(self) -> int:
        """Bytes of all; ``bits`` is ``floats`` under another type."""
        strips_ = (self.log, self.first, self.residual, self.second)
        return sum(a.nbytes for a in (*strips_, *self.scratch)) - self.scratch.bits.nbytes


def memory_for(plans: Iterable[StripRows], structure: TextureStructure, width: int) -> Memory:
    """Memory for the largest of some strips."""
    plans = tuple(plans)
    colour, chroma = structure.colour, structure.colour and structure.channels == 3

    def most(*rows: Rows) -> int:
        return max(r.last - r.first for r in rows)

    residuals = [p.grey for p in plans] + [p.chroma for p in plans if chroma]
    made = [r for p in plans for r in (p.line_clip, p.bar_clip, p.contrast)]
    made += [p.chroma.second for p in plans if chroma]
    wide = width + 2 * PAD
    return Memory(
        log=np.empty((most(*(r.log for r in residuals)), width), np.int16),
        first=np.empty((most(*(r.first for r in residuals)), width), np.int16),
        residual=np.empty((most(*(r.second for r in residuals)), wide), np.int16),
        second=np.empty((most(*made) if colour else 0, wide), np.int16),
        scratch=scratch_of(width, colour),
    )
