"""The numbers and the memory of NL-means on the vector kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastdefect.backends.nl_means_plan import Area
from fastdefect.kernels.nl_means.columns import ROWS, Columns
from fastdefect.kernels.nl_means.gather import Gather
from fastdefect.kernels.nl_means.layout import COLUMNS
from fastdefect.kernels.nl_means.methods import Methods
from fastdefect.kernels.nl_means.numbers import Geometry, Recipe, Scratch
from fastdefect.kernels.nl_means.weights import weight_shift

_LINE = 64  # bytes of a cache line
_LARGE_PAGE = 1 << 21
_LARGE_BLOCK = 1 << 22  # from here on NumPy asks the system for large pages
_HALF_WEIGHT = 16383  # two weights up to here fit in a signed lane


def recipe_for(methods: Methods) -> Recipe:
    """What the kernel is compiled for with these methods."""
    plain, general = methods.plain, methods.general
    assert plain is not None
    assert general is not None
    spec = plain.spec
    base = spec.cpu, spec.lanes, spec.t
    small = int(methods.table[0]) <= _HALF_WEIGHT
    return Recipe(
        Columns.smoothest(*base),
        Columns.narrowest(*base),
        Columns(*base, "wide"),
        Columns(*base, "split" if general.spec.split else "wide"),
        spec,
        general.spec,
        Gather(spec.cpu, spec.lanes, small, spec.part_bits, plain.negative),
    )


def geometry_for(methods: Methods, s: int, areas: list[Area]) -> Geometry:
    """The kernel's numbers for tiles up to the largest of ``areas``."""
    plain, general = methods.plain, methods.general
    assert plain is not None
    assert general is not None
    t, lanes = plain.spec.t, plain.spec.lanes
    border = s + t
    # What wraps around the outermost lanes is no pixel: a margin of s + t columns on the right and one more on the left,
    # where the plane beyond the last shift takes up what the last plane has written over its end.
    width = max(x1 - x0 for _, _, x0, x1 in areas) + 2 * border + 1
    k = max(-(-width // lanes), 2 * t + 1)
    height = max(-(-(y1 - y0) // ROWS) for y0, y1, _, _ in areas) * ROWS
    behind = -(-s // ROWS) * ROWS
    planes = 2 * s + 2
    return Geometry(
        t=t,
        s=s,
        k=k,
        vectors=k + 2 * border + 1,
        used_rows=height + behind + 2 * border,
        height=height,
        plain_bias=plain.bias,
        other_bias=general.bias,
        limit=methods.limit,
        most=methods.most_column,
        rough=_rough(methods),
        largest=int(methods.table[0]),
        ring_size=2 * (behind + ROWS) * k * planes * lanes,
        sums_size=8 * height * k * lanes,
    )


def _rough(methods: Methods) -> int:
    """Upper part of the largest plain column sum, its lower parts being half of what they can be."""
    assert methods.plain is not None
    t = methods.plain.spec.t
    shift = weight_shift(t)
    return max(methods.most_column - ((2 * t + 1) << shift) // 2, 0) >> shift


def scratch_for(recipe: Recipe, numbers: Geometry) -> Scratch:
    """Memory of one thread."""
    lanes, parts = recipe.plain.lanes, recipe.plain.weight_parts
    row = numbers.vectors * lanes
    whole = -(-numbers.vectors // COLUMNS) * COLUMNS * lanes
    half = numbers.used_rows // 2 + 1
    line = (numbers.k + 2 * numbers.t + 1) * lanes
    planes = 2 * numbers.s + 2
    arrays = carve(
        [
            *[(numbers.used_rows, np.uint8)] * 2,
            (row, np.uint8),
            (2 * whole, np.uint8),
            (2 * half * row, np.uint16),
            (numbers.used_rows * row * 2, np.int16),
            (recipe.other.parts * ROWS * line, np.int16),
            (parts * numbers.ring_size // 2 + 4 * lanes, np.int16),
            ((ROWS * (numbers.s // ROWS + 2)) // 2, np.int64),
            (numbers.s + 1, np.int64),
            (parts * numbers.sums_size // 4, np.int32),
            (2 * numbers.k * planes, np.int64),
            (lanes, np.int32),
            (numbers.k * lanes, np.uint8),
            (row, np.int32),
        ]
    )
    scratch = Scratch._make(arrays)
    scratch.turns.reshape(2, -1)[:] = _turns(numbers, lanes)
    return scratch._replace(
        lanes=scratch.lanes.reshape(2, whole),
        pairs=scratch.pairs.reshape(2, half, row),
        turns=scratch.turns.reshape(2, -1),
    )


def _turns(numbers: Geometry, lanes: int) -> npt.NDArray[np.int64]:
    """Where the weight of the position dx columns to the left lies, for every vector and shift.

    In bytes from the address of the row; positions beyond the first or last vector are those of the next lane.
    """
    k, s = numbers.k, numbers.s
    tables = np.zeros((2, k * (2 * s + 2)), np.int64)
    for table, first, count in ((tables[0], 1, s), (tables[1], -s, 2 * s + 1)):
        planes = (count + 1) // 2 * 2
        turn, vector = np.divmod(np.arange(k)[:, None] - first - np.arange(planes), k)
        places = (vector * planes + np.arange(planes)) * 2 * lanes + 2 * turn
        table[: k * planes] = places.ravel()
    return tables


def carve(parts: list[tuple[int, Any]]) -> list[npt.NDArray[Any]]:
    """Arrays of (count, dtype) that each begin a cache line, cut from one allocation.

    One block of several megabytes, because the system backs such a block with large pages: the kernel walks through
    more small pages at a time than the first level of the processor's page table cache holds.
    """
    sizes = [-(-count * np.dtype(dtype).itemsize // _LINE) * _LINE for count, dtype in parts]
    raw = np.zeros(max(sum(sizes) + _LARGE_PAGE, _LARGE_BLOCK), np.uint8)
    start = -raw.ctypes.data % _LARGE_PAGE
    arrays = []
    for (count, dtype), size in zip(parts, sizes, strict=True):
        arrays.append(raw[start : start + count * np.dtype(dtype).itemsize].view(dtype))
        start += size
    return arrays
