"""Sums over the residuals of one image: what limits and clips are taken from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.texture_residuals import (
    NO_CLIP,
    Image,
    fill_first,
    fine_contrast,
    mask_bytes,
    reflect_columns,
)
from fastdefect.backends.texture_strips import ROWS, Memory, Residual, window_rows
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.texture import statistics
from fastdefect.kernels.texture.numbers import Rows, scratch_of
from fastdefect.operations.texture import PAD, ResidualSums, TextureStructure
from fastdefect.tiling.geometry import strips
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, ByteImage, Shape

_square_sums, _plain_sum = Bound(statistics.square_sums), Bound(statistics.plain_sum)
_UNLIMITED = NO_CLIP, 0


class TextureResidualSums:
    """Sums of images of one shape; call it with ``(image, profile, outside)``, see `texture_residual_sums`."""

    def __init__(
        self, shape: Shape, structure: TextureStructure, workers: Workers, rows: int | None = None
    ) -> None:
        height, width = shape
        self._window, self._workers = structure.window, workers
        self._planes = 3 if structure.colour and structure.channels == 3 else 1
        self._strips = [self._rows(height, y0, y1) for y0, y1 in strips(height, rows or ROWS)]
        slots = min(workers.threads, len(self._strips))
        self._memory = [self._room(width) for _ in range(slots)]
        # number of pixels, sums of squares of three planes, sum of fine contrast
        self._found = np.zeros((len(self._strips), 5), np.int64)
        self._no_profile = np.zeros(width, np.int16)
        self._none_outside = np.zeros(shape, np.uint8)

    def _rows(self, height: int, y0: int, y1: int) -> tuple[Residual, Rows, Rows]:
        c0, c1 = max(0, y0 - 1), min(height, y1 + 1)
        a0, a1 = window_rows(height, self._window, c0, c1)
        first = Rows(height, a0, c0, c1)
        residual = Residual(Rows(height, a0, a0, a1), first, first)
        return residual, Rows(height, c0, y0, y1), Rows(height, y0, y0, y1)

    def _room(self, width: int) -> Memory:
        def most(rows: list[Rows]) -> int:
            return max(r.last - r.first for r in rows)

        wide = width + 2 * PAD
        return Memory(
            log=np.empty((most([r.log for r, _, _ in self._strips]), width), np.int16),
            first=np.empty((0, width), np.int16),
            residual=np.empty((most([r.first for r, _, _ in self._strips]), wide), np.int16),
            second=np.empty((most([own for _, _, own in self._strips]), wide), np.int16),
            scratch=scratch_of(width, False),
        )

    @property
    def nbytes(self) -> int:
        """Bytes of scratch and of the empty mask."""
        return self._none_outside.nbytes + sum(memory.nbytes for memory in self._memory)

    @property
    def path(self) -> str:
        """What runs, for profiles and reports."""
        return f"residual sums of {len(self._strips)} strips"

    def __call__(
        self, image: ByteImage, profile: NDArray[np.int16] | None, outside: BoolImage | None
    ) -> ResidualSums:
        source = Image(image, self._no_profile if profile is None else profile)
        skip = self._none_outside if outside is None else mask_bytes(outside)
        self._found[:] = 0

        def work(index: int, slot: int) -> None:
            self._sum_strip(source, index, self._memory[slot], skip)

        self._workers.run(work, len(self._strips))
        total = self._found.sum(axis=0)
        return ResidualSums(int(total[0]), total[1:4], int(total[4]))

    def _sum_strip(self, image: Image, index: int, memory: Memory, skip: ByteImage) -> None:
        residual, rows, own = self._strips[index]
        found = self._found[index]
        for plane in range(self._planes):
            fill_first(image, plane, residual, self._window, memory, memory.residual, PAD)
            count, found[1 + plane] = _square_sums(memory.residual, rows, skip)
            if plane > 0:
                continue
            found[0] = count
            reflect_columns(memory.residual, residual.first.last - residual.first.first)
            fine_contrast(
                memory.residual, image.flat, image.channels, memory.second, rows, _UNLIMITED, memory.scratch
            )  # fmt: skip
            found[4] = _plain_sum(memory.second, own, skip)
