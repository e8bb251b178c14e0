"""The vector vocabulary: LLVM vectors as values of Numba kernels.

A *recipe* is a frozen description of a kernel (lanes, processor path, ...). It is passed to the kernel as an ordinary
argument, but all of it stands in the argument's type: the intrinsics below read it when the kernel is typed, and every
other recipe is another compilation with its own place in the disk cache.

Vectors come in rows: a tuple of vectors, one per image row of a block. The words act on every row, so a kernel reads
as if it had single vectors. Elements are 16-bit (`u16`) or 32-bit (`i32`) integers; 16-bit lanes come in pairs, and
a 32-bit lane holds what belongs to the pair.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import (
    NativeValue,
    intrinsic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

I16, I32, I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
DOUBLE = ir.DoubleType()


class Recipe:
    """Base of kernel descriptions: frozen dataclasses, whose fields all count for equality."""

    lanes: int  # 16-bit lanes of a vector
    rows: int  # image rows of a block
    cpu: str  # "avx512", "avx2" or "portable"


class RecipeType(types.Type):
    """The Numba type of one recipe; its value is empty."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        super().__init__(name=repr(recipe))


class VectorType(types.Type):
    """``lanes`` integers of ``bits`` bits."""

    def __init__(self, bits: int, lanes: int) -> None:
        self.bits, self.lanes = bits, lanes
        super().__init__(name=f"vector({bits} bits x {lanes})")

    @property
    def llvm(self) -> ir.VectorType:
        return ir.VectorType(ir.IntType(self.bits), self.lanes)


@typeof_impl.register(Recipe)
def _typeof_recipe(value: Recipe, context: Any) -> RecipeType:
    return RecipeType(value)


register_model(RecipeType)(models.OpaqueModel)


@unbox(RecipeType)
def _unbox_recipe(kind: RecipeType, value: Any, c: Any) -> NativeValue:
    return NativeValue(c.context.get_dummy_value())


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: VectorType) -> None:
        super().__init__(manager, kind, kind.llvm)


# ---- how a word is made -------------------------------------------------------------------------------------------


def splat(builder: Any, scalar: Any, lanes: int) -> Any:
    """LLVM value: every lane holds ``scalar``."""
    kind = ir.VectorType(scalar.type, lanes)
    nothing = ir.Constant(kind, ir.Undefined)
    return shuffle(builder, builder.insert_element(nothing, scalar, I32(0)), nothing, [0] * lanes)


def constant(kind: Any, value: int) -> ir.Constant:
    """LLVM constant: every lane holds ``value``."""
    return ir.Constant(kind, [value] * kind.count)


def shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    """Lanes picked from ``a`` (0 ...) and ``b`` (from its count on)."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(lanes)), lanes))


def call(builder: Any, name: str, result: ir.Type, args: list[Any]) -> Any:
    """Call an LLVM intrinsic function by name."""
    kind = ir.FunctionType(result, [arg.type for arg in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)


def pointer(context: Any, builder: Any, kind: Any, array: Any, offset: Any, vector: Any) -> Any:
    """Where the vector lies that starts at element ``offset`` of an array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [offset]), vector.as_pointer())


