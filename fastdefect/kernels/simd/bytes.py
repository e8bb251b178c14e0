"""Words for vectors of bytes at integer addresses.

An image is an address and the distance of its rows. Arrays as arguments of helpers cost ten fields each and two atomic
counts; the same erosion with addresses took 22 us where it took 39. Only neutral LLVM: every processor gets its own
instructions, and the vector's width is part of the specialization. Unaligned addresses are welcome.

Bytes that become numbers keep their order: vectors of 16 bits have the lanes of half a vector of bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastdefect.kernels._numba import cgutils, intrinsic, ir, types
from fastdefect.kernels.simd.llvm import call, shuffle, splat
from fastdefect.kernels.simd.specialization import Specialization, constant_field, vector_type

WIDTHS = {"avx512": 64, "avx2": 32, "neon": 16, "portable": 16}
"""Bytes of a vector by processor path."""


@dataclass(frozen=True)
class Bytes(Specialization):
    """What kernels of byte vectors are compiled for.

    Attributes
    ----------
    cpu : str
        Processor path.
    width : int
        Bytes of a vector: 16, 32 or 64. LLVM splits what the processor has not.
    """

    cpu: str
    width: int


width_of = constant_field("width")


@intrinsic
def address_of(typingctx, array):
    """Address of an array's first element."""

    def codegen(context, builder, sig, args):
        data = context.make_array(array)(context, builder, args[0]).data
        return builder.ptrtoint(data, ir.IntType(64))

    return types.int64(array), codegen


def place(builder: Any, address: Any, kind: ir.Type) -> Any:
    """LLVM value: pointer to a value of ``kind`` at an address."""
    return builder.inttoptr(address, kind.as_pointer())


def loader(bits: int, parts: int, meaning: str) -> Any:
    """The intrinsic ``load(spec, address)`` of elements of ``bits`` bits that fill a vector's ``parts``-th part."""

    def load(typingctx, spec, address):
        vector = vector_type(bits, spec.value.width * 8 // bits // parts)

        def codegen(context, builder, sig, args):
            return builder.load(place(builder, args[1], vector.llvm), align=1)

        return vector(spec, types.int64), codegen

    load.__doc__ = meaning
    return intrinsic(load)


load_bytes = loader(8, 1, "A vector of bytes.")
load_half = loader(8, 2, "Half a vector of bytes: as many as a vector has 16-bit lanes.")
load_words = loader(16, 1, "A vector of 16-bit lanes.")


@intrinsic
def store(typingctx, address, value):
    """Write one vector of any kind."""

    def codegen(context, builder, sig, args):
        builder.store(args[1], place(builder, args[0], value.llvm), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, value), codegen


@intrinsic
def prefetch(typingctx, address):
    """Ask for the line of memory at an address, which need not exist."""

    def codegen(context, builder, sig, args):
        where = place(builder, args[0], ir.IntType(8))
        for_reading, keep, data = ir.IntType(32)(0), ir.IntType(32)(3), ir.IntType(32)(1)
        kind = ir.FunctionType(
            ir.VoidType(), [where.type, ir.IntType(32), ir.IntType(32), ir.IntType(32)]
        )
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [where, for_reading, keep, data])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


def element(bits: int) -> tuple[Any, Any]:
    """The intrinsics that read one unsigned integer at an address, as int64, and write one."""

    def get(typingctx, address):
        def codegen(context, builder, sig, args):
            value = builder.load(place(builder, args[0], ir.IntType(bits)), align=1)
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return types.int64(types.int64), codegen

    def put(typingctx, address, value):
        def codegen(context, builder, sig, args):
            kind = ir.IntType(bits)
            value = args[1] if bits == 64 else builder.trunc(args[1], kind)
            builder.store(value, place(builder, args[0], kind), align=1)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(get), intrinsic(put)


get_byte, put_byte = element(8)
get_word, put_word = element(16)
get_long, _put_long = element(64)


@intrinsic
def increment(typingctx, address):
    """Add 1 to the 32-bit integer at an address."""

    def codegen(context, builder, sig, args):
        kind = ir.IntType(32)
        where = place(builder, args[0], kind)
        builder.store(builder.add(builder.load(where), kind(1)), where)
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic
def spread_byte(typingctx, spec, value):
    """A vector of bytes that all hold the low byte of ``value``."""
    vector = vector_type(8, spec.value.width)

    def codegen(context, builder, sig, args):
        return splat(builder, builder.trunc(args[1], ir.IntType(8)), vector.lanes)

    return vector(spec, types.int64), codegen


def lane_wise(name: str) -> Any:
    """The intrinsic of two vectors that LLVM calls ``llvm.<name>``."""

    def word(typingctx, a, b):
        def codegen(context, builder, sig, args):
            return call(builder, f"llvm.{name}.v{a.lanes}i{a.bits}", a.llvm, list(args))

        return a(a, b), codegen

    word.__doc__ = f"Lanes of ``llvm.{name}``."
    return intrinsic(word)


def behind(bytes_on: int) -> Any:
    """The intrinsic of two neighbouring vectors that gives the bytes ``bytes_on`` further than the first."""

    def word(typingctx, first, second):
        def codegen(context, builder, sig, args):
            lanes = list(range(bytes_on, bytes_on + first.lanes))
            return shuffle(builder, args[0], args[1], lanes)

        return first(first, second), codegen

    word.__doc__ = f"The vector {bytes_on} bytes behind the first of two neighbours."
    return intrinsic(word)


behind_2 = behind(2)
behind_8 = behind(8)


def arithmetic(name: str, meaning: str) -> Any:
    """The intrinsic of two vectors that is one instruction of LLVM."""

    def word(typingctx, a, b):
        def codegen(context, builder, sig, args):
            return getattr(builder, name)(*args)

        return a(a, b), codegen

    word.__doc__ = meaning
    return intrinsic(word)


plus = arithmetic("add", "Wrapping sums.")
minus = arithmetic("sub", "Wrapping differences.")
larger = lane_wise("umax")
smaller = lane_wise("umin")


@intrinsic
def above(typingctx, a, b):
    """255 in bytes where ``a > b``, else 0."""

    def codegen(context, builder, sig, args):
        return builder.sext(builder.icmp_unsigned(">", *args), a.llvm)

    return a(a, b), codegen


def count_lanes(builder: Any, lanes: Any, skip: Any) -> Any:
    """LLVM value: how many lanes of a comparison from lane ``skip`` on are true."""
    mask = builder.bitcast(lanes, ir.IntType(lanes.type.count))
    mask = mask if lanes.type.count == 64 else builder.zext(mask, ir.IntType(64))
    return call(builder, "llvm.ctpop.i64", ir.IntType(64), [builder.lshr(mask, skip)])
