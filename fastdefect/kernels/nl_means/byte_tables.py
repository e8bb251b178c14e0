"""Weights of NL-means from tables of bytes, for processors that permute bytes but not words.

A weight is looked up by the index of a patch distance, i = ssd >> shift, moved by ``bias`` so that the last weight that
is not 0 ends a row::

    row, column = divmod(i + bias, columns)
    weight = round((high[row] * low[column] >> 16) * scale[row] / 128)

An exponential is such a product but for the rounding. A weight takes up part of the 15 bits of the product; the
``scale`` of each row, 1 ... 128, gives it as many of them as there are, so that small weights are as exact as large
ones, and rounds. There are many pairs of ``high`` and ``scale`` of nearly the same product: with the right ``low``, found
by steps at random, each row has a pair with which all its weights come out. No correction is left to add.

``high`` and ``low`` are 16 bits, two bytes each, and ``scale`` is one: sixteen rows are three tables of 16 bytes. More rows
are more sections of three; their entries are stored such that the exclusive or of the sections up to a row's own is the
entry, for a permute of bytes on x86 sees the lower 4 bits of an index only, and gives 0 for a negative one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.nl_means.weights import weight_shift

SECTION = 16  # rows that one permute serves
_MOST_SECTIONS = 4
_SCALES = 54  # of those that a row may take, the finest so many are tried
_TRIALS = 20000
_ROUND = 2000  # trials from one fresh beginning; where more than a quarter of the rows fails then, all would
_PRODUCT = 32767  # the factors of a rounded product are signed


@dataclass(frozen=True)
class ByteTable:
    """The tables of one parameter set.

    Attributes
    ----------
    low : ndarray of int64, length ``1 << low_bits``
    high, scale : ndarray of int64, length ``16 * sections``
    low_bits : int
    bias : int
        Added to each index.
    last : int
        The last row that has a weight other than 0, in the tables or beyond them.
    complete : bool
        Every index that a sum of 16 bits can have is in the tables, or beyond the last weight.
    """

    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    scale: npt.NDArray[np.int64]
    low_bits: int
    bias: int
    last: int
    complete: bool

    @property
    def sections(self) -> int:
        return len(self.high) // SECTION

    def planes(self, chained: bool) -> npt.NDArray[np.uint8]:
        """The tables, 16 bytes a row: both bytes of ``low``, then those of ``high`` and ``scale`` of each section.

        ``chained`` says that a lookup beyond 16 repeats the table, so that sections are differences.
        """
        low = np.zeros((2, SECTION), np.uint8)
        low[:, : len(self.low)] = self.low & 255, self.low >> 8
        # the scale is the upper byte of a negative factor: 128 has no positive one
        rows = np.stack([self.high & 255, self.high >> 8, -self.scale & 255]).astype(np.uint8)
        sections = rows.reshape(3, -1, SECTION).transpose(1, 0, 2).copy()
        if chained:
            sections[1:] ^= sections[:-1].copy()
        return np.concatenate([low, sections.reshape(-1, SECTION)])


def byte_table(table: npt.NDArray[np.int32], t: int) -> ByteTable | None:
    """Search the tables of a parameter set, the cheapest kind first.

    Parameters
    ----------
    table : ndarray of int32
        As from `weight_table`; no entry above 32767.
    t : int
        Half size of the template window.

    Returns
    -------
    ByteTable or None
        None where no kind was found. The planner proves it with the kernel itself. Cost: 1 to 500 ms.
    """
    reach = 1 << (16 - weight_shift(t))  # indices of sums of 16 bits
    kinds = []
    for low_bits in (4, 3, 2, 1, 0):
        columns = 1 << low_bits
        bias = -len(table) % columns
        rows = -(-min(len(table) + bias, reach) // columns)
        sections = -(-(rows + (len(table) + bias < reach)) // SECTION)
        if sections <= _MOST_SECTIONS:
            kinds.append((low_bits, bias, rows, sections))
    fewer = [low_bits for low_bits in (4, 3, 2) if low_bits not in [kind[0] for kind in kinds]]
    if not kinds or kinds[-1][0] > 2:
        kinds += [(low_bits, 0, _MOST_SECTIONS * SECTION, _MOST_SECTIONS) for low_bits in fewer]
    for low_bits, bias, rows, sections in kinds:
        wanted = np.full(rows << low_bits, -1, np.int64)
        wanted[bias:] = 0
        known = min(len(table), wanted.size - bias)
        wanted[bias : bias + known] = table[:known]
        found = _factors(wanted.reshape(rows, -1))
        if found is not None:
            low, high, scale = found
            padding = np.zeros(sections * SECTION - rows, np.int64)
            return ByteTable(
                low,
                np.append(high, padding),
                np.append(scale, padding),
                low_bits,
                bias,
                (len(table) + bias - 1) >> low_bits,
                min(len(table) + bias, reach) <= rows << low_bits,
            )
    return None


def _factors(wanted: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], ...] | None:
    """``low``, ``high`` and ``scale`` that give all of ``wanted``, (rows, columns); -1 there says that any value will do."""
    rows, columns = wanted.shape
    top = np.maximum(wanted.max(axis=1), 1)
    scales = np.minimum(-(-128 * top[:, None] // _PRODUCT) + np.arange(_SCALES), 128)
    weight = wanted[:, None, :]
    # products that round to the weight: halves are rounded away from it, as the factor is negative
    least = np.where(weight <= 0, 0, -((63 - 128 * weight) // scales[:, :, None]))
    most = -((63 - 128 * (weight + 1)) // scales[:, :, None]) - 1
    most = np.where(weight < 0, _PRODUCT, np.minimum(most, _PRODUCT))
    positive = np.flatnonzero(wanted.ravel() > 0)
    span = positive[-1] - positive[0]
    middle = positive[0] + span // 2  # the last weights have few bits
    decay = np.log(wanted.flat[positive[0]] / wanted.flat[middle]) / max(span // 2, 1)
    low, high = np.zeros(columns, np.int64), np.zeros(rows, np.int64)
    chosen = np.zeros(rows, np.int64)
    work = np.zeros((3, columns))
    order = np.arange(rows)
    found = _search(
        least.astype(np.float64), most.astype(np.float64), decay, work, order, low, high, chosen
    )
    return (low, high, scales[np.arange(rows), chosen]) if found else None


@kernel
def _search(least, most, decay, work, order, low, high, chosen):
    """Find ``low`` such that every row has a factor and a scale; writes all three and returns whether it did.

    Parameters
    ----------
    least, most : ndarray of float64, shape (rows, scales, columns)
        The products that round to the weights.
    decay : float
        The exponential's.
    work : ndarray of float64, shape (3, columns)
        Scratch: the best, the latest, and 65536 over the latest.
    order : ndarray of int64, length rows
        Scratch: 0, 1 and so on. Rows that failed are looked at first.
    low, high, chosen : ndarray of int64
        Written; of each row the number of its scale.
    """
    rows, scales, columns = least.shape
    state = np.uint64(88172645463325252)
    fewest = rows + 1
    for number in range(_TRIALS):
        if number % _ROUND == 0:
            if number and fewest > 1 + rows // 4:
                return False
            fewest = rows + 1
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        size = 33000.0 + 32535.0 * (np.float64(state >> np.uint64(11)) / 2.0**53)
        for column in range(columns):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            dice = np.int64((state >> np.uint64(20)) & np.uint64(0xFFFFFF))
            if number % _ROUND < 200:
                value = size * math.exp(-decay * column) + dice % 1000 / 1000.0
            else:
                value = work[0, column] + 0.5
                if dice % 5 == 0:
                    value += dice // 5 % 7 - 3
            value = math.floor(min(max(value, 1.0), 65535.0))
            work[1, column] = value
            work[2, column] = 65536.0 / value
        failed = 0
        for place in range(rows):
            row = order[place]
            serves = False
            for scale in range(scales):
                first = 1.0
                last = 65535.0
                for column in range(columns):
                    inverse = work[2, column]
                    first = max(first, math.ceil(least[row, scale, column] * inverse))
                    last = min(last, math.ceil((most[row, scale, column] + 1.0) * inverse) - 1.0)
                    if first > last:
                        break
                if first <= last:
                    high[row] = np.int64((first + last) / 2.0)
                    chosen[row] = scale
                    serves = True
                    break
            if not serves:
                order[place] = order[failed]
                order[failed] = row
                failed += 1
                if failed > fewest:
                    break
        if failed <= fewest:
            fewest = failed
            for column in range(columns):
                work[0, column] = work[1, column]
                low[column] = np.int64(work[1, column])
        if failed == 0:
            return True
    return False
