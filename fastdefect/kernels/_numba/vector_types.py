"""The Numba types of specializations and of vectors; loaded with Numba, never before."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox

from fastdefect.kernels.simd.specialization import Specialization


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
