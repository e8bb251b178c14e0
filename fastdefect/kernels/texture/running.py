"""Sums of neighbours in a row of 32-bit sums, from window to window.

Compiled, eight windows at a time: sums within a vector in three steps, and all that came before by one addition, which is
the only thing that a vector waits for. One by one a window took 2.1 cycles, and a map of the full model has twelve such
passes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fastdefect.kernels._numba import intrinsic, kernel, overload, types
from fastdefect.kernels.simd.bytes import address_of, minus, place, plus, store
from fastdefect.kernels.simd.llvm import constant, shuffle, splat
from fastdefect.kernels.simd.specialization import vector_type

_LANES = 8


def _sums() -> Any:
    """The type of eight sums."""
    return vector_type(32, _LANES)


def window_sums(line: Any, size: int, sums: Any) -> None:
    """Sums of ``size`` neighbours, those that fit: sums[i] of line[i : i + size]; all int32, and may wrap on the way."""
    total = np.int32(0)
    for x in range(np.uint64(size)):
        total = np.int32(total + line[x])
    sums[0] = total
    entering = line[size:]
    out = sums[1:]
    for x in range(np.uint64(entering.shape[0])):
        total = np.int32(total + np.int32(entering[x] - line[x]))
        out[x] = total


@intrinsic
def _load(typingctx, address):
    """Eight sums."""

    def codegen(context, builder, sig, args):
        return builder.load(place(builder, args[0], _sums().llvm), align=4)

    return _sums()(types.int64), codegen


@intrinsic
def _everywhere(typingctx, value):
    """A sum in every lane."""

    def codegen(context, builder, sig, args):
        return splat(builder, args[0], _LANES)

    return _sums()(types.int32), codegen


@intrinsic
def _last_everywhere(typingctx, sums):
    """The last lane in every lane."""

    def codegen(context, builder, sig, args):
        return shuffle(builder, args[0], args[0], [_LANES - 1] * _LANES)

    return sums(sums), codegen


@intrinsic
def _summed(typingctx, values):
    """Sums of each lane and all before it; shifts stay within the halves that registers shift in."""

    def codegen(context, builder, sig, args):
        found, none = args[0], constant(_sums().llvm, 0)
        half = _LANES // 2
        for step in (1, 2):
            lanes = [
                i - step if i % half >= step else _LANES + i  # the latter is a 0
                for i in range(_LANES)
            ]
            found = builder.add(found, shuffle(builder, found, none, lanes))
        lower = shuffle(builder, found, none, [_LANES] * half + [half - 1] * half)
        return builder.add(found, lower)

    return values(values), codegen


@kernel
def _window_sums(line, size, sums):
    """The same, eight windows at a time."""
    total = np.int32(0)
    for x in range(np.uint64(size)):
        total = np.int32(total + line[x])
    sums[0] = total
    count = line.shape[0] - size
    leaving, out = address_of(line), address_of(sums) + 4
    entering = leaving + 4 * size
    before = _everywhere(total)
    x = 0
    while x + 8 <= count:
        moved = minus(_load(entering + 4 * x), _load(leaving + 4 * x))
        found = _summed(moved)
        store(out + 4 * x, plus(before, found))
        before = plus(before, _last_everywhere(found))
        x += 8
    while x < count:
        sums[x + 1] = np.int32(sums[x] + np.int32(line[x + size] - line[x]))
        x += 1


@overload(window_sums)
def _window_sums_in_vectors(line, size, sums):
    return lambda line, size, sums: _window_sums(line, size, sums)
