"""Planners of the texture map and of what `fit` counts, on the Numba kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.texture_residuals import (
    Image,
    clip_rows,
    fill_chroma,
    fill_contrast,
    fill_residual,
    mask_bytes,
)
from fastdefect.backends.texture_strips import (
    Memory,
    StripRows,
    cut,
    memory_for,
)
from fastdefect.backends.texture_sums import TextureResidualSums
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.texture import bars, boxes, features, lines, statistics, top
from fastdefect.kernels.texture.numbers import Numbers, numbers_of
from fastdefect.operations.texture import (
    BINS,
    FEATURES,
    TOP,
    FittedTexture,
    TextureStructure,
)
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, FloatImage, Shape

_grey_score, _chroma_score = Bound(boxes.grey_score), Bound(boxes.chroma_score)
_line_score, _bar_score = Bound(lines.line_score), Bound(bars.bar_score)
_energy_score = Bound(features.energy_score)
_clear_outside, _top_values = Bound(top.clear_outside), Bound(top.top_values)
_box_histograms = Bound(statistics.box_histograms)
_chroma_histograms = Bound(statistics.chroma_histograms)
_line_histogram, _bar_histograms = (
    Bound(statistics.line_histogram),
    Bound(statistics.bar_histograms),
)
_ratio_histograms = Bound(statistics.ratio_histograms)


@dataclass(frozen=True)
class TexturePath:
    """What a plan runs.

    Attributes
    ----------
    model : str
        ``full`` or ``grey``.
    strips, rows : int
        Strips of an image, and rows of the highest one.
    scratch_bytes : int
        Memory of all threads.
    """

    model: str
    strips: int
    rows: int
    scratch_bytes: int

    def __str__(self) -> str:
        """The path in words."""
        return f"{self.model} model, {self.strips} strips of up to {self.rows} rows"


class _TexturePlan:
    """Strips of one image shape and the memory of each worker; what map and histograms share."""

    def __init__(
        self, shape: Shape, structure: TextureStructure, workers: Workers, rows: int | None
    ) -> None:
        self._shape, self._structure, self._workers = shape, structure, workers
        self._strips = cut(structure, shape, workers, rows)
        slots = min(workers.threads, len(self._strips))
        self._memory = [memory_for(self._strips, structure, shape[1]) for _ in range(slots)]
        self._no_profile = np.zeros(shape[1], np.int16)
        self._fitted: FittedTexture | None = None
        self._numbers: Numbers | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of scratch, without the map."""
        return sum(memory.nbytes for memory in self._memory)

    @property
    def path(self) -> TexturePath:
        """What runs, for profiles and reports."""
        own = (strip.own for strip in self._strips)
        rows = max(strip.last - strip.first for strip in own)
        model = "full" if self._structure.colour else "grey"
        return TexturePath(model, len(self._strips), rows, self.nbytes)

    def _prepare(self, image: ByteImage, fitted: FittedTexture) -> tuple[Image, Numbers]:
        if self._numbers is None or fitted is not self._fitted:
            self._fitted = fitted
            self._numbers = numbers_of(fitted, self._structure, self._shape)
        profile = self._no_profile if fitted.profile is None else fitted.profile
        return Image(image, profile), self._numbers


class TextureMap(_TexturePlan):
    """Map of images of one shape; call it with ``(image, fitted, outside, out)``, see `texture_map`."""

    def __init__(
        self, shape: Shape, structure: TextureStructure, workers: Workers, rows: int | None = None
    ) -> None:
        super().__init__(shape, structure, workers, rows)
        self._top = np.empty((len(self._strips), TOP), np.float32)
        self._top_bits = self._top.view(np.int32)
        self._all_top = self._top.reshape(-1)
        self._highest = np.empty(TOP, np.float64)

    def __call__(
        self, image: ByteImage, fitted: FittedTexture, outside: BoolImage | None, out: FloatImage
    ) -> float:
        source, numbers = self._prepare(image, fitted)
        skip = None if outside is None else mask_bytes(outside)
        bits = out.view(np.int32)

        def work(index: int, slot: int) -> None:
            strip = self._strips[index]
            self._fill(source, numbers, strip, self._memory[slot], out)
            if skip is not None:
                _clear_outside(out, skip, strip.own)
            _top_values(out, bits, strip.own, self._top[index], self._top_bits[index])

        self._workers.run(work, len(self._strips))
        self._all_top.sort()
        # mean in double precision of sorted values: the same on any cut and any number of threads
        np.copyto(self._highest, self._all_top[-TOP:])
        return float(self._highest.mean())

    def _fill(
        self, image: Image, k: Numbers, rows: StripRows, memory: Memory, out: FloatImage
    ) -> None:
        residual, second, scratch = memory.residual, memory.second, memory.scratch
        fill_residual(image, 0, rows.grey, k, memory, residual)
        _grey_score(residual, out, rows.boxes, k, scratch)
        if not self._structure.colour:
            return
        clip_rows(residual, second, rows.line_clip, k.line_clip)
        _line_score(second, out, rows.lines, k, scratch)
        clip_rows(residual, second, rows.bar_clip, k.bar_clip)
        _bar_score(second, out, rows.bars, k, scratch)
        fill_contrast(image, rows, k, memory)
        _energy_score(second, out, rows.ratios, k, scratch)
        if image.channels == 3:
            fill_chroma(image, rows, k, memory)
            _chroma_score(residual, second, out, rows.chroma_boxes, k, scratch)


