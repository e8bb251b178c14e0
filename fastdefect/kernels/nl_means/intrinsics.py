"""The intrinsics of NL-means beside those of `simd.vector`: column sums, patch sums, weights."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.extending import intrinsic

from fastdefect.kernels._numba import cgutils, types
from fastdefect.kernels.nl_means.polynomial import DEGREE
from fastdefect.kernels.nl_means.weights import HIGH_SHIFT, weight_shift
from fastdefect.kernels.simd.llvm import (
    I32,
    I64,
    add_saturating,
    constant,
    multiply_add,
    multiply_high,
    permute,
    pointer,
    shift_each,
)
from fastdefect.kernels.simd.specialization import array_vector, constant_field
from fastdefect.kernels.simd.vector import row_wise

template_of = constant_field("t")
parts_of = constant_field("parts")
saturating_of = constant_field("saturating")
slots_of = constant_field("slots")

TABLE_VECTORS = {"registers": 7, "polynomial": DEGREE + 2}


@intrinsic
def column_sums(typingctx, spec, a, a_offset, b, b_offset, bias):
    """Sums of squared differences over the 2t+1 rows of each patch, for every row of the block.

    The rows of ``a`` and ``b`` lie behind each other from the offsets on. The first 2t+1 rows are summed from the
    last to the first, the others from the first on; every window is one sum of each kind: 18 additions for the
    eight windows of seven rows, where a running sum takes 20 and cannot saturate. The bias goes into row 2t,
    which is in all windows but the last.

    Split sums have two parts, the second behind the first: of the squares shifted right, and of the bits shifted out.
    """
    vector, description = array_vector(spec, a), spec.value
    rows, size, shift = description.rows, 2 * description.t + 1, weight_shift(description.t)

    def add(builder: Any, x: Any, y: Any) -> Any:
        return add_saturating(builder, x, y) if description.saturating else builder.add(x, y)

    def codegen(context, builder, sig, args):
        first_a = pointer(context, builder, a, args[1], args[2], vector.llvm)
        first_b = pointer(context, builder, b, args[3], args[4], vector.llvm)

        def square(row: int) -> list[Any]:
            x = builder.load(builder.gep(first_a, [I64(row)]), align=4)
            y = builder.load(builder.gep(first_b, [I64(row)]), align=4)
            difference = builder.sub(x, y)
            value = builder.mul(difference, difference)
            if description.parts == 1:
                return [value]
            dropped = builder.and_(value, constant(vector.llvm, (1 << shift) - 1))
            return [builder.lshr(value, constant(vector.llvm, shift)), dropped]

        def total(xs: list[Any], ys: list[Any]) -> list[Any]:
            return [add(builder, x, y) for x, y in zip(xs, ys, strict=True)]

        def biased(value: list[Any]) -> list[Any]:
            return total(value, [args[5]]) if description.parts == 1 else value

        windows: list[list[Any]] = []
        for start in range(0, rows, size):
            tails = {start + size - 1: biased(square(start + size - 1))}
            for row in reversed(range(start, start + size - 1)):
                tails[row] = total(tails[row + 1], square(row))
            windows.append(tails[start])
            head: list[Any] = []
            for row in range(start + size, min(start + 2 * size - 1, rows + size - 1)):
                head = total(head, square(row)) if head else square(row)
                windows.append(total(tails[row - size + 1], head))
            if len(windows) == rows - 1 and head:
                windows.append(biased(total(head, square(rows + size - 2))))
                break
        values = [window[part] for part in range(description.parts) for window in windows[:rows]]
        return context.make_tuple(builder, sig.return_type, values)

    result = types.UniTuple(vector, rows * description.parts)
    return result(spec, a, types.int64, b, types.int64, bias), codegen


@intrinsic
def load_tables(typingctx, spec, tables):
    """The vectors from which `weigh_sums` makes weights."""
    vector, count = array_vector(spec, tables), TABLE_VECTORS[spec.value.weights]

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, tables, args[1], I64(0), vector.llvm)
        values = [builder.load(builder.gep(first, [I64(row)]), align=2) for row in range(count)]
        return context.make_tuple(builder, sig.return_type, values)

    return types.UniTuple(vector, count)(spec, tables), codegen


@intrinsic
def any_weight(typingctx, spec, sums, tables):
    """Whether any lane of the block weighs more than 0; True where finding out costs as much as weighing."""
    description = spec.value

    def codegen(context, builder, sig, args):
        if description.weights != "polynomial":
            return ir.Constant(ir.IntType(1), 1)
        cut = cgutils.unpack_tuple(builder, args[2])[-1]
        indices = _indices(builder, description, cgutils.unpack_tuple(builder, args[1]))
        least = indices[0]
        for index in indices[1:]:
            least = builder.select(builder.icmp_unsigned("<", index, least), index, least)
        inside = builder.icmp_unsigned("<", least, cut)
        lanes = builder.bitcast(inside, ir.IntType(least.type.count))
        return builder.icmp_unsigned("!=", lanes, ir.Constant(lanes.type, 0))

    return types.boolean(spec, sums, tables), codegen


def _indices(builder: Any, spec: Any, values: list[Any]) -> list[Any]:
    """``ssd >> shift`` of sums without bias."""
    count = constant(values[0].type, weight_shift(spec.t))
    if spec.parts == 1:
        return [builder.lshr(value, count) for value in values]
    high, low = values[: spec.rows], values[spec.rows :]
    return [builder.add(x, builder.lshr(y, count)) for x, y in zip(high, low, strict=True)]


@intrinsic
def weigh_sums(typingctx, spec, sums, tables):
    """Weights of biased patch distances; `nl_means.weights` and `nl_means.polynomial` say how."""
    description = spec.value
    weigh = {"registers": _from_registers, "polynomial": _from_polynomial}[description.weights]

    def codegen(context, builder, sig, args):
        values = cgutils.unpack_tuple(builder, args[1])
        vectors = cgutils.unpack_tuple(builder, args[2])
        if description.weights == "polynomial":
            values = _indices(builder, description, values)
        weights = [weigh(builder, description, value, vectors) for value in values]
        return context.make_tuple(builder, sig.return_type, weights)

    return types.UniTuple(sums.dtype, description.rows)(spec, sums, tables), codegen


def _from_registers(builder: Any, spec: Any, value: Any, tables: list[Any]) -> Any:
    high0, high1, low0, low1, bits0, bits1, one = tables
    kind, shift = value.type, weight_shift(spec.t)
    low_index = builder.lshr(value, constant(kind, shift))
    high = permute(builder, high0, high1, builder.lshr(value, constant(kind, HIGH_SHIFT)))
    low = permute(builder, low0, low1, low_index)
    bits = permute(builder, bits0, bits1, low_index)
    bits = shift_each(builder, bits, builder.lshr(value, constant(kind, shift + 6)))
    return builder.add(multiply_high(builder, spec.cpu, high, low), builder.and_(bits, one))


def _from_polynomial(builder: Any, spec: Any, index: Any, tables: list[Any]) -> Any:
    """Even and odd lanes apart, as floats. Adding 1.5 * 2**23 rounds to even and leaves the weight in the low bits."""
    *coefficients, cut = tables
    pairs = ir.VectorType(I32, index.type.count // 2)
    floats = ir.VectorType(ir.FloatType(), index.type.count // 2)

    def weigh(lanes: Any) -> Any:
        x = builder.sitofp(lanes, floats)
        first, *others = (builder.bitcast(vector, floats) for vector in coefficients)
        value = first
        for coefficient in others:
            value = multiply_add(builder, spec.cpu, value, x, coefficient)
        square = builder.fmul(value, value)
        rounded = builder.fadd(
            builder.fmul(square, square), ir.Constant(floats, [1.5 * 2**23] * floats.count)
        )
        return builder.bitcast(rounded, pairs)

    both = builder.bitcast(index, pairs)
    even = weigh(builder.and_(both, constant(pairs, 0xFFFF)))
    odd = weigh(builder.lshr(both, constant(pairs, 16)))
    even = builder.and_(even, constant(pairs, 0xFFFF))
    weights = builder.or_(even, builder.shl(odd, constant(pairs, 16)))
    weights = builder.bitcast(weights, index.type)
    inside = builder.sext(builder.icmp_unsigned("<", index, cut), index.type)
    return builder.and_(weights, inside)


@intrinsic
def quotients(typingctx, spec, weighted, weights):
    """``(weighted + weights // 2) // weights`` of positive 32-bit lanes.

    Both fit in 31 bits, so the quotient of doubles, rounded down, is exact.
    """

    def emit(builder: Any, _: Any, numerator: Any, denominator: Any) -> Any:
        double = ir.VectorType(ir.DoubleType(), numerator.type.count)
        half = builder.lshr(denominator, constant(denominator.type, 1))
        top = builder.uitofp(builder.add(numerator, half), double)
        ratio = builder.fdiv(top, builder.uitofp(denominator, double))
        return builder.fptoui(ratio, numerator.type)

    return row_wise(weighted, (spec, weighted, weights), emit)