def array_vector(recipe: RecipeType, array: types.Array) -> VectorType:
    """The vector type that fits an array's elements."""
    bits = array.dtype.bitwidth
    return VectorType(bits, recipe.recipe.lanes * 16 // bits)


def row_wise(result: types.Type, args: tuple[types.Type, ...], emit: Any) -> Any:
    """Word over rows: ``emit(builder, *values)`` once per row; what is not a tuple serves every row."""

    def codegen(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        count = sig.return_type.count
        columns = [
            cgutils.unpack_tuple(builder, value) if isinstance(kind, types.UniTuple) else [value] * count
            for kind, value in zip(sig.args, values, strict=True)
        ]
        rows = [emit(builder, *row) for row in zip(*columns, strict=True)]
        return context.make_tuple(builder, sig.return_type, rows)

    return result(*args), codegen


# ---- what a recipe says -------------------------------------------------------------------------------------------


def recipe_number(field: str) -> Any:
    """A word that stands for a field of the recipe: a constant in the kernel."""

    def number(typingctx, recipe):
        def codegen(context, builder, sig, args):
            return I64(int(getattr(recipe.recipe, field)))

        return types.int64(recipe), codegen

    number.__name__ = f"{field}_of"
    return intrinsic(number)


lanes_of = recipe_number("lanes")
rows_of = recipe_number("rows")


# ---- memory -------------------------------------------------------------------------------------------------------


@intrinsic
def load(typingctx, recipe, array, offset):
    """One vector from element ``offset`` on; any element may be the first."""
    vector = array_vector(recipe, array)

    def codegen(context, builder, sig, args):
        where = pointer(context, builder, array, args[1], args[2], vector.llvm)
        return builder.load(where, align=vector.bits // 8)

    return vector(recipe, array, types.int64), codegen


@intrinsic
def load_rows(typingctx, recipe, array, offset):
    """A block of rows that lie behind each other."""
    vector = array_vector(recipe, array)

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, array, args[1], args[2], vector.llvm)
        rows = [
            builder.load(builder.gep(first, [I64(row)]), align=vector.bits // 8)
            for row in range(sig.return_type.count)
        ]
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, recipe.recipe.rows)(recipe, array, types.int64), codegen


@intrinsic
def load_sums(typingctx, recipe, array, offset):
    """A block of rows, or of both parts of the rows where a recipe's sums have two."""
    vector = array_vector(recipe, array)
    count = recipe.recipe.rows * recipe.recipe.parts

    def codegen(context, builder, sig, args):
        first = pointer(context, builder, array, args[1], args[2], vector.llvm)
        rows = [
            builder.load(builder.gep(first, [I64(row)]), align=vector.bits // 8)
            for row in range(count)
        ]
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, count)(recipe, array, types.int64), codegen


@intrinsic
def load_rows_at(typingctx, recipe, array, offset, steps):
    """A block of rows that lie at ``offset + steps[row]``."""
    vector = array_vector(recipe, array)

    def codegen(context, builder, sig, args):
        rows = []
        for step in cgutils.unpack_tuple(builder, args[3]):
            where = builder.add(args[2], step)
            where = pointer(context, builder, array, args[1], where, vector.llvm)
            rows.append(builder.load(where, align=vector.bits // 8))
        return context.make_tuple(builder, sig.return_type, rows)

    return types.UniTuple(vector, recipe.recipe.rows)(recipe, array, types.int64, steps), codegen


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
def spread(typingctx, recipe, value):
    """One vector, every lane of which holds the integer ``value``."""
    vector = VectorType(value.bitwidth, recipe.recipe.lanes * 16 // value.bitwidth)

    def codegen(context, builder, sig, args):
        return splat(builder, args[1], vector.lanes)

    return vector(recipe, value), codegen


@intrinsic
def every_row(typingctx, recipe, vector):
    """The same vector in every row of a block."""

    def codegen(context, builder, sig, args):
        return context.make_tuple(builder, sig.return_type, [args[1]] * sig.return_type.count)

    return types.UniTuple(vector, recipe.recipe.rows)(recipe, vector), codegen


@intrinsic
def ring_rows_of(typingctx, recipe, first, length):
    """Element offsets of a block's rows in a ring of ``length`` rows: ``(first + row) % length * lanes``."""

    def codegen(context, builder, sig, args):
        rows = []
        for row in range(sig.return_type.count):
            place = builder.add(args[1], I64(row))
            over = builder.icmp_signed(">=", place, args[2])
            place = builder.select(over, builder.sub(place, args[2]), place)
            rows.append(builder.mul(place, I64(recipe.recipe.lanes)))
        return context.make_tuple(builder, sig.return_type, rows)

    result = types.UniTuple(types.int64, recipe.recipe.rows)
    return result(recipe, types.int64, types.int64), codegen


# ---- arithmetic ---------------------------------------------------------------------------------------------------


def add_saturating(builder: Any, a: Any, b: Any) -> Any:
    """LLVM value: unsigned sum that stops at 65535."""
    return call(builder, f"llvm.uadd.sat.v{a.type.count}i16", a.type, [a, b])


# LLVM knows the neutral patterns of the next two, but loses them where it moves half of one out of a loop; so the
# instruction is named where the processor has it.
_MULTIPLY_HIGH = {"avx512": ("avx512.pmulhu.w.512", 32), "avx2": ("avx2.pmulhu.w", 16)}
_DOT_PAIRS = {"avx512": ("avx512.pmaddw.d.512", 32), "avx2": ("avx2.pmadd.wd", 16)}


def _named(cpu: str, names: dict[str, tuple[str, int]], lanes: int) -> str | None:
    name, width = names.get(cpu, ("", 0))
    return f"llvm.x86.{name}" if lanes == width else None


def multiply_high(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: upper 16 bits of the unsigned product (``pmulhuw``)."""
    name = _named(cpu, _MULTIPLY_HIGH, a.type.count)
    if name:
        return call(builder, name, a.type, [a, b])
    wide = ir.VectorType(I32, a.type.count)
    product = builder.mul(builder.zext(a, wide), builder.zext(b, wide))
    return builder.trunc(builder.lshr(product, constant(wide, 16)), a.type)


def dot_pairs(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: ``a[2i] * b[2i] + a[2i+1] * b[2i+1]``, signed 16 to 32 bits (``pmaddwd``)."""
    count = a.type.count
    name = _named(cpu, _DOT_PAIRS, count)
    if name:
        return call(builder, name, ir.VectorType(I32, count // 2), [a, b])
    wide = ir.VectorType(I32, count)
    product = builder.mul(builder.sext(a, wide), builder.sext(b, wide))
    even, odd = list(range(0, count, 2)), list(range(1, count, 2))
    return builder.add(shuffle(builder, product, product, even), shuffle(builder, product, product, odd))


def multiply_add(builder: Any, cpu: str, a: Any, b: Any, c: Any) -> Any:
    """LLVM value: ``a * b + c`` of floats, with one rounding except on the portable path."""
    if cpu == "portable":  # without the instruction, LLVM would call a library function
        return builder.fadd(builder.fmul(a, b), c)
    return call(builder, f"llvm.fma.v{a.type.count}f32", a.type, [a, b, c])


def permute(builder: Any, first: Any, second: Any, index: Any) -> Any:
    """LLVM value: entries of a table of two vectors, by the low bits of ``index`` (``vpermi2w``, AVX-512 only)."""
    kind = first.type
    return call(builder, f"llvm.x86.avx512.vpermi2var.hi.{16 * kind.count}", kind, [first, index, second])


def shift_each(builder: Any, value: Any, counts: Any) -> Any:
    """LLVM value: each lane shifted right by its own count, 0 from 16 on (``vpsrlvw``, AVX-512 only)."""
    kind = value.type
    return call(builder, f"llvm.x86.avx512.psrlv.w.{16 * kind.count}", kind, [value, counts])


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
def add_dot(typingctx, recipe, sums, a, b):
    """32-bit ``sums`` plus the products of both 16-bit lanes of each pair."""
    cpu = recipe.recipe.cpu

    def emit(builder, _, total, x, y):
        return builder.add(total, dot_pairs(builder, cpu, x, y))

    return row_wise(sums, (recipe, sums, a, b), emit)
