"""Weights of patch distances, as LLVM values: from registers, or from the table in memory."""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import ir
from fastdefect.kernels.nl_means.weights import HIGH_SHIFT, weight_shift
from fastdefect.kernels.simd.avx512 import append_bit, load_each, permute, shift_each
from fastdefect.kernels.simd.llvm import (
    as_bytes,
    as_words,
    at,
    constant,
    interleave,
    least,
    load_at,
    look_up_bytes,
    multiply_high,
    multiply_rounded,
    pack,
    shuffle,
)
from fastdefect.kernels.simd.vector import all_lanes, any_lane


def table_vectors(spec: Any) -> int:
    """Vectors at the head of the tables."""
    return {
        "registers": 8 + 2 * spec.part_bits,
        "memory": 1,
        "bytes": 4 + 3 * spec.sections,
    }[spec.weights]


def indices(builder: Any, spec: Any, sums: list[list[Any]]) -> list[Any]:
    """``ssd >> shift`` of rows of sums, each of one part or of two."""
    shift = weight_shift(spec.t)

    def index(parts: list[Any]) -> Any:
        count = constant(parts[0].type, shift)
        if len(parts) == 1:
            return builder.lshr(parts[0], count)
        return builder.add(parts[0], builder.lshr(parts[1], count))

    return [index(parts) for parts in sums]


def from_registers(
    builder: Any, spec: Any, sums: list[Any], tables: list[Any], some: Any
) -> tuple[list[list[Any]], Any]:
    """Weights of two rows of biased sums by permutes of 64 entries, as a list of parts for each row.

    `nl_means.weights` says how. Sums that may saturate are first compared with the end of the table: noise is beyond it.
    """
    *vectors, cut = tables
    nothing = constant(cut.type, 0)
    true = ir.Constant(ir.IntType(1), 1)

    def found() -> list[Any]:
        return [part for value in sums for part in _permuted(builder, spec, value, vectors)]

    if not spec.saturating:
        values = [*found(), true]
    else:
        inside = builder.icmp_unsigned("<", least(builder, *sums), cut)
        values = _when(
            builder,
            any_lane(builder, inside),
            lambda: [*found(), true],
            lambda: [nothing] * (2 * spec.weight_parts) + [some],
        )
    *parts, some = values
    return [parts[: spec.weight_parts], parts[spec.weight_parts :]], some


def _permuted(builder: Any, spec: Any, value: Any, tables: list[Any]) -> list[Any]:
    high0, high1, low0, low1, bits0, bits1, *planes, one = tables
    kind, shift = value.type, weight_shift(spec.t)
    low_index = builder.lshr(value, constant(kind, shift))
    high = permute(builder, high0, high1, builder.lshr(value, constant(kind, HIGH_SHIFT)))
    low = permute(builder, low0, low1, low_index)
    row = builder.lshr(value, constant(kind, shift + 6))
    bits = shift_each(builder, permute(builder, bits0, bits1, low_index), row)
    weight = builder.add(multiply_high(builder, spec.cpu, high, low), builder.and_(bits, one))
    if spec.weight_parts == 1:
        return [weight]
    lower = constant(kind, 0)
    for plane in range(0, 2 * spec.part_bits, 2):
        bits = permute(builder, planes[plane], planes[plane + 1], low_index)
        lower = append_bit(builder, lower, bits, row)
    return [lower, weight]


def _when(builder: Any, condition: Any, then: Any, otherwise: Any) -> list[Any]:
    """LLVM values of one of two branches, each a function that returns a list."""
    with builder.if_else(condition) as (true, false):
        with true:
            first = then()
            first_end = builder.block
        with false:
            second = otherwise()
            second_end = builder.block
    merged = []
    for x, y in zip(first, second, strict=True):
        value = builder.phi(x.type)
        value.add_incoming(x, first_end)
        value.add_incoming(y, second_end)
        merged.append(value)
    return merged


def from_memory(
    builder: Any, spec: Any, rows: list[Any], cut: Any, table: Any, some: Any
) -> tuple[list[list[Any]], Any]:
    """Weights by index from the table itself, one load a lane, as a list of parts for each row.

    What all the lanes do together is little; a processor makes two loads a cycle beside it. Where no lane is before the
    end of the table, nothing is loaded; ``some`` becomes true where one is.
    """
    kind, parts = rows[0].type, spec.weight_parts
    zeros = constant(kind, 0)
    found = []
    for index in rows:
        inside = any_lane(builder, builder.icmp_unsigned("<", index, cut))
        some = builder.or_(some, inside)
        values = _when(
            builder,
            inside,
            lambda index=index: _loaded(builder, spec, least(builder, index, cut), table),
            lambda: [zeros] * parts,
        )
        found.append(values)
    return found, some


