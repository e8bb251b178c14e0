"""Which sums and which weights a parameter set takes: proved for every distance before a plan is made.

Blocks of rows whose differences are small enough need no more than 16 bits for a patch distance; they take the *plain*
method. All others take the *general* one: saturating sums where a distance that stops at 65535 weighs nothing, split
sums otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fastdefect.kernels._numba import COMPILED
from fastdefect.kernels.nl_means.byte_tables import byte_table
from fastdefect.kernels.nl_means.rows import HIGH_PART, Rows
from fastdefect.kernels.nl_means.tile import weigh_each
from fastdefect.kernels.simd.llvm import has_byte_tables
from fastdefect.kernels.nl_means.weights import (
    expected,
    split_table,
    stops_in_time,
    weight_shift,
    weight_table,
)

_ALL = 1 << 16
_MOST_WEIGHT = 32767  # products take signed 16-bit factors
_MOST_T = 10  # half template up to which the column sums of a block are worth unrolling
LANES = {"avx512": 32, "avx2": 16, "portable": 16}


@dataclass(frozen=True)
class Method:
    """A second pass with its tables.

    Attributes
    ----------
    spec : Rows
    tables : ndarray of int16
        Vectors as in `lookups.table_vectors`; behind them, for weights from memory, the table with a 0 at its end.
    bias : int
        Added to a patch distance before it is weighed.
    """

    spec: Rows
    tables: npt.NDArray[np.int16]
    bias: int

    @property
    def negative(self) -> bool:
        """Whether what it weighs are the weights' opposites."""
        return self.spec.weights == "bytes" or bool(self.spec.weights == "memory" and self.tables[self.spec.lanes] < 0)


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
    base = Rows(cpu, LANES[cpu], t)
    found = None
    if int(table[0]) <= _MOST_WEIGHT:
        if cpu == "avx512":
            found = _registers(base, table)
        elif has_byte_tables(cpu, LANES[cpu]):
            found = _bytes(base, table)
    spare = _memory(base, table, -1 if found and found.negative else 1)
    plain = found or spare
    general = plain if stops_in_time(table, t, plain.bias) else spare
    sums = "saturating" if stops_in_time(table, t, general.bias) else "split"
    general = replace(general, spec=replace(general.spec, sums=sums))
    return Methods(table, _proved(plain, table), _proved(general, table))


def _registers(spec: Rows, table: npt.NDArray[np.int32]) -> Method | None:
    split = split_table(table, spec.t)
    if split is None:
        return None
    entries = split.entries.ravel().view(np.int16)
    tables = np.concatenate([entries, np.ones(spec.lanes, np.int16)])
    return _proved(Method(replace(spec, weights="registers"), tables, split.bias), table)


def _bytes(spec: Rows, table: npt.NDArray[np.int32]) -> Method | None:
    found = byte_table(table, spec.t)
    if found is None:
        return None
    planes = np.concatenate([found.planes(True), np.full((1, 16), min(found.last, 255), np.uint8)])
    vectors = np.repeat(planes[:, None], spec.lanes // 8, axis=1).ravel().view(np.uint16)
    tables = np.concatenate(
        [
            vectors,
            np.full(spec.lanes, len(table) + found.bias),
            np.zeros(found.bias),
            -table,
            [0],
        ]
    )
    spec = replace(
        spec,
        weights="bytes",
        sections=found.sections,
        low_bits=found.low_bits,
        complete=found.complete,
    )
    return Method(
        spec, tables.astype(np.int64).astype(np.uint16).view(np.int16), found.bias << weight_shift(spec.t)
    )


def _memory(spec: Rows, table: npt.NDArray[np.int32], sign: int) -> Method:
    parts = 1 if int(table[0]) <= _MOST_WEIGHT else 2
    padded = np.append(sign * table, 0)
    if parts == 2:
        padded = np.column_stack([padded & ((1 << HIGH_PART) - 1), padded >> HIGH_PART]).ravel()
    cut = np.full(spec.lanes, len(table))
    tables = np.concatenate([cut, padded]).astype(np.int64).astype(np.uint16).view(np.int16)
    return Method(replace(spec, weights="memory", weight_parts=parts), tables, 0)


def _proved(method: Method, table: npt.NDArray[np.int32]) -> Method | None:
    """The method if its kernel weighs every sum as the table does."""
    spec = method.spec
    sums = np.arange(_ALL)
    distances = sums << weight_shift(spec.t) if spec.split else sums - method.bias
    stored = np.zeros((spec.parts, _ALL), np.uint16)
    stored[0] = sums
    weights = np.empty((spec.weight_parts, _ALL), np.uint16)
    weigh_each(spec, method.tables, stored.view(np.int16), weights.view(np.int16))
    made = sum(part.astype(np.int64) << HIGH_PART * i for i, part in enumerate(weights))
    made = made.astype(np.uint16) if spec.weight_parts == 1 else made
    if method.negative:
        made = -made.view(np.int16).astype(np.int64)
    valid = distances >= 0
    wanted = expected(table, np.maximum(distances, 0), spec.t)
    return method if np.array_equal(made[valid], wanted[valid]) else None
