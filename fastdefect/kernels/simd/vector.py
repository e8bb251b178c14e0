"""Intrinsics for LLVM vectors as values of Numba kernels.

Vectors come in rows: a tuple of vectors, one per image row of a block. The intrinsics act on every row, so a kernel reads
as if it had single vectors. Elements are integers of 16 or 32 bits; 16-bit lanes come in pairs, and a 32-bit lane holds
what belongs to the pair. The first argument of many, ``spec``, is the specialization: it has the lanes and the rows.
"""

from __future__ import annotations

from typing import Any

from numba.extending import intrinsic

from fastdefect.kernels._numba import cgutils, types
from fastdefect.kernels.simd.llvm import I64, add_saturating, dot_pairs, pointer, shuffle, splat
from fastdefect.kernels.simd.specialization import VectorType, array_vector


def row_wise(result: types.Type, args: tuple[types.Type, ...], emit: Any) -> Any:
    """Intrinsic over rows: ``emit(builder, *values)`` once per row; what is not a tuple serves every row."""

    def codegen(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        count = sig.return_type.count
        columns = [
            cgutils.unpack_tuple(builder, value)
            if isinstance(kind, types.UniTuple)
            else [value] * count
            for kind, value in zip(sig.args, values, strict=True)
        ]
        rows = [emit(builder, *row) for row in zip(*columns, strict=True)]
        return context.make_tuple(builder, sig.return_type, rows)

    return result(*args), codegen


# ---- memory -------------------------------------------------------------------------------------------------------


@intrinsic
def load(typingctx, spec, array, offset):
    """One vector from element ``offset`` on; any element may be the first."""
    vector = array_vector(spec, array)

    def codegen(context, builder, sig, args):
        where = pointer(context, builder, array, args[1], args[2], vector.llvm)
        return builder.load(where, align=vector.bits // 8)

    return vector(spec, array, types.int64), codegen


@intrinsic
def load_rows(typingctx, spec, array, offset):
    """A block of rows that lie behind each other."""
    vector = array_vector(spec, array)

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, array, args[1], args[2], vector.llvm)
        rows = [
            builder.load(builder.gep(first, [I64(row)]), align=vector.bits // 8)
            for row in range(sig.return_type.count)
        ]
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, spec.value.rows)(spec, array, types.int64), codegen


@intrinsic
def load_sums(typingctx, spec, array, offset):
    """A block of rows, or of both parts of the rows where the specialization's sums have two."""
    vector = array_vector(spec, array)
    count = spec.value.rows * spec.value.parts

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, array, args[1], args[2], vector.llvm)
        rows = [
            builder.load(builder.gep(first, [I64(row)]), align=vector.bits // 8)
            for row in range(count)
        ]
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, count)(spec, array, types.int64), codegen


@intrinsic
def load_rows_at(typingctx, spec, array, offset, steps):
    """A block of rows that lie at ``offset + steps[row]``."""
    vector = array_vector(spec, array)

    def codegen(context, builder, sig, args):
        rows = []
        for step in cgutils.unpack_tuple(builder, args[3]):
            where = builder.add(args[2], step)
            where = pointer(context, builder, array, args[1], where, vector.llvm)
            rows.append(builder.load(where, align=vector.bits // 8))
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, spec.value.rows)(spec, array, types.int64, steps), codegen


@intrinsic
def store_rows(typingctx, array, offset, rows):
    """Write a block of rows behind each other."""
    vector = rows.dtype

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, array, args[0], args[1], vector.llvm)
        for row, value in enumerate(cgutils.unpack_tuple(builder, args[2])):
            builder.store(value, builder.gep(first, [I64(row)]), align=vector.bits // 8)
        return context.get_dummy_value()

    return types.void(array, types.int64, rows), codegen


@intrinsic
def store(typingctx, array, offset, value):
    """Write one vector."""

    def codegen(context, builder, sig, args):
        where = pointer(context, builder, array, args[0], args[1], value.llvm)
        builder.store(args[2], where, align=value.bits // 8)
        return context.get_dummy_value()

    return types.void(array, types.int64, value), codegen


@intrinsic
def spread(typingctx, spec, value):
    """One vector, every lane of which holds the integer ``value``."""
    vector = VectorType(value.bitwidth, spec.value.lanes * 16 // value.bitwidth)

    def codegen(context, builder, sig, args):
        return splat(builder, args[1], vector.lanes)

    return vector(spec, value), codegen


@intrinsic
def every_row(typingctx, spec, vector):
    """The same vector in every row of a block."""

    def codegen(context, builder, sig, args):
        return context.make_tuple(builder, sig.return_type, [args[1]] * sig.return_type.count)

    return types.UniTuple(vector, spec.value.rows)(spec, vector), codegen


@intrinsic
def ring_rows_of(typingctx, spec, first, length):
    """Element offsets of a block's rows in a ring of ``length`` rows: ``(first + row) % length * lanes``."""

    def codegen(context, builder, sig, args):
        rows = []
        for row in range(sig.return_type.count):
            place = builder.add(args[1], I64(row))
            over = builder.icmp_signed(">=", place, args[2])
            place = builder.select(over, builder.sub(place, args[2]), place)
            rows.append(builder.mul(place, I64(spec.value.lanes)))
        return context.make_tuple(builder, sig.return_type, rows)

    result = types.UniTuple(types.int64, spec.value.rows)
    return result(spec, types.int64, types.int64), codegen


# ---- arithmetic -----------------------------------------------------------------------------------


@intrinsic
def add(typingctx, a, b):
    """Wrapping sums."""
    return row_wise(a, (a, b), lambda builder, x, y: builder.add(x, y))


@intrinsic
def subtract(typingctx, a, b):
    """Wrapping differences."""
    return row_wise(a, (a, b), lambda builder, x, y: builder.sub(x, y))


@intrinsic
def add_up_to_limit(typingctx, a, b):
    """Unsigned 16-bit sums that stop at 65535."""
    return row_wise(a, (a, b), add_saturating)


@intrinsic
def alternate(typingctx, even, odd):
    """Even lanes of one, odd lanes of the other."""
    vector = even.dtype if isinstance(even, types.UniTuple) else even
    lanes = [lane + (vector.lanes if lane % 2 else 0) for lane in range(vector.lanes)]
    if isinstance(even, types.UniTuple):
        return row_wise(even, (even, odd), lambda builder, x, y: shuffle(builder, x, y, lanes))

    def codegen(context, builder, sig, args):
        return shuffle(builder, args[0], args[1], lanes)

    return even(even, odd), codegen


@intrinsic
def add_dot(typingctx, spec, sums, a, b):
    """32-bit ``sums`` plus the products of both 16-bit lanes of each pair."""
    cpu = spec.value.cpu

    def emit(builder, _, total, x, y):
        return builder.add(total, dot_pairs(builder, cpu, x, y))

    return row_wise(sums, (spec, sums, a, b), emit)
