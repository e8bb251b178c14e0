"""Intrinsics for LLVM vectors as values of Numba kernels, and for memory by its address.

Vectors come in rows: a tuple of vectors of one type. Elements are integers of 16 or 32 bits. The first argument of many,
``spec``, is the specialization: it has the lanes. Addresses and distances are in bytes: an array as an argument of a
kernel is ten numbers, an address is one.
"""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import cgutils, intrinsic, ir, types
from fastdefect.kernels.simd.llvm import at, load_at, splat, store_at
from fastdefect.kernels.simd.specialization import pairs_of, vector_type, words_of


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


def loader(kind: Any, count: int) -> Any:
    """Intrinsic ``(spec, address, distance)``: ``count`` vectors, each ``distance`` bytes behind the one before."""

    def load_rows(typingctx, spec, address, distance):
        vector = kind(spec)

        def codegen(context, builder, sig, args):
            place, values = args[1], []
            for _ in range(count):
                values.append(load_at(builder, place, vector.llvm, vector.bits // 8))
                place = at(builder, place, args[2])
            return context.make_tuple(builder, sig.return_type, values)

        return types.UniTuple(vector, count)(spec, types.int64, types.int64), codegen

    return intrinsic(load_rows)


load_two_words = loader(words_of, 2)
load_eight_pairs = loader(pairs_of, 8)
load_two_pairs = loader(pairs_of, 2)


@intrinsic
def store_rows(typingctx, address, distance, rows):
    """Write vectors, each ``distance`` bytes behind the one before."""

    def codegen(context, builder, sig, args):
        place = args[0]
        for value in cgutils.unpack_tuple(builder, args[2]):
            store_at(builder, value, place, rows.dtype.bits // 8)
            place = at(builder, place, args[1])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, rows), codegen


@intrinsic
def address(typingctx, array):
    """Where the first element of an array lies."""

    def codegen(context, builder, sig, args):
        data = context.make_array(array)(context, builder, args[0]).data
        return builder.ptrtoint(data, ir.IntType(64))

    return types.int64(array), codegen


@intrinsic
def load_long(typingctx, place):
    """The 64-bit integer at an address."""

    def codegen(context, builder, sig, args):
        return load_at(builder, args[0], ir.IntType(64), 8)

    return types.int64(types.int64), codegen


@intrinsic
def load_pair(typingctx, place):
    """The 32-bit integer at an address."""

    def codegen(context, builder, sig, args):
        return load_at(builder, args[0], ir.IntType(32), 4)

    return types.int32(types.int64), codegen


@intrinsic
def load_byte(typingctx, place):
    """The byte at an address."""

    def codegen(context, builder, sig, args):
        return load_at(builder, args[0], ir.IntType(8), 1)

    return types.uint8(types.int64), codegen


@intrinsic
def store_one(typingctx, value, place):
    """Write one integer, of its own width, to an address."""

    def codegen(context, builder, sig, args):
        store_at(builder, args[0], args[1], value.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(value, types.int64), codegen


@intrinsic
def spread(typingctx, spec, value):
    """One vector, every lane of which holds the integer ``value``."""
    vector = vector_type(value.bitwidth, spec.value.lanes * 16 // value.bitwidth)

    def codegen(context, builder, sig, args):
        return splat(builder, args[1], vector.lanes)

    return vector(spec, value), codegen


@intrinsic
def two(typingctx, vector):
    """The same vector in two rows."""

    def codegen(context, builder, sig, args):
        return context.make_tuple(builder, sig.return_type, [args[0]] * 2)

    return types.UniTuple(vector, 2)(vector), codegen


@intrinsic
def add(typingctx, a, b):
    """Wrapping sums."""
    return row_wise(a, (a, b), lambda builder, x, y: builder.add(x, y))


@intrinsic
def subtract(typingctx, a, b):
    """Wrapping differences."""
    return row_wise(a, (a, b), lambda builder, x, y: builder.sub(x, y))


@intrinsic
def any_above(typingctx, spec, vector, limit):
    """Whether any 16-bit lane is above ``limit``, without sign."""

    def codegen(context, builder, sig, args):
        count = vector.lanes
        above = builder.icmp_unsigned(">", args[1], splat(builder, args[2], count))
        return any_lane(builder, above)

    return types.boolean(spec, vector, types.uint16), codegen


def any_lane(builder: Any, lanes: Any) -> Any:
    """LLVM value: whether any lane of a comparison is true."""
    bits = builder.bitcast(lanes, ir.IntType(lanes.type.count))
    return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))


def all_lanes(builder: Any, lanes: Any) -> Any:
    """LLVM value: whether all lanes of a comparison are true."""
    bits = builder.bitcast(lanes, ir.IntType(lanes.type.count))
    return builder.icmp_unsigned("==", bits, ir.Constant(bits.type, -1))
