"""The residuals of a strip of rows: where each strip's scratch lies and which rows it needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.kernels.texture.background import remove_background
from fastdefect.kernels.texture.features import reflect_columns
from fastdefect.kernels.texture.log import log_grey_bgr, log_grey_mono, log_ratio
from fastdefect.operations.texture import LONG_BAR, PAD
from fastdefect.reference.texture import channel_table, grey_table
from fastdefect.typing import ByteImage

GREY_TABLE = grey_table()
CHANNEL_TABLE = channel_table()
# Channel over green that makes plane 1 and plane 2; plane 0 is log grey.
_RATIOS = (None, 2, 0)
_NO_CLIP = 32767


class Strip:
    """Scratch of one worker for strips of at most ``rows`` rows, and the steps that fill it.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image.
    rows, reach, window : int
        Most rows of a strip, pixels that boxes look beyond it, side of the background window.
    colour : bool
        Also memory for the full model.
    """

    def __init__(
        self, shape: tuple[int, int], rows: int, reach: int, window: int, colour: bool
    ) -> None:
        height, width = shape
        self.height, self.window, self.reach = height, window, reach
        self.colour = colour
        half = window // 2
        most = max(reach, half + 1, LONG_BAR // 2) if colour else reach

        def lines(extra: int) -> int:
            return min(height, rows + 2 * most + extra)

        self.log = np.empty((lines(4 * half), width), np.int16)
        self.first = np.empty((lines(2 * half), width), np.int16)
        self.residual = np.empty((lines(0), width + 2 * PAD), np.int16)
        self.second = np.empty((lines(0) if colour else 0, width + 2 * PAD), np.int16)
        self.columns = np.empty((2, width + 2 * PAD), np.int32)
        self.sums = np.empty((4, width), np.int32)
        self.floats = np.empty((3, width), np.float32)
        self.shorts = np.empty((3, width), np.int16)
        self.bar_columns = np.empty((4 if colour else 0, width + 2 * PAD), np.int32)
        self.totals = np.empty(width + 2 * PAD + 1, np.int32)
        self.no_profile = np.zeros(width, np.int16)

    @property
    def nbytes(self) -> int:
        """Bytes of scratch."""
        return sum(a.nbytes for a in vars(self).values() if isinstance(a, np.ndarray))

    @property
    def bar_scratch(self) -> tuple[Any, ...]:
        """Column sums of bars, contrast, totals and sums of a row."""
        return self.bar_columns, self.columns[0], self.totals, self.sums

    def line_rows(self, y0: int, y1: int) -> tuple[int, int]:
        """Rows that the lines of the rows y0 .. y1 - 1 touch."""
        return max(0, y0 - 11), min(self.height, y1 + 11)

    def bar_rows(self, y0: int, y1: int) -> tuple[int, int]:
        """Rows that the bars of the rows y0 .. y1 - 1 touch."""
        return self.window_rows(y0, y1, LONG_BAR)

    def window_rows(self, y0: int, y1: int, window: int | None = None) -> tuple[int, int]:
        """Rows that the windows of the rows y0 .. y1 - 1 cover."""
        size = min(window or self.window, self.height)
        low = min(max(y0 - size // 2, 0), self.height - size)
        high = min(max(y1 - 1 - size // 2, 0), self.height - size) + size
        return low, high

    def feature_rows(self, plane: int, y0: int, y1: int) -> tuple[int, int]:
        """Rows of the residual of a plane that the features of the rows y0 .. y1 - 1 look at."""
        low, high = max(0, y0 - self.reach), min(self.height, y1 + self.reach)
        if not self.colour or plane > 0:
            return low, high
        b0, b1 = self.bar_rows(y0, y1)
        low, high = min(low, b0), max(high, b1)
        # fine contrast is compared with a window that is kept inside the image, and reaches one row further
        first, last = self.window_rows(y0, y1)
        return max(0, min(low, first - 1)), min(self.height, max(high, last + 1))

    def fill_log(
        self, img: ByteImage, plane: int, profile: NDArray[np.int16] | None, y0: int, y1: int
    ) -> None:
        """Log grey (plane 0) or a log ratio of the rows y0 .. y1 - 1, to ``log``."""
        channel = _RATIOS[plane]
        if channel is not None:
            log_ratio(img, CHANNEL_TABLE, channel, y0, y1, self.log)
            return
        offset = self.no_profile if profile is None else profile
        if img.ndim == 3:
            log_grey_bgr(img, GREY_TABLE, offset, y0, y1, self.log)
        else:
            log_grey_mono(img, GREY_TABLE, offset, y0, y1, self.log)

    def first_residual(
        self,
        img: ByteImage,
        plane: int,
        profile: NDArray[np.int16] | None,
        y0: int,
        y1: int,
        out: Any = None,
    ) -> None:
        """Log image less its plain background, rows y0 .. y1 - 1, to ``first`` or to a padded strip ``out``."""
        a0, a1 = self.window_rows(y0, y1)
        self.fill_log(img, plane, profile, a0, a1)
        dst, pad = (self.first, 0) if out is None else (out, PAD)
        args = (self.log, a0, self.height, self.window, _NO_CLIP, y0, y1, dst, pad)
        remove_background(*args, *self.sums)

    def fill_residual(
        self,
        img: ByteImage,
        plane: int,
        profile: NDArray[np.int16] | None,
        clip: int,
        y0: int,
        y1: int,
        out: Any,
    ) -> int:
        """Residual of all rows that features of y0 .. y1 - 1 need, to the padded strip ``out``; its first row."""
        c0, c1 = self.feature_rows(plane, y0, y1)
        b0, b1 = self.window_rows(c0, c1)
        self.first_residual(img, plane, profile, b0, b1)
        args = (self.first, b0, self.height, self.window, clip, c0, c1, out, PAD)
        remove_background(*args, *self.sums)
        reflect_columns(out, c1 - c0)
        return c0
