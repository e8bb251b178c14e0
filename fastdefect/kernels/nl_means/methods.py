"""Which sums and which weights a parameter set takes: proved for every distance before a plan is made.

Blocks of rows whose range of grey values is small enough need no more than 16 bits for a patch distance; they take the
*plain* method. All others take the *general* one: saturating sums where a distance that stops at 65535 weighs nothing,
split sums otherwise. Where a method cannot be proved, it is None, and the plain loops do the tile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fastdefect.kernels._numba import COMPILED
from fastdefect.kernels.nl_means.numbers import NlMeansSpecialization
from fastdefect.kernels.nl_means.polynomial import fit
from fastdefect.kernels.nl_means.tile import weigh_each
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
ROWS = 8


@dataclass(frozen=True)
class Method:
    """A kernel's sums and weights with their tables.

    Attributes
    ----------
    spec : NlMeansSpecialization
    tables : ndarray of int16
        What `load_tables` reads.
    bias : int
        Added to a patch distance before it is weighed.
    """

    spec: NlMeansSpecialization
    tables: npt.NDArray[np.int16]
    bias: int


@dataclass(frozen=True)
class Methods:
    """What serves one parameter set; see the module's text.

    Attributes
    ----------
    table : ndarray of int32
        OpenCV's weights, as from `weight_table`.
    plain, general : Method or None
    limit : int
        Largest range of grey values that takes the plain method.
    """

    table: npt.NDArray[np.int32]
    plain: Method | None
    general: Method | None
    limit: int


@lru_cache(maxsize=64)
def methods_for(h: float, t: int, s: int, cpu: str) -> Methods:
    """Find and prove the methods of a parameter set on a processor path.

    The proof runs the kernel's own weighing over every sum of 16 bits. Cost: 10 to 500 ms, once per set and process,
    and the compilation of that kernel where the disk cache has none.
    """
    table = weight_table(h, t, s)
    if not COMPILED or int(table[0]) > _MOST_WEIGHT or not 1 <= t <= _MOST_T:
        return Methods(table, None, None, 0)
    spec = NlMeansSpecialization(cpu, LANES[cpu], ROWS, t)
    registers = _registers(spec, table) if cpu == "avx512" else None
    polynomial = _polynomial(spec, table, h)
    plain = registers or polynomial
    if plain is None:
        return Methods(table, None, None, 0)
    limit = math.isqrt((_ALL - 1 - plain.bias) // (2 * t + 1) ** 2)
    general = None
    for method in (registers, polynomial):
        if method is not None and stops_in_time(table, t, method.bias):
            general = replace(method, spec=replace(method.spec, sums="saturating"))
            break
    if general is None and polynomial is not None and _split_fits(t):
        general = _proved(replace(polynomial, spec=replace(polynomial.spec, sums="split")), table)
    return Methods(table, plain, general, limit)


def _split_fits(t: int) -> bool:
    """Whether both parts of any patch's split sum stay within 16 bits: up to t = 7, 225 remainders of at most 255."""
    area, shift = (2 * t + 1) ** 2, weight_shift(t)
    return max(area * ((1 << shift) - 1), area * (255 * 255 >> shift)) < _ALL


def _registers(spec: NlMeansSpecialization, table: npt.NDArray[np.int32]) -> Method | None:
    split = split_table(table, spec.t)
    if split is None:
        return None
    entries = split.entries.ravel().view(np.int16)
    tables = np.concatenate([entries, np.ones(spec.lanes, np.int16)])
    return _proved(Method(replace(spec, weights="registers"), tables, split.bias), table)


def _polynomial(
    spec: NlMeansSpecialization, table: npt.NDArray[np.int32], h: float
) -> Method | None:
    square = float(np.float32(h) * np.float32(h))
    area = (2 * spec.t + 1) ** 2
    decay = (1 << weight_shift(spec.t)) / area / square if square else 0.0
    coefficients = fit(table, decay, spec.cpu != "portable")
    if coefficients is None or len(table) >= _ALL:
        return None
    spread = np.repeat(coefficients, spec.lanes // 2).view(np.int16)
    cut = np.full(spec.lanes, len(table), np.uint16).view(np.int16)
    method = Method(replace(spec, weights="polynomial"), np.concatenate([spread, cut]), 0)
    return _proved(method, table)


def _proved(method: Method, table: npt.NDArray[np.int32]) -> Method | None:
    """The method if its kernel weighs every sum as the table does."""
    spec = method.spec
    sums = np.arange(_ALL)
    if spec.parts == 2:
        distances = sums << weight_shift(spec.t)
        whole = sums.astype(np.uint16).view(np.int16).reshape(-1, 1, spec.rows * spec.lanes)
        stored: Any = np.concatenate([whole, np.zeros_like(whole)], axis=1).ravel()
    else:
        distances = sums - method.bias
        stored = sums.astype(np.uint16).view(np.int16)
    weights = np.empty(_ALL, np.int16)
    weigh_each(spec, method.tables, stored, weights)
    valid = distances >= 0
    wanted = expected(table, np.maximum(distances, 0), spec.t)
    return method if np.array_equal(weights[valid], wanted[valid]) else None
