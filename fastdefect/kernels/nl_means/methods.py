"""Which sums and which weights a parameter set takes: proved for every distance before a plan is made.

Blocks of rows whose differences are small enough need no more than 16 bits for a patch distance; they take the *plain*
method. All others take the *general* one: saturating sums where a distance that stops at 65535 weighs nothing, split
sums otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fastdefect.kernels._numba import COMPILED
from fastdefect.kernels.nl_means.byte_tables import byte_table
from fastdefect.kernels.nl_means.rows import Rows
from fastdefect.kernels.nl_means.tile import weigh_each
from fastdefect.kernels.nl_means.weights import (
    expected,
    split_table,
    stops_in_time,
    weight_shift,
    weight_table,
)
from fastdefect.kernels.simd.llvm import has_byte_tables

_ALL = 1 << 16
_MOST_WEIGHT = 32767  # products take signed 16-bit factors
_MOST_T = 10  # half template up to which the column sums of a block are worth unrolling
_PART_BITS = 15  # of the lower part of a weight that has two, where a part is as cheap as another
LANES = {"avx512": 32, "avx2": 16, "neon": 8, "portable": 16}


@dataclass(frozen=True)
class Method:
    """A second pass with its tables.

    Attributes
    ----------
    spec : Rows
    tables : ndarray of int16
        Vectors as in `lookups.table_vectors`; behind them, for weights from memory, the table with a 0 at its end, and one
        more for who loads 32 bits.
    bias : int
        Added to a patch distance before it is weighed.
    negative : bool
        What it weighs are the weights' opposites.
    """

    spec: Rows
    tables: npt.NDArray[np.int16]
    bias: int
    negative: bool = False


@dataclass(frozen=True)
class Methods:
    """What serves one parameter set; see the module's text.

    Attributes
    ----------
    table : ndarray of int32
        OpenCV's weights, as from `weight_table`.
    plain, general : Method or None
        None where only the plain loops do.
    """

    table: npt.NDArray[np.int32]
    plain: Method | None
    general: Method | None

    @property
    def most_column(self) -> int:
        """Largest column sum with which a patch distance takes the plain method."""
        assert self.plain is not None
        return (_ALL - 1 - self.plain.bias) // (2 * self.plain.spec.t + 1)

    @property
    def limit(self) -> int:
        """Largest range of grey values that takes the plain method whatever the sums."""
        assert self.plain is not None
        return math.isqrt(self.most_column // (2 * self.plain.spec.t + 1))


@lru_cache(maxsize=64)
def methods_for(h: float, t: int, s: int, cpu: str) -> Methods:
    """Find and prove the methods of a parameter set on a processor path.

    The proof runs the kernel's own weighing over every sum of 16 bits. Cost: 10 to 500 ms, once per set and process,
    and the compilation of that kernel where the disk cache has none.
    """
    table = weight_table(h, t, s)
    if not COMPILED or not 1 <= t <= _MOST_T:
        return Methods(table, None, None)
    base = Rows(cpu, LANES[cpu], t, part_bits=_part_bits(int(table[0]), cpu))
    found = _registers(base, table) if cpu == "avx512" else None
    if found is None and base.weight_parts == 1:
        found = _bytes(base, table)
    memory = _memory(base, table, found is not None and found.negative)
    plain = found or memory
    general = plain if stops_in_time(table, t, plain.bias) else memory
    if stops_in_time(table, t, general.bias):
        general = replace(general, spec=replace(general.spec, sums="saturating"))
    elif _split_fits(t):
        general = replace(general, spec=replace(general.spec, sums="split"))
    else:
        return Methods(table, None, None)
    proved = found or _proved(memory, table), _proved(general, table)
    return Methods(table, *proved)


def _part_bits(largest: int, cpu: str) -> int:
    """Bits of the lower part of weights up to ``largest``; in registers each of them takes a permute."""
    if largest <= _MOST_WEIGHT:
        return 0
    return largest.bit_length() - _MOST_WEIGHT.bit_length() if cpu == "avx512" else _PART_BITS


def _split_fits(t: int) -> bool:
    """Whether both parts of any patch's split sum stay within 16 bits: up to t = 7, 225 remainders of at most 255."""
    area, shift = (2 * t + 1) ** 2, weight_shift(t)
    return max(area * ((1 << shift) - 1), area * (255 * 255 >> shift)) < _ALL


def _registers(spec: Rows, table: npt.NDArray[np.int32]) -> Method | None:
    split = split_table(table, spec.t, spec.part_bits)
    if split is None:
        return None
    end = min((len(table) << weight_shift(spec.t)) + split.bias, _ALL - 1)
    tables = _in_words(split.entries.ravel(), *(np.full(spec.lanes, value) for value in (1, end)))
    return _proved(Method(replace(spec, weights="registers"), tables, split.bias), table)


def _bytes(spec: Rows, table: npt.NDArray[np.int32]) -> Method | None:
    found = byte_table(table, spec.t) if has_byte_tables(spec.cpu, spec.lanes) else None
    if found is None:
        return None
    last = np.full((1, 16), min(found.last, 255), np.uint8)
    planes = np.concatenate([found.planes(chained=spec.cpu != "neon"), last])
    vectors = np.repeat(planes[:, None], spec.lanes // 8, axis=1).ravel().view(np.uint16)
    cut = np.full(spec.lanes, len(table) + found.bias)
    memory = np.concatenate([np.zeros(found.bias, np.int64), -table, [0, 0]])
    spec = replace(
        spec,
        weights="bytes",
        sections=found.sections,
        low_bits=found.low_bits,
        complete=found.complete,
    )
    tables = _in_words(vectors, cut, memory)
    bias = found.bias << weight_shift(spec.t)
    return _proved(Method(spec, tables, bias, negative=True), table)


def _memory(spec: Rows, table: npt.NDArray[np.int32], negative: bool) -> Method:
    padded = np.append(-table if negative else table, [0, 0])
    if spec.part_bits:
        lower = padded & ((1 << spec.part_bits) - 1)
        padded = np.column_stack([lower, padded >> spec.part_bits]).ravel()
    tables = _in_words(np.full(spec.lanes, len(table)), padded)
    return Method(replace(spec, weights="memory"), tables, 0, negative)


def _in_words(*parts: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    """Whole numbers behind each other, the lower 16 bits of each."""
    return np.concatenate(parts).astype(np.int64).astype(np.uint16).view(np.int16)


_believing: list[bool] = []


def believe() -> None:
    """From now on take what is found without its proof, which cannot be run: for kernels of another processor."""
    _believing[:] = [True]


def _proved(method: Method, table: npt.NDArray[np.int32]) -> Method | None:
    """The method if its kernel weighs every sum as the table does."""
    spec = method.spec
    sums = np.arange(_ALL)
    distances = sums << weight_shift(spec.t) if spec.split else sums - method.bias
    stored = np.zeros((spec.parts, _ALL), np.uint16)
    stored[0] = sums
    weights = np.empty((spec.weight_parts, _ALL), np.uint16)
    weigh_each(spec, method.tables, stored.view(np.int16), weights.view(np.int16))
    made = weights[0].astype(np.int64)
    if spec.weight_parts == 2:
        made += weights[1].astype(np.int64) << spec.part_bits
    if method.negative:
        made = -weights[0].view(np.int16).astype(np.int64)
    valid = distances >= 0
    wanted = expected(table, np.maximum(distances, 0), spec.t)
    return method if _believing or np.array_equal(made[valid], wanted[valid]) else None
