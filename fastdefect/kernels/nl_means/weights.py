"""Weights of NL-means: OpenCV's table, and its exact split into tables that fit in vector registers.

A patch distance ``ssd`` weighs ``table[ssd >> shift]``. The kernel adds ``bias`` to it, S = ssd + bias, and takes

    weight = (high[S >> 10] * low[l] >> 16) + (correction[l] >> (S >> shift + 6) & 1),    l = S >> shift & 63

which is three shifts, three permutes of 64 entries and four cheap operations for all lanes of a vector. An exponential
is such a product but for the rounding. The search finds 16-bit factors whose product, rounded down, is the weight or
one less, and the correction is the difference. ``high`` and ``low`` share the bits from 10 to ``shift + 5`` of S:
entries of ``low`` that differ there never meet the same entry of ``high``, so the search falls into small independent
groups, which nearly always succeed at once. ``bias`` puts the first distance of weight 0 on a multiple of 1024, so that
``high`` alone makes the zeros, also for a sum that has stopped at 65535.

A weight of more than 15 bits has two parts. The higher one is found in this way, and each bit of the lower one in a table
like the corrections', by one more permute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HIGH_SHIFT = 10
_CUT = 0.001  # OpenCV sets weights below this part of the largest to 0


def half_sizes(template_window: int, search_window: int) -> tuple[int, int]:
    """Half sizes (t, s) that OpenCV makes of the two window sides."""
    return template_window // 2, search_window // 2


def weight_shift(t: int) -> int:
    """Bits that OpenCV drops from a patch distance: the least p with ``2**p >= (2t+1)**2``."""
    return ((2 * t + 1) ** 2 - 1).bit_length()


def weight_table(h: float, t: int, s: int) -> npt.NDArray[np.int32]:
    """OpenCV's weights by ``ssd >> shift``, up to the last that is not 0.

    Parameters
    ----------
    h : float
        Filter strength in grey levels, finite and at least 0. OpenCV squares it in single precision: five entries
        of the table depend on that at h = 33.3.
    t, s : int
        Half sizes of template and search window.

    Returns
    -------
    ndarray of int32
        At least one entry; every index behind the end has weight 0.
    """
    largest = (2**31 - 1) // ((2 * s + 1) ** 2 * 255)
    area, shift = (2 * t + 1) ** 2, weight_shift(t)
    last = (area * 255 * 255) >> shift
    distance = np.arange(last + 1) * (float(1 << shift) / area)
    square = float(np.float32(h) * np.float32(h))
    if square == 0.0:
        return np.array([largest], np.int32)  # OpenCV: exp(-0/0) counts as 1, exp(-x/0) as 0
    weights = np.rint(largest * np.exp(-distance / square)).astype(np.int64)
    weights[weights < _CUT * largest] = 0
    used = np.flatnonzero(weights)
    return weights[: int(used[-1]) + 1 if used.size else 1].astype(np.int32)


@dataclass(frozen=True)
class RegisterTable:
    """The split of a weight table; see the module's text.

    Attributes
    ----------
    entries : ndarray of uint16, shape (3 + bits of the lower part, 64)
        ``high``, ``low`` and ``correction``, then the lower part's bits, the highest first and each row's from the top.
    bias : int
        Added to every patch distance; a multiple of ``(2t+1) << shift``, since each column sum adds its part.
    """

    entries: npt.NDArray[np.uint16]
    bias: int

    def weights(self, sums: npt.NDArray[np.int64], shift: int) -> npt.NDArray[np.int64]:
        """What the kernel computes for biased sums, in NumPy."""
        high, low, correction, *planes = self.entries.astype(np.int64)
        index = (sums >> shift) & 63
        bit = np.minimum(sums >> (shift + 6), 16)
        weights = (high[sums >> HIGH_SHIFT] * low[index] >> 16) + (correction[index] >> bit & 1)
        for plane in planes:
            weights = 2 * weights + (plane[index] << bit >> 15 & 1)
        return weights


def expected(
    table: npt.NDArray[np.int32], distances: npt.NDArray[np.int64], t: int
) -> npt.NDArray[np.int64]:
    """The table's weights for patch distances."""
    padded = np.append(table, 0).astype(np.int64)
    return padded[np.minimum(distances >> weight_shift(t), len(table))]


def verified(split: RegisterTable, table: npt.NDArray[np.int32], t: int) -> bool:
    """Whether the split gives the table's weight for every sum from ``bias`` to 65535."""
    sums = np.arange(split.bias, 1 << 16)
    weights = split.weights(sums, weight_shift(t))
    return bool(np.array_equal(weights, expected(table, sums - split.bias, t)))


def stops_in_time(table: npt.NDArray[np.int32], t: int, bias: int) -> bool:
    """Whether a biased sum that has stopped at 65535 weighs nothing, so that saturating sums are exact."""
    return (len(table) << weight_shift(t)) + bias <= (1 << 16) - 1


