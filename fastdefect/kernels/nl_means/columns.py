"""First pass of NL-means: sums of squared differences down the columns of a block of rows.

The layout has bytes: a vector holds two neighbouring rows, in turns, so that two squares and their sum are one
multiply-add of bytes where the grey values span less than 128. Two layouts, of the pairs that begin at even and at odd
rows, let a block begin anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fastdefect.kernels._numba import intrinsic, kernel, types
from fastdefect.kernels.nl_means.weights import weight_shift
from fastdefect.kernels.simd.llvm import (
    add_saturating,
    as_bytes,
    as_words,
    at,
    constant,
    distance,
    dot_bytes,
    has_dot_bytes,
    largest,
    load_at,
    magnitude,
    store_at,
)
from fastdefect.kernels.simd.specialization import (
    Specialization,
    constant_field,
    lanes_of,
    words_of,
)
from fastdefect.kernels.simd.vector import spread

ROWS = 8  # of a block


@dataclass(frozen=True)
class Columns(Specialization):
    """What the first pass is compiled for.

    Attributes
    ----------
    cpu, lanes : str, int
    t : int
        Half size of the template window.
    kind : str
        ``smooth``: grey values whose range alone proves that sums fit. ``narrow``: those that span less than 128. ``wide``:
        all. Both stop at 65535. ``split``: all, as two sums, of the squares shifted right and of the bits shifted out.
    """

    cpu: str
    lanes: int
    t: int
    kind: str

    @classmethod
    def narrowest(cls, cpu: str, lanes: int, t: int) -> Columns:
        """For small ranges: ``wide`` where the processor multiplies no bytes."""
        return cls(cpu, lanes, t, "narrow" if has_dot_bytes(cpu, lanes) else "wide")

    @classmethod
    def smoothest(cls, cpu: str, lanes: int, t: int) -> Columns:
        """For the smallest ranges. Only AVX-512 adds saturating lanes at half the pace of others: 60 -> 52 operations."""
        found = cls.narrowest(cpu, lanes, t)
        return (
            replace(found, kind="smooth") if cpu == "avx512" and found.kind == "narrow" else found
        )

    @property
    def smooth(self) -> bool:
        return self.kind == "smooth"


smooth_of = constant_field("smooth")


@intrinsic
def column_sums(typingctx, spec, a, b, pair_step, out, row_step, part_step, most):
    """Store the sums over the 2t+1 rows of each patch for every row of a block; return the lanes' maximum, unless smooth.

    The t + 4 pairs of rows at ``a`` and ``b`` lie ``pair_step`` bytes apart. A window from an even row on is t pairs and
    the upper row of one more, from an odd row on it begins with the lower row of one; the t pairs are summed from the
    last to the first, then from the first on, so that neighbouring windows share their sums and nothing is subtracted.
    """
    vector, chosen = words_of(spec), spec.value
    t, count = chosen.t, ROWS // 2 + chosen.t

    def codegen(context, builder, sig, args):
        _, here, there, step, out_at, row, part, most_value = args

        def total(xs: list[Any], ys: list[Any]) -> list[Any]:
            together = builder.add if chosen.kind in ("smooth", "split") else None
            return [
                together(x, y) if together else add_saturating(builder, x, y)
                for x, y in zip(xs, ys, strict=True)
            ]

        both, upper, lower = [], [], []
        for pair in range(count):
            x = as_bytes(builder, load_at(builder, here, vector.llvm))
            y = as_bytes(builder, load_at(builder, there, vector.llvm))
            here, there = at(builder, here, step), at(builder, there, step)
            p, e, o = _squares(builder, chosen, x, y, pair >= t, pair < ROWS // 2)
            both.append(p or total(e, o))
            upper.append(e)
            lower.append(o)
        windows = _windows(both, t, ROWS // 2 + 1, total)
        for index in range(ROWS):
            half = index // 2
            odd = index % 2 == 1
            pair = (lower[half], windows[half + 1]) if odd else (windows[half], upper[half + t])
            sums = total(*pair)
            place = out_at
            for value in sums:
                store_at(builder, value, place)
                place = at(builder, place, part)
            if not chosen.smooth:
                most_value = largest(builder, most_value, sums[0])
            out_at = at(builder, out_at, row)
        return most_value

    whole = types.int64
    return vector(spec, whole, whole, whole, whole, whole, whole, vector), codegen


def _squares(
    builder: Any, spec: Columns, x: Any, y: Any, upper: bool, lower: bool
) -> tuple[Any, Any, Any]:
    """Squared differences of a pair of rows: of both, of the upper and of the lower one, each a list of parts.

    Not all are made everywhere: the sum of both is None where the parts have to be added.
    """
    if spec.kind in ("smooth", "narrow"):
        difference = magnitude(builder, builder.sub(x, y))
        words = as_words(builder, difference)
        both = dot_bytes(builder, spec.cpu, difference, difference)
        e: Any = None
        o: Any = None
        if upper:
            masked = as_bytes(builder, builder.and_(words, constant(words.type, 0x00FF)))
            e = [dot_bytes(builder, spec.cpu, difference, masked)]
        if lower and upper:
            o = [builder.sub(both, e[0])]
        elif lower:
            masked = as_bytes(builder, builder.and_(words, constant(words.type, 0xFF00)))
            o = [dot_bytes(builder, spec.cpu, difference, masked)]
        return [both], e, o
    words = as_words(builder, distance(builder, x, y))
    first = builder.and_(words, constant(words.type, 0x00FF))
    second = builder.lshr(words, constant(words.type, 8))
    squares = [builder.mul(value, value) for value in (first, second)]
    if spec.kind == "wide":
        return None, [squares[0]], [squares[1]]
    shift = weight_shift(spec.t)
    parts = [
        [
            builder.lshr(value, constant(words.type, shift)),
            builder.and_(value, constant(words.type, (1 << shift) - 1)),
        ]
        for value in squares
    ]
    return None, parts[0], parts[1]


def _windows(items: list[Any], size: int, count: int, total: Any) -> list[Any]:
    """Sums of ``size`` neighbours from each of the first ``count`` on."""
    windows: list[Any] = []
    for start in range(0, count, size):
        tails = {start + size - 1: items[start + size - 1]}
        for index in reversed(range(start, start + size - 1)):
            tails[index] = total(items[index], tails[index + 1])
        windows.append(tails[start])
        head = None
        for index in range(start + size, min(start + 2 * size - 1, count + size - 1)):
            head = items[index] if head is None else total(head, items[index])
            windows.append(total(tails[index - size + 1], head))
    return windows[:count]


@kernel
def sum_columns(spec, k, a, b, pair_step, out, row_step, part_step):
    """Column sums of a block of rows against one shift; returns the largest of each lane.

    Parameters
    ----------
    spec : Columns
    k : int
        Vectors.
    a, b : int
        Addresses of the block's first pair of rows, in place and shifted.
    pair_step, row_step, part_step : int
        Bytes between pairs of rows of the layout, between rows of the sums, and between the two parts of split sums.
    out : int
        Address of the sums.
    """
    size = 2 * lanes_of(spec)
    most = spread(spec, np.int16(0))
    for _ in range(k):
        most = column_sums(spec, a, b, pair_step, out, row_step, part_step, most)
        a += size
        b += size
        out += size
    return most
