"""Weights of patch distances, as LLVM values: from registers, or from the table in memory."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from fastdefect.kernels.nl_means.weights import HIGH_SHIFT, weight_shift
from fastdefect.kernels.simd.llvm import (
    I16,
    I32,
    I64,
    at,
    constant,
    least,
    load_at,
    multiply_high,
    permute,
    shift_each,
)
from fastdefect.kernels.simd.vector import any_lane

TABLE_VECTORS = {"registers": 7, "memory": 1}
"""Vectors at the head of each kind of tables."""


def indices(builder: Any, spec: Any, sums: list[list[Any]]) -> list[Any]:
    """``ssd >> shift`` of rows of sums, each of one part or of two."""
    shift = weight_shift(spec.t)

    def index(parts: list[Any]) -> Any:
        count = constant(parts[0].type, shift)
        if len(parts) == 1:
            return builder.lshr(parts[0], count)
        return builder.add(parts[0], builder.lshr(parts[1], count))

    return [index(parts) for parts in sums]


def from_registers(builder: Any, spec: Any, value: Any, tables: list[Any]) -> Any:
    """Weights of biased sums by three permutes of 64 entries; `nl_means.weights` says how."""
    high0, high1, low0, low1, bits0, bits1, one = tables
    kind, shift = value.type, weight_shift(spec.t)
    low_index = builder.lshr(value, constant(kind, shift))
    high = permute(builder, high0, high1, builder.lshr(value, constant(kind, HIGH_SHIFT)))
    low = permute(builder, low0, low1, low_index)
    bits = permute(builder, bits0, bits1, low_index)
    bits = shift_each(builder, bits, builder.lshr(value, constant(kind, shift + 6)))
    return builder.add(multiply_high(builder, spec.cpu, high, low), builder.and_(bits, one))


def from_memory(builder: Any, spec: Any, index: Any, cut: Any, table: Any) -> list[Any]:
    """Weights from the table itself, one load a lane, as a list of parts.

    What all the lanes do together is little; a processor makes two loads a cycle beside it. Where no lane is before the
    end of the table, nothing is loaded.
    """
    kind, parts = index.type, spec.weight_parts
    zeros = constant(kind, 0)
    inside = any_lane(builder, builder.icmp_unsigned("<", index, cut))
    before = builder.block
    with builder.if_then(inside):
        clamped = builder.bitcast(least(builder, index, cut), ir.VectorType(I64, kind.count // 4))
        values = [zeros] * parts
        for quarter in range(kind.count // 4):
            four = builder.extract_element(clamped, I32(quarter))
            for lane in range(4):
                place = builder.and_(builder.lshr(four, I64(16 * lane)), I64(0xFFFF))
                place = builder.add(table, builder.mul(place, I64(2 * parts)))
                for part in range(parts):
                    weight = load_at(builder, at(builder, place, 2 * part), I16)
                    values[part] = builder.insert_element(
                        values[part], weight, I32(4 * quarter + lane)
                    )
        loaded = builder.block
    found = []
    for value in values:
        weights = builder.phi(kind)
        weights.add_incoming(zeros, before)
        weights.add_incoming(value, loaded)
        found.append(weights)
    return found
