"""What erosion, dilation and the defect mask are compiled for, and the words in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastdefect.kernels._numba import intrinsic, ir, types
from fastdefect.kernels.simd.bytes import Bytes, count_lanes, place
from fastdefect.kernels.simd.llvm import call
from fastdefect.kernels.simd.specialization import constant_field, vector_type

Kind = Literal["erode", "dilate", "mask"]
IDENTITY = {"erode": 255, "dilate": 0, "mask": 0}
"""What never wins."""


@dataclass(frozen=True)
class Morphology(Bytes):
    """An operation and its block of rows.

    Attributes
    ----------
    kind : {"erode", "dilate", "mask"}
    rows : int
        Rows of a block, see `block_rows`.
    """

    kind: Kind
    rows: int

    @property
    def masks(self) -> bool:
        """Whether the result is a mask, whose ones are counted."""
        return self.kind == "mask"

    @property
    def batch(self) -> int:
        """Rows that go along together, whole blocks: what the first of them wrote has left the queue of stores."""
        return -(-6 // self.rows) * self.rows


def block_rows(height: int) -> int:
    """Rows of a block for windows of a height, at most that.

    More rows share more of their windows, until the registers are full.
    """
    return next(rows for rows in (8, 6, 4, 3, 2, 1) if rows <= height)


rows_of = constant_field("rows")
batch_of = constant_field("batch")
masks_of = constant_field("masks")


def _extreme(builder: Any, spec: Any, a: Any, b: Any) -> Any:
    name = "umin" if spec.value.kind == "erode" else "umax"
    return call(builder, f"llvm.{name}.v{a.type.count}i8", a.type, [a, b])


@intrinsic
def extreme(typingctx, spec, a, b):
    """Of two vectors of bytes the smaller ones for an erosion, else the larger ones."""

    def codegen(context, builder, sig, args):
        return _extreme(builder, spec, args[1], args[2])

    return a(spec, a, b), codegen


@intrinsic
def pair_at(typingctx, spec, address, run):
    """Extremes of two bytes ``run`` apart, a vector of them."""
    vector = vector_type(8, spec.value.width)

    def codegen(context, builder, sig, args):
        _, first, run = args
        both = [
            builder.load(place(builder, where, vector.llvm), align=1)
            for where in (first, builder.add(first, run))
        ]
        return _extreme(builder, spec, *both)

    return vector(spec, types.int64, types.int64), codegen


@intrinsic
def write(typingctx, spec, address, value, level, skip):
    """Write extremes, or for a mask 1 where they do not exceed ``level``, else 0; return its ones from lane ``skip`` on."""

    def codegen(context, builder, sig, args):
        _, where, extremes, level, skip = args
        where = place(builder, where, value.llvm)
        if not spec.value.masks:
            builder.store(extremes, where, align=1)
            return ir.IntType(64)(0)
        dark = builder.icmp_unsigned("<=", extremes, level)
        builder.store(builder.zext(dark, value.llvm), where, align=1)
        return count_lanes(builder, dark, skip)

    return types.int64(spec, types.int64, value, level, types.int64), codegen


@intrinsic
def store_block(typingctx, spec, core, top, top_step, bottom, bottom_step, dst, dst_step):
    """The extremes of a block's windows from ``core``, that of the rows all of them share, into rows of ``dst``.

    The first window has the rows from ``top`` on besides, ``rows - 1`` of them, and each further one a row less; the last
    has as many from ``bottom`` on, and each earlier one a row less.
    """
    count = spec.value.rows

    def codegen(context, builder, sig, args):
        _, value, top, top_step, bottom, bottom_step, dst, dst_step = args

        def row(start, step, number):
            where = builder.add(start, builder.mul(step, ir.IntType(64)(number)))
            return builder.load(place(builder, where, value.type), align=1)

        upper = [value]
        for number in reversed(range(count - 1)):
            value = _extreme(builder, spec, value, row(top, top_step, number))
            upper.insert(0, value)
        lower = None
        for number, value in enumerate(upper):
            if number:
                more = row(bottom, bottom_step, number - 1)
                lower = _extreme(builder, spec, lower, more) if lower else more
                value = _extreme(builder, spec, value, lower)
            where = builder.add(dst, builder.mul(dst_step, ir.IntType(64)(number)))
            builder.store(value, place(builder, where, value.type), align=1)
        return context.get_dummy_value()

    numbers = [types.int64] * 6
    return types.void(spec, core, *numbers), codegen
