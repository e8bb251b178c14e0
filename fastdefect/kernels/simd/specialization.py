"""Specializations: what a kernel is compiled for, as a value whose Numba type says all of it.

A specialization is a frozen dataclass: lanes, processor path and the like. It is passed to the kernel as an ordinary
argument, called ``spec``, but everything in it is part of the argument's type. The intrinsics read it when the kernel is
typed, and every other specialization is another compilation with its own place in the disk cache.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.extending import (
    NativeValue,
    intrinsic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from fastdefect.kernels._numba import types


class Specialization:
    """Base of what kernels are compiled for: frozen dataclasses, whose fields all count for equality."""

    lanes: int  # 16-bit lanes of a vector
    cpu: str  # "avx512", "avx2" or "portable"


class SpecializationType(types.Type):  # type: ignore[misc]  # Numba is untyped
    """The Numba type of one specialization; nothing is passed at run time."""

    def __init__(self, value: Specialization) -> None:
        self.value = value
        super().__init__(name=repr(value))


class VectorType(types.Type):  # type: ignore[misc]
    """``lanes`` integers of ``bits`` bits."""

    def __init__(self, bits: int, lanes: int) -> None:
        self.bits, self.lanes = bits, lanes
        super().__init__(name=f"vector({bits} bits x {lanes})")

    @property
    def llvm(self) -> ir.VectorType:
        return ir.VectorType(ir.IntType(self.bits), self.lanes)


@typeof_impl.register(Specialization)
def _typeof_specialization(value: Specialization, context: Any) -> SpecializationType:
    return SpecializationType(value)


register_model(SpecializationType)(models.OpaqueModel)


@unbox(SpecializationType)
def _unbox_specialization(kind: SpecializationType, value: Any, c: Any) -> NativeValue:
    return NativeValue(c.context.get_dummy_value())


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: VectorType) -> None:
        super().__init__(manager, kind, kind.llvm)


def words_of(spec: SpecializationType) -> VectorType:
    """The type of a vector of 16-bit lanes."""
    return VectorType(16, spec.value.lanes)


def pairs_of(spec: SpecializationType) -> VectorType:
    """The type of a vector of 32-bit lanes."""
    return VectorType(32, spec.value.lanes // 2)


def constant_field(field: str) -> Any:
    """The intrinsic that returns a field of the specialization: a constant in the kernel."""

    def number(typingctx, spec):
        def codegen(context, builder, sig, args):
            return ir.IntType(64)(int(getattr(spec.value, field)))

        return types.int64(spec), codegen

    number.__name__ = f"{field}_of"
    return intrinsic(number)


lanes_of = constant_field("lanes")