def _loaded(builder: Any, spec: Any, index: Any, table: Any) -> list[Any]:
    """The parts of the weights at ``index``, none of which is behind the end of the table."""
    kind, parts = index.type, spec.weight_parts
    if spec.cpu == "avx512" and kind.count == 32:
        return _loaded_at_once(builder, index, table, parts)
    fours = builder.bitcast(index, ir.VectorType(ir.IntType(64), kind.count // 4))
    values = [constant(kind, 0)] * parts
    for quarter in range(kind.count // 4):
        four = builder.extract_element(fours, ir.IntType(32)(quarter))
        for lane in range(4):
            place = builder.and_(
                builder.lshr(four, ir.IntType(64)(16 * lane)), ir.IntType(64)(0xFFFF)
            )
            place = builder.add(table, builder.mul(place, ir.IntType(64)(2 * parts)))
            for part in range(parts):
                weight = load_at(builder, at(builder, place, 2 * part), ir.IntType(16))
                values[part] = builder.insert_element(
                    values[part], weight, ir.IntType(32)(4 * quarter + lane)
                )
    return values


def _loaded_at_once(builder: Any, index: Any, table: Any, parts: int) -> list[Any]:
    """The same by two gathers of 32 bits: of even lanes and of odd ones, so that no order has to be made."""
    kind = index.type
    two = builder.bitcast(index, ir.VectorType(ir.IntType(32), kind.count // 2))
    even = builder.and_(two, constant(two.type, 0xFFFF))
    odd = builder.lshr(two, constant(two.type, 16))
    turns = [lane + kind.count * (lane % 2) for lane in range(kind.count)]

    def together(low: Any, high: Any) -> Any:
        """Even lanes of one, odd lanes of the other."""
        return shuffle(builder, as_words(builder, low), as_words(builder, high), turns)

    first = load_each(builder, table, even, 2 * parts)
    # a single weight is the upper half of what begins one before it
    second = load_each(builder, at(builder, table, 2 * parts - 4), odd, 2 * parts)
    if parts == 1:
        return [together(first, second)]
    half = constant(two.type, 16)
    lower = together(first, builder.shl(second, half))
    return [lower, together(builder.lshr(first, half), second)]


def from_bytes(
    builder: Any, spec: Any, sums: list[Any], tables: list[Any], table: Any, some: Any
) -> tuple[list[list[Any]], Any]:
    """Negative weights of two rows of biased sums by tables of bytes; `nl_means.byte_tables` says how.

    Where all lanes find their weights in the first 16 rows of the tables, only those are looked at; where none has a
    weight, none; where some are beyond the last row of incomplete tables, the table in memory serves.
    """
    kind, cpu, low_bits = sums[0].type, spec.cpu, spec.low_bits
    shift = weight_shift(spec.t)
    bytes_of = [as_bytes(builder, vector) for vector in tables[:-2]]
    last, cut = as_bytes(builder, tables[-2]), tables[-1]
    zeros = constant(kind, 0)

    def shifted(value: Any, count: int) -> Any:
        # a product, because the units that shift are those that shuffle
        return multiply_high(builder, cpu, value, constant(kind, 1 << (16 - count)))

    row = pack(builder, cpu, *(shifted(value, shift + low_bits) for value in sums))

    def product(sections: int, row: Any) -> list[Any]:
        mask = constant(kind, (1 << low_bits) - 1)
        column = pack(builder, cpu, *(builder.and_(shifted(value, shift), mask) for value in sums))
        low = [look_up_bytes(builder, cpu, [plane], column) for plane in bytes_of[:2]]
        rows = bytes_of[2 : 2 + 3 * sections]
        found = [look_up_bytes(builder, cpu, rows[plane::3], row) for plane in range(3)]
        weights = []
        for upper in (False, True):
            high = as_words(builder, interleave(builder, found[0], found[1], upper))
            factor = as_words(builder, interleave(builder, low[0], low[1], upper))
            nothing = constant(row.type, 0)
            scale = as_words(builder, interleave(builder, nothing, found[2], upper))
            weight = multiply_high(builder, cpu, high, factor)
            weights.append(multiply_rounded(builder, cpu, weight, scale))
        return weights

    def clamped() -> list[Any]:
        limit = constant(row.type, 16 * spec.sections - 1)
        return product(spec.sections, least(builder, row, limit))

    def beyond() -> list[Any]:
        if spec.complete:
            return clamped()
        inside = builder.icmp_unsigned("<", row, constant(row.type, 16 * spec.sections))
        return _when(
            builder,
            all_lanes(builder, inside),
            lambda: product(spec.sections, row),
            lambda: [
                _loaded(builder, spec, least(builder, index, cut), table)[0]
                for index in indices(builder, spec, [[value] for value in sums])
            ],
        )

    def far() -> list[Any]:
        inside = any_lane(builder, builder.icmp_unsigned("<=", row, last))
        return _when(
            builder,
            inside,
            lambda: [*beyond(), ir.Constant(ir.IntType(1), 1)],
            lambda: [zeros, zeros, some],
        )

    high_bits = builder.and_(row, constant(row.type, 0xF0))
    near = builder.icmp_unsigned(
        "==",
        builder.bitcast(high_bits, ir.IntType(8 * row.type.count)),
        ir.Constant(ir.IntType(8 * row.type.count), 0),
    )
    first, second, some = _when(
        builder, near, lambda: [*product(1, row), ir.Constant(ir.IntType(1), 1)], far
    )
    return [[first], [second]], some
