"""Recipes: kernel descriptions that stand in a Numba type.

A recipe is a frozen dataclass: lanes, processor path and whatever else a kernel is compiled for. It is passed to the
kernel as an ordinary argument, but all of it stands in the argument's type. The words of the vector vocabulary read it
when the kernel is typed, and every other recipe is another compilation with its own place in the disk cache.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import (
    NativeValue,
    intrinsic,
    models,
    register_model,
    typeof_impl,
    unbox,
)


class Recipe:
    """Base of kernel descriptions: frozen dataclasses, whose fields all count for equality."""

    lanes: int  # 16-bit lanes of a vector
    rows: int  # image rows of a block
    cpu: str  # "avx512", "avx2" or "portable"


class RecipeType(types.Type):  # type: ignore[misc]  # Numba is untyped
    """The Numba type of one recipe; its value is empty."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        super().__init__(name=repr(recipe))


class VectorType(types.Type):  # type: ignore[misc]
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
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: VectorType) -> None:
        super().__init__(manager, kind, kind.llvm)


def array_vector(recipe: RecipeType, array: types.Array) -> VectorType:
    """The vector type that fits an array's elements."""
    bits = array.dtype.bitwidth
    return VectorType(bits, recipe.recipe.lanes * 16 // bits)


def recipe_number(field: str) -> Any:
    """A word that stands for a field of the recipe: a constant in the kernel."""

    def number(typingctx, recipe):
        def codegen(context, builder, sig, args):
            return ir.IntType(64)(int(getattr(recipe.recipe, field)))

        return types.int64(recipe), codegen

    number.__name__ = f"{field}_of"
    return intrinsic(number)


lanes_of = recipe_number("lanes")
rows_of = recipe_number("rows")
