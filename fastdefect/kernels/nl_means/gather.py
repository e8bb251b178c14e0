"""Third pass of NL-means: weights times pixels, both halves of the offsets of one dy, into the sums of two rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numba.extending import intrinsic

from fastdefect.kernels._numba import cgutils, kernel, types
from fastdefect.kernels.simd.llvm import at, dot_pairs, interleave, load_at
from fastdefect.kernels.simd.specialization import Specialization, lanes_of, pairs_of, words_of
from fastdefect.kernels.simd.vector import all_ones, load_eight_pairs, load_long, store_rows


@dataclass(frozen=True)
class Gather(Specialization):
    """What the third pass is compiled for.

    Attributes
    ----------
    cpu, lanes : str, int
    small : bool
        No weight is above 16383: two of them fit in a signed lane.
    """

    cpu: str
    lanes: int
    small: bool
    weight_parts: int = 1


@intrinsic
def gather_shifts(typingctx, spec, sums, own, other, even, odd, ring_step, here, back, pixel_step):
    """The sums of two rows with a pair of shifts, dx and dx + 1.

    Row by row, each as four vectors: products of the lower and upper lanes, weights of the same.
    ``own`` and ``other`` are the addresses of the rows' own weights, those of dx + 1 behind those of dx. ``even`` and
    ``odd`` are those of the weights at the mirrored positions, the second row's ``ring_step`` further. ``here`` and
    ``back`` are those of the pixels in pairs; a second row's are ``pixel_step`` further.
    """
    vector, pairs, chosen = words_of(spec), pairs_of(spec), spec.value
    size = 2 * chosen.lanes

    def codegen(context, builder, sig, args):
        _, values, *owns, even_at, odd_at, ring, here_at, back_at, pixel = args
        values = cgutils.unpack_tuple(builder, values)
        ones = all_ones(vector.llvm)
        done: list[Any] = []

        def dot(a: Any, b: Any) -> Any:
            return dot_pairs(builder, chosen.cpu, a, b)

        for row in range(2):
            first = load_at(builder, owns[row], vector.llvm)
            second = load_at(builder, at(builder, owns[row], size), vector.llvm)
            third = load_at(builder, odd_at, vector.llvm)
            fourth = load_at(builder, even_at, vector.llvm)
            for upper in (False, True):
                total, weights = values[4 * row + upper], values[4 * row + 2 + upper]
                offset = size * upper
                x = interleave(builder, first, second, upper)
                pixels = load_at(builder, at(builder, here_at, offset), vector.llvm)
                total = builder.add(total, dot(x, pixels))
                y = interleave(builder, third, fourth, upper)
                pixels = load_at(builder, at(builder, back_at, offset), vector.llvm)
                total = builder.add(total, dot(y, pixels))
                if chosen.small:
                    weights = builder.add(weights, dot(builder.add(x, y), ones))
                else:
                    weights = builder.add(weights, dot(x, ones))
                    weights = builder.add(weights, dot(y, ones))
                done += [total, weights]
            even_at, odd_at = at(builder, even_at, ring), at(builder, odd_at, ring)
            here_at, back_at = at(builder, here_at, pixel), at(builder, back_at, pixel)
        order = [done[4 * row + column] for row in range(2) for column in (0, 2, 1, 3)]
        return context.make_tuple(builder, sig.return_type, order)

    whole = types.int64
    result = types.UniTuple(pairs, 8)
    return result(spec, sums, *[whole] * 8), codegen


@kernel
def gather_rows(spec, k, pairs, sums, own, mirror, ring_step, here, back, pixel_step, turns):
    """Add one dy to the sums of two rows.

    Parameters
    ----------
    spec : Gather
    k, pairs : int
        Vectors of a row, pairs of shifts.
    sums : int
        Address of the rows' sums.
    own : (int, int)
        Addresses of the weights of both rows.
    mirror : int
        Address of the weights of the row dy above the first.
    ring_step : int
        Bytes from a row of weights to the next.
    here, back : int
        Addresses of the pixels in pairs, dy rows below and above, at the column of the first shift and of the one
        mirrored to it.
    pixel_step : int
        Bytes from a row of them to the next.
    turns : int
        Address of the table of mirrored positions: of each vector, of each shift, bytes from the row's address.
    """
    size = 2 * lanes_of(spec)
    first, second = own
    for _ in range(k):
        values = load_eight_pairs(spec, sums, size)
        there = here
        mirrored = back
        for _ in range(pairs):
            even = mirror + load_long(turns)
            odd = mirror + load_long(turns + 8)
            values = gather_shifts(
                spec, values, first, second, even, odd, ring_step, there, mirrored, pixel_step
            )
            turns += 16
            first += 2 * size
            second += 2 * size
            there += 4 * size
            mirrored -= 4 * size
        store_rows(sums, size, values)
        sums += 8 * size
        here += 2 * size
        back += 2 * size
