"""What a blur is compiled for, and its words: sums of columns, running sums within a vector, means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastdefect.kernels._numba import intrinsic, ir, types
from fastdefect.kernels.simd.bytes import Bytes, place
from fastdefect.kernels.simd.llvm import (
    constant,
    multiply_high,
    shuffle,
    splat,
)
from fastdefect.kernels.simd.specialization import constant_field, vector_type

TAPS = 5
"""The widest window whose columns are added one by one; beyond, running sums are subtracted."""


@dataclass(frozen=True)
class Blur(Bytes):
    """A kind of window.

    Attributes
    ----------
    channels : int
        1: a grey image; 3: the value channel of a BGR image.
    bits : int
        16 for windows of up to 256 pixels, whose sums fit; else 32.
    narrow : bool
        At most `TAPS` wide and at most 256 pixels.
    """

    channels: int
    bits: int
    narrow: bool

    @property
    def size(self) -> int:
        """Bytes of a running sum."""
        return self.bits // 8


size_of = constant_field("size")


def _load(builder: Any, address: Any, kind: ir.Type, offset: int = 0) -> Any:
    return builder.load(place(builder, builder.add(address, ir.IntType(64)(offset)), kind), align=1)


@intrinsic
def load_widened(typingctx, spec, address):
    """Half a vector of bytes as 16-bit lanes."""
    lanes = spec.value.width // 2
    vector = vector_type(16, lanes)

    def codegen(context, builder, sig, args):
        half = _load(builder, args[1], ir.VectorType(ir.IntType(8), lanes))
        return builder.zext(half, vector.llvm)

    return vector(spec, types.int64), codegen


@intrinsic
def load_columns(typingctx, spec, address):
    """As many 16-bit sums of columns as there are running sums in a vector, in lanes as wide as these."""
    bits = spec.value.bits
    vector = vector_type(bits, spec.value.width * 8 // bits)

    def codegen(context, builder, sig, args):
        value = _load(builder, args[1], ir.VectorType(ir.IntType(16), vector.lanes))
        return value if bits == 16 else builder.zext(value, vector.llvm)

    return vector(spec, types.int64), codegen


@intrinsic
def running(typingctx, value):
    """Each lane plus all lanes before it; log2(lanes) additions."""

    def codegen(context, builder, sig, args):
        total, zero = args[0], constant(value.llvm, 0)
        half = 1
        while half < value.lanes:
            # upper halves of blocks get the last sum of the lower half
            source = [
                lane // half * half - 1 if lane & half else value.lanes
                for lane in range(value.lanes)
            ]
            total = builder.add(total, shuffle(builder, total, zero, source))
            half *= 2
        return total

    return value(value), codegen


@intrinsic
def last_everywhere(typingctx, value):
    """The last lane in every lane."""

    def codegen(context, builder, sig, args):
        return shuffle(builder, args[0], args[0], [value.lanes - 1] * value.lanes)

    return value(value), codegen


@intrinsic
def no_sums(typingctx, spec):
    """Running sums that are all 0."""
    vector = vector_type(spec.value.bits, spec.value.width * 8 // spec.value.bits)

    def codegen(context, builder, sig, args):
        return constant(vector.llvm, 0)

    return vector(spec), codegen


@intrinsic
def reversed_lanes(typingctx, value):
    """The lanes from the last to the first."""

    def codegen(context, builder, sig, args):
        return shuffle(builder, args[0], args[0], list(reversed(range(value.lanes))))

    return value(value), codegen


def _means(builder: Any, spec: Any, sums: list[Any], divisor: list[Any]) -> Any:
    """Bytes: the means of vectors of sums behind each other."""
    added, factor, shift, scale = divisor
    kind = sums[0].type
    if spec.bits == 16:

        def mean(total: Any) -> Any:
            total = builder.add(
                total, splat(builder, builder.trunc(added, ir.IntType(16)), kind.count)
            )
            factors = splat(builder, builder.trunc(factor, ir.IntType(16)), kind.count)
            high = multiply_high(builder, spec.cpu, total, factors)
            return builder.lshr(
                high, splat(builder, builder.trunc(shift, ir.IntType(16)), kind.count)
            )

    else:
        floats = ir.VectorType(ir.FloatType(), kind.count)

        def mean(total: Any) -> Any:
            product = builder.fmul(builder.sitofp(total, floats), splat(builder, scale, kind.count))
            # rounds half to even, and leaves the mean in the low bits
            rounded = builder.fadd(product, ir.Constant(floats, [float(1 << 23)] * kind.count))
            return builder.and_(builder.bitcast(rounded, kind), constant(kind, 255))

    return _narrow(builder, [mean(total) for total in sums])


def _narrow(builder: Any, vectors: list[Any]) -> Any:
    """Vectors of lanes below 256 behind each other as one of bytes."""
    while len(vectors) > 1:
        count = vectors[0].type.count
        vectors = [
            shuffle(builder, a, b, list(range(2 * count)))
            for a, b in zip(vectors[::2], vectors[1::2], strict=True)
        ]
    kind = ir.VectorType(ir.IntType(8), vectors[0].type.count)
    return builder.trunc(vectors[0], kind)


@intrinsic
def means_between(typingctx, spec, first, last, added, factor, shift, scale):
    """A vector of bytes: the means of windows whose sums are the running sums at ``last`` less those at ``first``."""
    value = spec.value
    vector = vector_type(8, value.width)

    def codegen(context, builder, sig, args):
        kind = ir.VectorType(ir.IntType(value.bits), value.width * 8 // value.bits)
        sums = [
            builder.sub(_load(builder, args[2], kind, at), _load(builder, args[1], kind, at))
            for at in range(0, value.width * value.size, value.width)
        ]
        return _means(builder, value, sums, list(args[3:]))

    numbers = [types.int64, types.int64, types.int64, types.int64, types.int64]
    return vector(spec, *numbers, types.float32), codegen


@intrinsic
def means_of(typingctx, spec, low, high, added, factor, shift):
    """A vector of bytes: the means of windows whose 16-bit sums are ``low`` and, behind them, ``high``."""
    vector = vector_type(8, spec.value.width)

    def codegen(context, builder, sig, args):
        divisor = [*args[3:], None]
        return _means(builder, spec.value, [args[1], args[2]], divisor)

    return vector(spec, low, high, types.int64, types.int64, types.int64), codegen
