"""The texture model planned for one image shape: strips, scratch, threads; map and highest values."""

from __future__ import annotations

from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.texture.strips import Strip
from fastdefect.kernels.texture.bars import bar_score
from fastdefect.kernels.texture.features import (
    chroma_score,
    energy_score,
    fine_contrast,
    grey_score,
    reflect_columns,
)
from fastdefect.kernels.texture.lines import clip_rows, line_score
from fastdefect.kernels.texture.top import top_values
from fastdefect.operations.texture import FittedTexture
from fastdefect.reference.texture import DIRECTIONS
from fastdefect.reference.texture_bars import bar_geometry
from fastdefect.tiling.geometry import strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, FloatImage

# The image's score is the mean of this many highest values: one hot pixel is no defect.
TOP = 20
# Rows of a strip: the 284 to 378 rows around it are paid again by each, and at 2048 columns the scratch of 512 rows
# takes 4 bytes per pixel of a 4-megapixel image.
ROWS = 512
DIRECTION_STEPS = np.array(DIRECTIONS, np.int64)


class MapPlan:
    """Everything that maps of one shape need, made once.

    Parameters
    ----------
    shape : (int, int)
        Height and width.
    constants : FittedTexture
    workers : Workers
    rows : int
        Rows of a strip; the map doesn't depend on it.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        constants: FittedTexture,
        workers: Workers,
        rows: int = ROWS,
    ) -> None:
        self.shape = shape
        self.constants = constants
        self.workers = workers
        count = max(-(-shape[0] // rows), min(workers.threads, -(-shape[0] // 64)))
        self.strips = strips(shape[0], -(-shape[0] // count))
        most = max(y1 - y0 for y0, y1 in self.strips)
        k = constants
        self.scratch = [
            Strip(shape, most, k.scales[-1] // 2, k.window, k.colour)
            for _ in range(min(workers.threads, len(self.strips)))
        ]
        self.scales = np.array(k.scales, np.int64)
        bars = [bar_geometry(shape[1]), bar_geometry(shape[0])]
        self.bar_sizes = np.array([bar[:2] for bar in bars], np.int64)
        self.bar_scales = np.array([bar[2:] for bar in bars], np.float32)
        self._top = np.empty((len(self.strips), TOP), np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes of scratch, without the map."""
        return self._top.nbytes + sum(strip.nbytes for strip in self.scratch)

    def fill(
        self, img: ByteImage, score: FloatImage, ignore: NDArray[np.bool_] | None = None
    ) -> tuple[float, float]:
        """Write the map of ``img`` to ``score``, float32 (H, W).

        Returns
        -------
        (float, float)
            Mean of the 20 highest values, and milliseconds.
        """
        begin = perf_counter_ns()

        def work(index: int, slot: int) -> None:
            y0, y1 = self.strips[index]
            self._fill_strip(img, score, self.scratch[slot], y0, y1)
            if ignore is not None:
                score[y0:y1][ignore[y0:y1]] = 0
            best = self._top[index]
            top_values(score, score.view(np.int32), y0, y1, best, best.view(np.int32))

        self.workers.run(work, len(self.strips))
        highest = np.sort(self._top, axis=None)[-TOP:]
        # mean in double precision of sorted values: the same on any cut and any number of threads
        return float(highest.astype(np.float64).mean()), (perf_counter_ns() - begin) / 1e6

    def _fill_strip(
        self, img: ByteImage, score: FloatImage, strip: Strip, y0: int, y1: int
    ) -> None:
        k = self.constants
        height = self.shape[0]
        side = k.side_gain, k.side_offset, y0, y1, score
        row = strip.columns[0], strip.sums[0], strip.floats[0]
        c0 = strip.fill_residual(img, 0, k.profile, int(k.clips[0]), y0, y1, strip.residual)
        grey = (strip.residual, c0, height, self.scales, k.grey_weights, k.geometric)
        grey_score(*grey, y0, y1, score, *row)
        if not k.colour:
            return
        l0, l1 = strip.line_rows(y0, y1)
        clip_rows(strip.residual, c0, k.line_clip, l0, l1, strip.second)
        line_score(
            strip.second,
            l0,
            height,
            DIRECTION_STEPS,
            k.line_weight,
            *side,
            *strip.shorts,
            strip.floats[0],
        )
        b0, b1 = strip.bar_rows(y0, y1)
        clip_rows(strip.residual, c0, k.bar_clip, b0, b1, strip.second)
        bar_score(
            strip.second, b0, height, self.bar_sizes, self.bar_scales, k.bar_weights, k.bar_gains, k.bar_offsets,
            y0, y1, score, *strip.bar_scratch, strip.floats[0], strip.floats[1],
        )  # fmt: skip
        e0 = self.fill_contrast(img, strip, c0, y0, y1)
        energy_score(
            strip.second, e0, height, k.window, k.energy_floor, k.energy_gains, k.energy_weights,
            *side, strip.columns[0], strip.sums[0], strip.sums[1], strip.sums[2], *strip.floats,
        )  # fmt: skip
        if img.ndim == 2:
            return
        for plane, out in ((1, strip.residual), (2, strip.second)):
            c0 = strip.fill_residual(img, plane, None, int(k.clips[plane]), y0, y1, out)
        chroma_score(
            strip.residual, strip.second, c0, height, self.scales, k.chroma_weights, k.geometric,
            *side, *strip.columns, strip.sums[0], strip.sums[1], strip.floats[0],
        )  # fmt: skip

    def fill_contrast(self, img: ByteImage, strip: Strip, c0: int, y0: int, y1: int) -> int:
        """Fine contrast of the rows that `energy_score` looks at, to ``second``; its first row."""
        k = self.constants
        height = self.shape[0]
        w0, w1 = strip.window_rows(y0, y1)
        e0, e1 = min(w0, max(0, y0 - 7)), max(w1, min(height, y1 + 7))
        levels = img if img.ndim == 3 else img[:, :, None]
        fine_contrast(
            strip.residual, c0, height, levels, k.energy_clip, k.energy_neutral, e0, e1,
            strip.second, strip.columns[0], strip.sums[0],
        )  # fmt: skip
        reflect_columns(strip.second, e1 - e0)
        return e0
