"""What the pattern kernels take beside images: the numbers of a fit, and the memory of one thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.kernels.pattern.distances import CHUNK, STEP
from fastdefect.operations.pattern import REACH, TONE_MAX, FittedPattern, PatternStructure


class Numbers(NamedTuple):
    """What a map needs of structure and fit; see `FittedPattern`."""

    sides: NDArray[np.int64]  # (parts * features,)
    logged: int
    floors: NDArray[np.int32]  # (parts, features)
    centre: NDArray[np.float32]  # (parts, features)
    factors: NDArray[
        np.float32
    ]  # (parts, kinds, features, features), both up to a multiple of STEP
    shifts: NDArray[np.float32]  # (parts, kinds, features), up to a multiple of STEP
    offsets: NDArray[np.float32]  # (parts,)
    gains: NDArray[np.float32]  # (parts,)


class Scratch(NamedTuple):
    """Memory of one thread; cells are W // 2 wide, ``rows`` their most rows in a strip with its surroundings."""

    planes: NDArray[np.int16]  # (planes, 2 * rows + 2 * reach, W)
    halves: NDArray[np.int16]  # (planes, rows + 2 * REACH or 0, W // 2)
    cells: NDArray[np.int16]  # (parts * features, rows, W // 2)
    lines: NDArray[np.int16]  # (4, W)
    columns: NDArray[np.int32]  # (parts * features, W // 2)
    sums: NDArray[np.int32]  # (CHUNK,)
    lifted: NDArray[np.float32]  # (CHUNK,)
    bits: NDArray[np.int32]  # the same memory
    features: NDArray[np.float32]  # (features up to a multiple of STEP, CHUNK), flat
    values: NDArray[np.float32]  # (STEP, CHUNK), flat
    total: NDArray[np.float32]  # (CHUNK,)
    nearest: NDArray[np.float32]  # (CHUNK,)
    row: NDArray[np.float32]  # (W // 2,)


def tone_table() -> NDArray[np.int16]:
    """Square root of each grey level, 0 ... 510."""
    return np.rint(TONE_MAX * np.sqrt(np.arange(256) / 255.0)).astype(np.int16)


def padded(features: int) -> int:
    """Features up to a multiple of the products that are added at a time."""
    return -(-features // STEP) * STEP


def sides_of(structure: PatternStructure) -> NDArray[np.int64]:
    """Cells a side of each feature's window."""
    return np.repeat(np.array(structure.windows, np.int64), structure.features)


def numbers_of(fitted: FittedPattern) -> Numbers:
    """Numbers of what was fitted, with the types that kernels are compiled for."""
    parts, kinds, features, _ = fitted.factors.shape
    wide = padded(features)
    factors = np.zeros((parts, kinds, wide, wide), np.float32)
    factors[..., :features, :features] = np.tril(fitted.factors)
    shifts = np.zeros((parts, kinds, wide), np.float32)
    shifts[..., :features] = fitted.shifts
    return Numbers(
        sides=sides_of(fitted.structure),
        logged=fitted.structure.logged,
        floors=np.ascontiguousarray(fitted.floors, np.int32),
        centre=np.ascontiguousarray(fitted.centre, np.float32),
        factors=factors,
        shifts=shifts,
        offsets=np.ascontiguousarray(fitted.offsets, np.float32),
        gains=np.ascontiguousarray(fitted.gains, np.float32),
    )


def scratch_of(structure: PatternStructure, rows: int, width: int) -> Scratch:
    """Memory for strips that need up to ``rows`` rows of cells."""
    count, parts = structure.planes, len(structure.windows)
    half = width // 2
    reach = REACH * parts
    lifted = np.zeros(CHUNK, np.float32)
    return Scratch(
        planes=np.zeros((count, 2 * rows + 2 * reach, width), np.int16),
        halves=np.zeros((count, (rows + 2 * REACH) if structure.coarse else 0, half), np.int16),
        cells=np.zeros((parts * structure.features, rows, half), np.int16),
        lines=np.zeros((4, width), np.int16),
        columns=np.zeros((parts * structure.features, half), np.int32),
        sums=np.zeros(CHUNK, np.int32),
        lifted=lifted,
        bits=lifted.view(np.int32),
        features=np.zeros(padded(structure.features) * CHUNK, np.float32),
        values=np.zeros(STEP * CHUNK, np.float32),
        total=np.zeros(CHUNK, np.float32),
        nearest=np.zeros(CHUNK, np.float32),
        row=np.zeros(half, np.float32),
    )
