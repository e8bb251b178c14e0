"""The three words of NL-means above the vector vocabulary: column sums, patch sums, weights."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from fastdefect.kernels.nl_means_weights import HIGH_SHIFT, weight_shift
from fastdefect.kernels.vector import (
    I64,
    VectorType,
    add_saturating,
    array_vector,
    constant,
    multiply_high,
    permute,
    pointer,
    recipe_number,
    row_wise,
    shift_each,
)


template_of = recipe_number("t")
saturating_of = recipe_number("saturating")


def _adder(recipe: Any) -> Any:
    return add_saturating if recipe.saturating else lambda builder, a, b: builder.add(a, b)


@intrinsic
def column_sums(typingctx, recipe, a, a_offset, b, b_offset, bias):
    """Sums of squared differences over the 2t+1 rows of each patch, for every row of the block.

    The rows of ``a`` and ``b`` lie behind each other from the offsets on. The first 2t+1 rows are summed from the
    last to the first, the others from the first on; every window is one sum of each kind: 18 additions for the
    eight windows of seven rows, where a running sum takes 20 and cannot saturate. Each window contains row 2t or is
    the last: there the bias goes in.
    """
    vector = array_vector(recipe, a)
    rows, size = recipe.recipe.rows, 2 * recipe.recipe.t + 1
    add = _adder(recipe.recipe)

    def codegen(context, builder, sig, args):
        first_a = pointer(context, builder, a, args[1], args[2], vector.llvm)
        first_b = pointer(context, builder, b, args[3], args[4], vector.llvm)

        def square(row: int) -> Any:
            x = builder.load(builder.gep(first_a, [I64(row)]), align=4)
            y = builder.load(builder.gep(first_b, [I64(row)]), align=4)
            difference = builder.sub(x, y)
            return builder.mul(difference, difference)

        tails: dict[int, Any] = {}
        windows = []
        for start in range(0, rows, size):
            for row in reversed(range(start, start + size)):
                value = square(row)
                if row == start + size - 1:
                    tails[row] = add(builder, value, args[5])
                else:
                    tails[row] = add(builder, tails[row + 1], value)
            windows.append(tails[start])
            head = None
            for row in range(start + size, min(start + 2 * size - 1, rows + size - 1)):
                head = square(row) if head is None else add(builder, head, square(row))
                windows.append(add(builder, tails[row - size + 1], head))
        return context.make_tuple(builder, sig.return_type, windows[:rows])

    result = types.UniTuple(vector, rows)
    return result(recipe, a, types.int64, b, types.int64, bias), codegen


@intrinsic
def weigh_sums(typingctx, recipe, sums, tables):
    """Weights of biased patch distances; see `nl_means_weights`. ``tables``: three pairs of vectors, then ones."""
    cpu, shift = recipe.recipe.cpu, weight_shift(recipe.recipe.t)

    def codegen(context, builder, sig, args):
        high0, high1, low0, low1, bits0, bits1, one = cgutils.unpack_tuple(builder, args[2])
        kind = sig.return_type.dtype.llvm
        weights = []
        for value in cgutils.unpack_tuple(builder, args[1]):
            high_index = builder.lshr(value, constant(kind, HIGH_SHIFT))
            low_index = builder.lshr(value, constant(kind, shift))
            bit_index = builder.lshr(value, constant(kind, shift + 6))
            high = permute(builder, high0, high1, high_index)
            low = permute(builder, low0, low1, low_index)
            bits = permute(builder, bits0, bits1, low_index)
            bit = builder.and_(shift_each(builder, bits, bit_index), one)
            weights.append(builder.add(multiply_high(builder, cpu, high, low), bit))
        return context.make_tuple(builder, sig.return_type, weights)

    return sums(recipe, sums, tables), codegen


@intrinsic
def quotients(typingctx, recipe, weighted, weights):
    """``(weighted + weights // 2) // weights`` of positive 32-bit lanes.

    Both fit in 31 bits, so the quotient of doubles, rounded down, is exact.
    """

    def emit(builder: Any, _: Any, numerator: Any, denominator: Any) -> Any:
        double = ir.VectorType(ir.DoubleType(), numerator.type.count)
        half = builder.lshr(denominator, constant(denominator.type, 1))
        top = builder.uitofp(builder.add(numerator, half), double)
        ratio = builder.fdiv(top, builder.uitofp(denominator, double))
        return builder.fptoui(ratio, numerator.type)

    return row_wise(weighted, (recipe, weighted, weights), emit)
