"""Specializations: what a kernel is compiled for, as a value whose Numba type says all of it.

A specialization is a frozen dataclass: lanes, processor path and the like. It is passed to the kernel as an ordinary
argument, called ``spec``, but everything in it is part of the argument's type. The intrinsics read it when the kernel is
typed, and every other specialization is another compilation with its own place in the disk cache.
"""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import intrinsic, ir, types, vectors


class Specialization:
    """Base of what kernels are compiled for: frozen dataclasses, whose fields all count for equality."""

    lanes: int  # 16-bit lanes of a vector
    cpu: str  # "avx512", "avx2" or "portable"


def vector_type(bits: int, lanes: int) -> Any:
    """The Numba type of ``lanes`` integers of ``bits`` bits."""
    return vectors.VectorType(bits, lanes)


def words_of(spec: Any) -> Any:
    """The type of a vector of 16-bit lanes."""
    return vector_type(16, spec.value.lanes)


def pairs_of(spec: Any) -> Any:
    """The type of a vector of 32-bit lanes."""
    return vector_type(32, spec.value.lanes // 2)


def constant_field(field: str) -> Any:
    """The intrinsic that returns a field of the specialization: a constant in the kernel."""

    def number(typingctx, spec):
        def codegen(context, builder, sig, args):
            return ir.IntType(64)(int(getattr(spec.value, field)))

        return types.int64(spec), codegen

    number.__name__ = f"{field}_of"
    return intrinsic(number)


lanes_of = constant_field("lanes")
