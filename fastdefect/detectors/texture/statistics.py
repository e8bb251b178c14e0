"""What one good image contributes to the constants of the texture model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.texture.map import DIRECTION_STEPS, ROWS, MapPlan
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.detectors.texture.strips import Strip
from fastdefect.kernels.texture import statistics as kernels
from fastdefect.kernels.texture.features import fine_contrast, reflect_columns
from fastdefect.kernels.texture.lines import clip_rows
from fastdefect.operations.texture import PAD, FittedTexture
from fastdefect.tiling.geometry import strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage

Bytes = NDArray[np.uint8]


@dataclass
class Spread:
    """Sums over good pixels of one image or several: pixels, squared residuals per plane, fine contrast."""

    count: int
    squares: NDArray[np.int64]
    contrast: int

    def add(self, other: Spread) -> None:
        """Take another image in."""
        self.count += other.count
        self.squares += other.squares
        self.contrast += other.contrast


def image_spread(
    img: ByteImage, params: TextureParams, profile: NDArray[np.int16] | None, ignore: Bytes
) -> Spread:
    """First residual's squares of each plane, and the sum of fine contrast."""
    shape = img.shape[0], img.shape[1]
    planes = 3 if params.colour and img.ndim == 3 else 1
    rows = strips(shape[0], ROWS)
    strip = Strip(shape, min(ROWS, shape[0]), 1, params.window, True)
    spread = Spread(0, np.zeros(3, np.int64), 0)
    levels = img if img.ndim == 3 else img[:, :, None]
    for y0, y1 in rows:
        for plane in range(planes):
            c0, c1 = max(0, y0 - 1), min(shape[0], y1 + 1)
            strip.first_residual(
                img, plane, profile if plane == 0 else None, c0, c1, strip.residual
            )
            body = strip.residual[y0 - c0 :]
            count, squares = kernels.square_sums(body, y0, y1, PAD, ignore)
            spread.squares[plane] += squares
            if plane > 0:
                continue
            spread.count += count
            reflect_columns(strip.residual, c1 - c0)
            fine_contrast(
                strip.residual, c0, shape[0], levels, 32767, 0, y0, y1,
                strip.second, strip.columns[0], strip.sums[0],
            )  # fmt: skip
            spread.contrast += kernels.plain_sum(strip.second, y0, y1, PAD, ignore)
    return spread


# Rows of the histograms: four grey scales, lines, bars both ways, two contrast ratios, four chroma scales.
GREY, LINES, BARS, RATIOS, CHROMA = slice(0, 4), 4, slice(5, 7), slice(7, 9), slice(9, 13)
FEATURES = 13


class Counter(MapPlan):
    """Counts the features of images of one shape, with clip limits known and weights still open."""

    def __init__(self, shape: tuple[int, int], constants: FittedTexture) -> None:
        super().__init__(shape, constants, Workers(1))

    def count(self, img: ByteImage, ignore: Bytes) -> NDArray[np.int64]:
        """Histograms of all features of one image, int64 (13, bins)."""
        histograms = np.zeros((FEATURES, kernels.BINS), np.int64)
        for y0, y1 in self.strips:
            self._count_strip(img, ignore, histograms, y0, y1)
        return histograms

    def _count_strip(
        self, img: ByteImage, ignore: Bytes, histograms: NDArray[np.int64], y0: int, y1: int
    ) -> None:
        k, height, strip = self.constants, self.shape[0], self.scratch[0]
        bits = strip.floats.view(np.int32)
        row = strip.columns[0], strip.sums[0], strip.floats[0], bits[0]
        c0 = strip.fill_residual(img, 0, k.profile, int(k.clips[0]), y0, y1, strip.residual)
        grey = strip.residual, c0, height, self.scales, y0, y1, ignore, histograms[GREY]
        kernels.box_histograms(*grey, *row)
        if not k.colour:
            return
        l0, l1 = strip.line_rows(y0, y1)
        clip_rows(strip.residual, c0, k.line_clip, l0, l1, strip.second)
        kernels.line_histogram(
            strip.second, l0, height, DIRECTION_STEPS, y0, y1, ignore, histograms[LINES],
            *strip.shorts, strip.floats[0], bits[0],
        )  # fmt: skip
        b0, b1 = strip.bar_rows(y0, y1)
        clip_rows(strip.residual, c0, k.bar_clip, b0, b1, strip.second)
        kernels.bar_histograms(
            strip.second, b0, height, self.bar_sizes, self.bar_scales, y0, y1, ignore, histograms[BARS],
            *strip.bar_scratch, strip.floats[0], strip.floats[1], bits[0], bits[1],
        )  # fmt: skip
        e0 = self.fill_contrast(img, strip, c0, y0, y1)
        kernels.ratio_histograms(
            strip.second, e0, height, k.window, k.energy_floor, y0, y1, ignore, histograms[RATIOS],
            strip.columns[0], *strip.sums[:3], *strip.floats, bits[1], bits[2],
        )  # fmt: skip
        if img.ndim == 2:
            return
        for plane, out in ((1, strip.residual), (2, strip.second)):
            c0 = strip.fill_residual(img, plane, None, int(k.clips[plane]), y0, y1, out)
        kernels.chroma_histograms(
            strip.residual, strip.second, c0, height, self.scales, y0, y1, ignore, histograms[CHROMA],
            *strip.columns, *strip.sums[:2], strip.floats[0], bits[0],
        )  # fmt: skip


def quantile(histogram: NDArray[np.int64], share: float) -> float:
    """Value below which ``share`` of the counted values lie, by linear interpolation inside its bin."""
    total = np.cumsum(histogram)
    wanted = share * float(total[-1])
    index = int(np.searchsorted(total, wanted))
    index = min(index, len(histogram) - 1)
    before = float(total[index - 1]) if index else 0.0
    inside = (wanted - before) / max(float(histogram[index]), 1.0)
    low = 0.0 if index == 0 else _edge(index)
    return low + (_edge(index + 1) - low) * min(max(inside, 0.0), 1.0)


def _edge(index: int) -> float:
    exponent, mantissa = divmod(index, 256)
    return float(2.0**exponent * (1.0 + mantissa / 256.0))