class TextureHistograms(_TexturePlan):
    """Histograms of the features of images of one shape; see `texture_histograms`."""

    def __init__(
        self, shape: Shape, structure: TextureStructure, workers: Workers, rows: int | None = None
    ) -> None:
        super().__init__(shape, structure, workers, rows)
        self._counts = np.zeros((len(self._memory), FEATURES, BINS), np.int64)
        self._none_outside = np.zeros(shape, np.uint8)

    @property
    def nbytes(self) -> int:
        """Bytes of scratch, counts of each worker and the empty mask."""
        return super().nbytes + self._counts.nbytes + self._none_outside.nbytes

    def __call__(
        self,
        image: ByteImage,
        fitted: FittedTexture,
        outside: BoolImage | None,
        out: NDArray[np.int64],
    ) -> None:
        source, numbers = self._prepare(image, fitted)
        skip = self._none_outside if outside is None else mask_bytes(outside)
        self._counts[:] = 0

        def work(index: int, slot: int) -> None:
            rows, memory = self._strips[index], self._memory[slot]
            self._count(source, numbers, rows, memory, skip, self._counts[slot])

        self._workers.run(work, len(self._strips))
        for counts in self._counts:
            np.add(out, counts, out=out)

    def _count(
        self,
        image: Image,
        k: Numbers,
        rows: StripRows,
        memory: Memory,
        skip: ByteImage,
        counts: NDArray[np.int64],
    ) -> None:
        residual, second, scratch = memory.residual, memory.second, memory.scratch
        fill_residual(image, 0, rows.grey, k, memory, residual)
        _box_histograms(residual, rows.boxes, k, skip, counts, scratch)
        if not self._structure.colour:
            return
        clip_rows(residual, second, rows.line_clip, k.line_clip)
        _line_histogram(second, rows.lines, k, skip, counts, scratch)
        clip_rows(residual, second, rows.bar_clip, k.bar_clip)
        _bar_histograms(second, rows.bars, k, skip, counts, scratch)
        fill_contrast(image, rows, k, memory)
        _ratio_histograms(second, rows.ratios, k, skip, counts, scratch)
        if image.channels == 3:
            fill_chroma(image, rows, k, memory)
            _chroma_histograms(residual, second, rows.chroma_boxes, k, skip, counts, scratch)


def texture_map(
    shape: Shape, structure: TextureStructure, workers: Workers, *, rows: int | None = None
) -> TextureMap:
    """Plan the texture map for images of one shape.

    Parameters
    ----------
    shape : (int, int)
        Height and width, at least 32 each.
    structure : TextureStructure
        What sizes the memory; the channels are those of the images.
    workers : Workers
        Runs the strips.
    rows : int, optional
        Most rows of a strip, by default 512 or those of a megapixel; the map does not depend on it.

    Returns
    -------
    TextureMap
        ``plan(image, fitted, outside, out)`` writes the map, float32 (H, W), and returns the image's score, the mean of
        its 20 highest values. ``fitted`` is a `FittedTexture` of this structure; ``outside``, bool (H, W), is True where the
        map is 0, or None. After the first call it allocates nothing.
    """
    return TextureMap(shape, structure, workers, rows)


def texture_histograms(
    shape: Shape, structure: TextureStructure, workers: Workers, *, rows: int | None = None
) -> TextureHistograms:
    """Plan the histograms from which weights are taken; parameters as `texture_map`.

    Returns
    -------
    TextureHistograms
        ``plan(image, fitted, outside, out)`` adds the counts of one image to ``out``, int64 (FEATURES, BINS), with clip
        limits known and weights of no account.
    """
    return TextureHistograms(shape, structure, workers, rows)


def texture_residual_sums(
    shape: Shape, structure: TextureStructure, workers: Workers, *, rows: int | None = None
) -> TextureResidualSums:
    """Plan the sums from which limits are taken; parameters as `texture_map`.

    Returns
    -------
    TextureResidualSums
        ``plan(image, profile, outside)`` returns the `ResidualSums` of one image; ``profile`` is int16 (W,) or None.
    """
    return TextureResidualSums(shape, structure, workers, rows)
