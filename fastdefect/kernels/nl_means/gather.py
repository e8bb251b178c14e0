"""Third pass of NL-means: weights times pixels, both halves of the offsets of one dy, into the sums of two rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastdefect.kernels._numba import cgutils, intrinsic, ir, kernel, types
from fastdefect.kernels.simd.llvm import add_dots, add_pairs, at, interleave, load_at
from fastdefect.kernels.simd.specialization import Specialization, lanes_of, pairs_of, words_of
from fastdefect.kernels.simd.vector import load_eight_pairs, load_long, store_rows


@dataclass(frozen=True)
class Gather(Specialization):
    """What the third pass is compiled for.

    Attributes
    ----------
    cpu, lanes : str, int
    small : bool
        No weight is above 16383: two of them fit in a signed lane.
    part_bits : int
        See `Rows`.
    negative : bool
        What the second pass weighs are the weights' opposites, and so are the sums.
    """

    cpu: str
    lanes: int
    small: bool
    part_bits: int = 0
    negative: bool = False

    @property
    def weight_parts(self) -> int:
        return 2 if self.part_bits else 1


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
        done: list[Any] = []
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
                y = interleave(builder, third, fourth, upper)
                others = load_at(builder, at(builder, back_at, offset), vector.llvm)
                factors = [(x, pixels), (y, others)]
                both = [builder.add(x, y)] if chosen.small else [x, y]
                done += _finished(
                    builder,
                    chosen.cpu,
                    add_dots(builder, chosen.cpu, total, factors),
                    add_pairs(builder, chosen.cpu, weights, both),
                )
            even_at, odd_at = at(builder, even_at, ring), at(builder, odd_at, ring)
            here_at, back_at = at(builder, here_at, pixel), at(builder, back_at, pixel)
        order = [done[4 * row + column] for row in range(2) for column in (0, 2, 1, 3)]
        return context.make_tuple(builder, sig.return_type, order)

    whole = types.int64
    result = types.UniTuple(pairs, 8)
    return result(spec, sums, *[whole] * 8), codegen


def _finished(builder: Any, cpu: str, *values: Any) -> list[Any]:
    """The same values, made before anything behind them is loaded.

    LLVM would begin with all loads of both rows, for which 16 registers do not suffice.
    """
    if cpu != "avx2":
        return list(values)
    kind = ir.LiteralStructType([value.type for value in values])
    function = ir.FunctionType(kind, [value.type for value in values])
    pair = builder.asm(function, "", "=x,=x,0,1,~{memory}", values, True)
    return [builder.extract_value(pair, index) for index in range(len(values))]


@kernel
def gather_rows(spec, k, chosen, count, sums, rows, pixels, steps, turns):
    """Add one dy to the sums of two rows.

    Parameters
    ----------
    spec : Gather
    k : int
        Vectors of a row.
    chosen, count : int
        Address and length of the list of the pairs of shifts that weigh anything: bytes from the first pair.
    sums : int
        Address of the rows' sums.
    rows : (int, int, int)
        Addresses of the weights of both rows and of those of the row dy above the first.
    pixels : (int, int)
        Addresses of the pixels in pairs, dy rows below and above, at the column of the first shift and of the one
        mirrored to it.
    steps : (int, int, int)
        Bytes from a row of weights to the next, from a vector of them to the next, from a row of pixels to the next.
    turns : int
        Address of the table of mirrored positions: of each vector, of each shift, bytes from the row's address.
    """
    size = 2 * lanes_of(spec)
    first, second, mirror = rows
    here, back = pixels
    ring_step, vector_step, pixel_step = steps
    shorter = 2 * size // 16  # weights of a pair of shifts against their entries in `turns`
    for _ in range(k):
        values = load_eight_pairs(spec, sums, size)
        for index in range(count):
            pair = load_long(chosen + 8 * index)
            turn = turns + pair // shorter
            values = gather_shifts(
                spec,
                values,
                first + pair,
                second + pair,
                mirror + load_long(turn),
                mirror + load_long(turn + 8),
                ring_step,
                here + 2 * pair,
                back - 2 * pair,
                pixel_step,
            )
        store_rows(sums, size, values)
        sums += 8 * size
        here += 2 * size
        back += 2 * size
        first += vector_step
        second += vector_step
        turns += vector_step // shorter
