"""Second pass of NL-means: sums along the rows, and their weights into the ring.

Two rows at a time: what is done in bytes takes the sums of both in one vector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.kernels._numba import cgutils, intrinsic, ir, kernel, types
from fastdefect.kernels.nl_means.columns import ROWS
from fastdefect.kernels.nl_means.lookups import (
    from_bytes,
    from_memory,
    from_registers,
    indices,
    table_vectors,
)
from fastdefect.kernels.simd.llvm import (
    add_saturating,
    at,
    load_at,
    store_at,
)
from fastdefect.kernels.simd.specialization import (
    Specialization,
    constant_field,
    lanes_of,
    words_of,
)
from fastdefect.kernels.simd.vector import load_two_words, spread, store_rows


@dataclass(frozen=True)
class Rows(Specialization):
    """What the second pass is compiled for.

    Attributes
    ----------
    cpu, lanes : str, int
    t : int
        Half size of the template window.
    sums : str
        ``plain`` sums slide, ``saturating`` ones stop at 65535 and are made anew in each place, ``split`` ones slide in
        two parts.
    weights : str
        ``registers``, ``bytes`` or ``memory``.
    part_bits : int
        Bits of the lower part where weights do not fit in 15 bits and have two, else 0.
    sections, low_bits : int
        Of tables of bytes: rows in sixteens, and the bits of an index that choose a column.
    complete : bool
        The tables of bytes have every weight that is not 0.
    """

    cpu: str
    lanes: int
    t: int
    sums: str = "plain"
    weights: str = "memory"
    part_bits: int = 0
    sections: int = 0
    low_bits: int = 0
    complete: bool = True

    @property
    def parts(self) -> int:
        """Parts of a sum."""
        return 2 if self.sums == "split" else 1

    @property
    def weight_parts(self) -> int:
        """Parts of a weight: all of it, or the lower bits and the others."""
        return 2 if self.part_bits else 1

    @property
    def saturating(self) -> bool:
        return self.sums == "saturating"

    @property
    def split(self) -> bool:
        return self.sums == "split"


template_of = constant_field("t")
saturating_of = constant_field("saturating")
split_of = constant_field("split")


@intrinsic
def begin(typingctx, spec, bias):
    """Sums of no column: the bias, and 0 in a second part."""
    vector, parts = words_of(spec), spec.value.parts

    def codegen(context, builder, sig, args):
        values = [args[1]] * 2 + [vector.llvm(None)] * (2 * parts - 2)
        return context.make_tuple(builder, sig.return_type, values)

    return types.UniTuple(vector, 2 * parts)(spec, bias), codegen


def _each_column(builder: Any, sums: list[Any], args: list[Any], vector: Any) -> list[Any]:
    """The column's value for each of the sums: both rows, then both rows of the second part."""
    place, row_step, part_step = args
    values = []
    for index in range(len(sums)):
        offset = builder.add(
            builder.mul(row_step, ir.IntType(64)(index % 2)),
            builder.mul(part_step, ir.IntType(64)(index // 2)),
        )
        values.append(load_at(builder, at(builder, place, offset), vector.llvm))
    return values


@intrinsic
def enter(typingctx, spec, sums, place, row_step, part_step):
    """The sums with the column at ``place``."""

    def codegen(context, builder, sig, args):
        values = cgutils.unpack_tuple(builder, args[1])
        columns = _each_column(builder, values, args[2:], sums.dtype)
        together = [builder.add(x, y) for x, y in zip(values, columns, strict=True)]
        return context.make_tuple(builder, sig.return_type, together)

    return sums(spec, sums, types.int64, types.int64, types.int64), codegen


@intrinsic
def leave(typingctx, spec, sums, place, row_step, part_step):
    """The sums without the column at ``place``."""

    def codegen(context, builder, sig, args):
        values = cgutils.unpack_tuple(builder, args[1])
        columns = _each_column(builder, values, args[2:], sums.dtype)
        apart = [builder.sub(x, y) for x, y in zip(values, columns, strict=True)]
        return context.make_tuple(builder, sig.return_type, apart)

    return sums(spec, sums, types.int64, types.int64, types.int64), codegen


@intrinsic
def window(typingctx, spec, sums, place, row_step):
    """The sums with the 2t+1 columns from ``place`` on, each sum stopping at 65535."""
    size = 2 * spec.value.t + 1

    def codegen(context, builder, sig, args):
        values = cgutils.unpack_tuple(builder, args[1])
        for column in range(size):
            here = at(builder, args[2], 2 * sums.dtype.lanes * column)
            new = _each_column(builder, values, [here, args[3], ir.IntType(64)(0)], sums.dtype)
            values = [add_saturating(builder, x, y) for x, y in zip(values, new, strict=True)]
        return context.make_tuple(builder, sig.return_type, values)

    return sums(spec, sums, types.int64, types.int64), codegen


@intrinsic
def load_tables(typingctx, spec, tables):
    """The vectors at the head of the tables."""
    vector, count = words_of(spec), table_vectors(spec.value)

    def codegen(context, builder, sig, args):
        size = 2 * vector.lanes
        values = [
            load_at(builder, at(builder, args[1], size * row), vector.llvm) for row in range(count)
        ]
        return context.make_tuple(builder, sig.return_type, values)

    return types.UniTuple(vector, count)(spec, types.int64), codegen


@intrinsic
def weigh(typingctx, spec, sums, look_up, tables, place, row_step, part_step, some):
    """Store the weights of both rows at ``place``, rows and parts of weights as far apart as said.

    Returns ``some``, or True where any of them may be other than 0.
    """
    chosen = spec.value
    heads = table_vectors(chosen) * 2 * chosen.lanes

    def codegen(context, builder, sig, args):
        values = cgutils.unpack_tuple(builder, args[1])
        vectors = cgutils.unpack_tuple(builder, args[2])
        _, _, _, table, target, row, part, some_value = args
        table = at(builder, table, heads)
        if chosen.weights == "registers":
            found, some_value = from_registers(builder, chosen, values, vectors, some_value)
        elif chosen.weights == "bytes":
            found, some_value = from_bytes(builder, chosen, values, vectors, table, some_value)
        else:
            rows = indices(builder, chosen, [values[index::2] for index in range(2)])
            found, some_value = from_memory(builder, chosen, rows, vectors[0], table, some_value)
        for parts in found:
            here = target
            for value in parts:
                store_at(builder, value, here)
                here = at(builder, here, part)
            target = at(builder, target, row)
        return some_value

    whole, truth = types.int64, types.boolean
    return truth(spec, sums, look_up, whole, whole, whole, whole, truth), codegen


@kernel
def weigh_rows(spec, k, columns, column_steps, tables, bias, target, target_steps):
    """Weights of a block of rows against one shift.

    Returns a bit for each two rows: whether any of their weights may be other than 0.

    Parameters
    ----------
    spec : Rows
    k : int
        Vectors of a row.
    columns : int
        Address of the first row's column sums.
    column_steps : (int, int)
        Bytes from a row of them to the next, and from the first part to the second.
    tables : int
        Address of the tables.
    bias : int16
        Added to each patch distance.
    target : int
        Address of the first row's weights.
    target_steps : (int, int, int)
        Bytes from a vector to the next, from a row to the next, from the first part to the second.
    """
    size = 2 * lanes_of(spec)
    t = template_of(spec)
    row_step, part_step = column_steps
    vector_step, ring_step, weights_step = target_steps
    look_up = load_tables(spec, tables)
    nothing = begin(spec, spread(spec, bias))
    found = np.int64(0)
    for pair in range(ROWS // 2):
        sums = nothing
        some = False
        entering = columns
        leaving = columns
        place = target + t * vector_step
        for _ in range(2 * t):
            if saturating_of(spec):  # behind the last vector comes the first, one lane further
                first = load_two_words(spec, entering + 2, row_step)
                store_rows(entering + k * size, row_step, first)
            else:
                sums = enter(spec, sums, entering, row_step, part_step)
            entering += size
        for j in range(2 * t, k + 2 * t):
            if j == k:
                entering -= k * size - 2
            if j == k + t:
                place -= k * vector_step - 2
            if saturating_of(spec):
                sums = window(spec, nothing, leaving, row_step)
            else:
                sums = enter(spec, sums, entering, row_step, part_step)
            some = weigh(spec, sums, look_up, tables, place, ring_step, weights_step, some)
            if not saturating_of(spec):
                sums = leave(spec, sums, leaving, row_step, part_step)
            entering += size
            leaving += size
            place += vector_step
        if some:
            found |= np.int64(1) << np.int64(pair)
        columns += 2 * row_step
        target += 2 * ring_step
    return found


@kernel
def weigh_sums(spec, bias, sums, part_step, count, tables, weights, weights_step):
    """What the second pass weighs, for ``count`` sums behind each other: for the proof of the tables."""
    size = 2 * lanes_of(spec)
    look_up = load_tables(spec, tables)
    nothing = begin(spec, spread(spec, bias))
    some = False
    for _ in range(0, count, size):
        values = enter(spec, nothing, sums, size, part_step)
        some = weigh(spec, values, look_up, tables, weights, size, weights_step, some)
        sums += 2 * size
        weights += 2 * size