def choose_bias(table: npt.NDArray[np.int32], t: int) -> int:
    """The least bias that puts the end of ``table`` on a multiple of 1024, or 0 where that leaves 16 bits."""
    shift = weight_shift(t)
    step, end = (2 * t + 1) << shift, len(table) << shift
    for bias in range(0, 1 << 16, step):
        if (end + bias) % (1 << HIGH_SHIFT) == 0:
            return bias if end + bias < 1 << 16 else 0
    return 0


def split_table(table: npt.NDArray[np.int32], t: int, part_bits: int = 0) -> RegisterTable | None:
    """Search the factors of a weight table, or return None where none are found.

    Parameters
    ----------
    table : ndarray of int32
        As from `weight_table`. Without its lower part no entry may be above 32767: the kernel multiplies signed 16 bits.
    t : int
        Half size of the template window.
    part_bits : int
        Bits of a weight's lower part, or 0.

    Returns
    -------
    RegisterTable or None
        Verified over every sum of 16 bits. Cost: 1 to 100 ms.
    """
    shift = weight_shift(t)
    if shift > HIGH_SHIFT or int(table[0]) >> part_bits > 32767:
        return None
    bias = choose_bias(table, t)
    index = np.arange(1 << (16 - shift))
    distance = (index << shift) - bias
    weights = expected(table, np.maximum(distance, 0), t)
    wanted = np.where(distance < 0, -1, weights >> part_bits)
    size = 1 << (HIGH_SHIFT - shift)  # entries of `low` that meet the same entry of `high`
    entries = np.zeros((3 + part_bits, 64), np.int64)
    lower = np.where(distance < 0, 0, weights & ((1 << part_bits) - 1)).reshape(-1, 64)
    if lower[16:].any():  # only so many rows have bits
        return None
    lower = lower[:16]
    rows = np.arange(len(lower))[:, None]
    for plane in range(part_bits):
        bits = lower >> (part_bits - 1 - plane) & 1
        entries[3 + plane] = (bits << 15 - rows).sum(axis=0)
    groups = max(64 // size, 1)
    for group in range(groups):
        members = np.arange(group, 64, groups)
        rows = wanted.reshape(-1, size)[members]
        here = slice(group * size, (group + 1) * size)
        if size > 64:  # each entry of `high` meets all of `low`, several times over
            return None
        factors = _factors(rows)
        if factors is None:
            return None
        entries[0, members], entries[1, here], entries[2, here] = factors
    split = RegisterTable(entries.astype(np.uint16), bias)
    return split if verified(split, table, t) else None


def _factors(rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], ...] | None:
    """16-bit ``high[m]``, ``low[l]`` with ``high[m] * low[l] >> 16`` equal to ``rows[m, l]`` or one less.

    -1 in ``rows`` says that any value will do; from row 16 on there is no correction bit. Each guess of ``high``
    leaves an interval for every entry of ``low``; random steps from the best guess widen the narrowest.
    """
    high = np.zeros(len(rows), np.int64)
    used = np.flatnonzero((rows > 0).any(axis=1))
    if not used.size:
        zero = np.zeros(rows.shape[1], np.int64)
        return high, zero, zero
    want = rows[used]
    least_product = np.where(used[:, None] < 16, np.maximum(want - 1, 0), want)
    top = want.max(axis=1)
    first = np.where(want > 0, want, 0)[:, -1]
    ratio = np.where(first > 0, first, top) / max(int(first[0]), 1)
    random = np.random.default_rng(0)
    smallest = float(min(max(top.max(), first[0]), 65535))
    best, elite = -np.inf, ratio
    for _ in range(60):
        scale = np.exp(random.uniform(np.log(smallest), np.log(65535), (300, 1)))
        guess = np.rint(scale * ratio)
        if np.isfinite(best):
            step = np.where(
                random.random((200, len(used))) < 0.25, random.integers(-2, 3, (200, len(used))), 0
            )
            guess[:200] = elite + step
        guess = np.clip(guess, 1, 65535)
        least, most = np.zeros((300, rows.shape[1])), np.full((300, rows.shape[1]), 65535.0)
        for column, (row, lower) in enumerate(zip(want, least_product, strict=True)):
            unit = 65536 / guess[:, column, None]
            np.maximum(least, np.where(row < 0, 0, np.ceil(lower * unit)), out=least)
            np.minimum(most, np.where(row < 0, 65535, np.ceil((row + 1) * unit) - 1), out=most)
        score = np.minimum(most - least, 0).sum(axis=1)
        winner = int(score.argmax())
        if score[winner] >= best:
            best, elite = float(score[winner]), guess[winner]
        if score[winner] == 0:
            high[used] = guess[winner].astype(np.int64)
            low = ((least[winner] + most[winner]) // 2).astype(np.int64)
            missing = np.maximum(rows, 0) - (high[:, None] * low >> 16)
            bits = (np.where(rows >= 0, missing, 0)[:16] & 1) << np.arange(min(len(rows), 16))[
                :, None
            ]
            return high, low, bits.sum(axis=0)
    return None
