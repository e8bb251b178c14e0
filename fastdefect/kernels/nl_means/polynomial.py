"""Weights of NL-means by a polynomial in single precision, for processors without 16-bit permutes.

    weight = round(p(index) ** 4),    index = ssd >> shift

``p`` is fitted to the fourth root of the exponential. The error of the fit and of the arithmetic must keep every rounded
weight right; where a few come out wrong, the coefficients are moved by single steps of single precision until all
agree. What is kept has been compared with the table at every index; the planner checks it again with the kernel itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

DEGREE = 7  # the least that serves h = 20 with windows 7 and 21, which has 2110 weights
Coefficients = npt.NDArray[np.float32]


def evaluate(
    coefficients: Coefficients, index: npt.NDArray[np.int64], fused: bool
) -> npt.NDArray[np.int64]:
    """The kernel's arithmetic in NumPy.

    Parameters
    ----------
    coefficients : ndarray of float32
        Highest power first.
    index : ndarray of int64
    fused : bool
        Multiply and add with one rounding. A double holds the product exactly.
    """
    x = index.astype(np.float32)
    value = np.full(x.shape, coefficients[0], np.float32)
    for coefficient in coefficients[1:]:
        if fused:
            value = (value.astype(np.float64) * x + np.float64(coefficient)).astype(np.float32)
        else:
            value = value * x + coefficient
    square = value * value
    return np.rint(square * square).astype(np.int64)


def fit(
    table: npt.NDArray[np.int32], decay: float, fused: bool, degree: int = DEGREE
) -> Coefficients | None:
    """Coefficients that give every weight of ``table``, or None where none are found.

    Parameters
    ----------
    table : ndarray of int32
        As from `weight_table`.
    decay : float
        The exponential's: entry i is the rounding of ``table[0] * exp(-decay * i)``.
    fused : bool
        See `evaluate`.
    degree : int

    Notes
    -----
    Cost: 5 to 300 ms.
    """
    size = len(table)
    index = np.arange(size)
    root = float(table[0]) ** 0.25 * np.exp(-decay / 4 * index)
    scaled = 2 * index / max(size - 1, 1) - 1
    used = min(degree, size - 1)
    # an error of the root counts with the third power of the root
    fitted = np.polynomial.Chebyshev.fit(scaled, root, used, domain=[-1, 1], w=root**3)
    line = np.polynomial.Polynomial([-1.0, 2 / max(size - 1, 1)])
    exact = fitted.convert(kind=np.polynomial.Polynomial)(line).coef
    start = np.zeros(degree + 1, np.float32)
    start[degree + 1 - len(exact) :] = exact[::-1]
    random = np.random.default_rng(0)
    best, fewest = start, _wrong(start, table, index, fused)
    for _ in range(400):
        if fewest == 0:
            return best
        if fewest > size // 20 + 8:
            return None
        steps = random.integers(-3, 4, best.size) * (random.random(best.size) < 0.5)
        trial = (best.astype(np.float64) + steps * np.spacing(np.abs(best))).astype(np.float32)
        wrong = _wrong(trial, table, index, fused)
        if wrong <= fewest:
            best, fewest = trial, wrong
    return best if fewest == 0 else None


def _wrong(
    coefficients: Coefficients,
    table: npt.NDArray[np.int32],
    index: npt.NDArray[np.int64],
    fused: bool,
) -> int:
    return int(np.count_nonzero(evaluate(coefficients, index, fused) != table))
