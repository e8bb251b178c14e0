"""What the texture kernels take beside images: rows, numbers, and the memory of one thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.kernels.texture.tables import bar_size
from fastdefect.operations.texture import (
    DIRECTIONS,
    HALF_LINE,
    PAD,
    FittedTexture,
    TextureStructure,
)


class Rows(NamedTuple):
    """Which rows a kernel reads and which it makes, all int."""

    height: int  # rows of the image
    source: int  # image row that lies in row 0 of what is read
    first: int  # first row that is made
    last: int  # the row behind the last one that is made


class BarSize(NamedTuple):
    """Bars along one axis: pixels of half a bar and of a long one, and what their sums are multiplied by."""

    half: int
    long: int
    half_scale: np.float32
    long_scale: np.float32


class Numbers(NamedTuple):
    """What a map needs of structure and fit; see `FittedTexture`."""

    window: int
    geometric: bool
    scales: NDArray[np.int64]  # (4,)
    directions: NDArray[np.int64]  # (8, 2)
    lying: BarSize
    standing: BarSize
    clips: tuple[int, int, int]
    grey_weights: NDArray[np.float32]  # (4,)
    chroma_weights: NDArray[np.float32]  # (4,)
    line_clip: int
    line_weight: np.float32
    bar_clip: int
    bar_weights: NDArray[np.float32]  # (2,)
    bar_gains: NDArray[np.float32]  # (2,)
    bar_offsets: NDArray[np.float32]  # (2,)
    energy_clip: int
    energy_neutral: int
    energy_floor: np.float32
    energy_gains: NDArray[np.float32]  # (2,)
    energy_weights: NDArray[np.float32]  # (2,)
    side_gain: np.float32
    side_offset: np.float32


class Scratch(NamedTuple):
    """Rows of one thread, W pixels wide, and W + 2 PAD where the border is mirrored."""

    columns: NDArray[np.int32]  # (3, W + 2 PAD), of the full model (6, ...): sums down the columns
    sums: NDArray[np.int32]  # (4, W)
    floats: NDArray[np.float32]  # (3, W)
    bits: NDArray[np.int32]  # the same memory
    shorts: NDArray[np.int16]  # (1, W)
    lines: NDArray[np.int16]  # (8, 12, W + 2 PAD): sums of half lines of the last rows
    bar_columns: NDArray[np.int32]  # (4, W + 2 PAD)


def numbers_of(
    fitted: FittedTexture, structure: TextureStructure, shape: tuple[int, int]
) -> Numbers:
    """Numbers of what was fitted, with the types that kernels are compiled for."""

    def floats(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.ascontiguousarray(values, np.float32)

    height, width = shape
    grey, red, blue = (int(clip) for clip in fitted.clips)
    return Numbers(
        window=structure.window,
        geometric=bool(structure.geometric),
        scales=np.array(structure.scales, np.int64),
        directions=np.array(DIRECTIONS, np.int64),
        lying=BarSize(*bar_size(width)),
        standing=BarSize(*bar_size(height)),
        clips=(grey, red, blue),
        grey_weights=floats(fitted.grey_weights),
        chroma_weights=floats(fitted.chroma_weights),
        line_clip=int(fitted.line_clip),
        line_weight=np.float32(fitted.line_weight),
        bar_clip=int(fitted.bar_clip),
        bar_weights=floats(fitted.bar_weights),
        bar_gains=floats(fitted.bar_gains),
        bar_offsets=floats(fitted.bar_offsets),
        energy_clip=int(fitted.energy_clip),
        energy_neutral=int(fitted.energy_neutral),
        energy_floor=np.float32(fitted.energy_floor),
        energy_gains=floats(fitted.energy_gains),
        energy_weights=floats(fitted.energy_weights),
        side_gain=np.float32(fitted.side_gain),
        side_offset=np.float32(fitted.side_offset),
    )


def scratch_of(width: int, colour: bool) -> Scratch:
    """Memory of one thread; that of bars for the full model only."""
    wide = width + 2 * PAD
    floats = np.empty((3, width), np.float32)
    return Scratch(
        columns=np.empty((6 if colour else 3, wide), np.int32),
        sums=np.empty((4, width), np.int32),
        floats=floats,
        bits=floats.view(np.int32),
        shorts=np.empty((1, width), np.int16),
        lines=np.empty((len(DIRECTIONS) if colour else 0, HALF_LINE, wide), np.int16),
        bar_columns=np.empty((4 if colour else 0, wide), np.int32),
    )
