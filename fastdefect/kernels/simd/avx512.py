"""LLVM values of what only AVX-512 has: look-ups and shifts lane by lane."""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import ir
from fastdefect.kernels.simd.llvm import call, constant


def permute(builder: Any, first: Any, second: Any, index: Any) -> Any:
    """LLVM value: entries of a table of two vectors, by the low bits of ``index`` (``vpermi2w``)."""
    kind = first.type
    return call(
        builder, f"llvm.x86.avx512.vpermi2var.hi.{16 * kind.count}", kind, [first, index, second]
    )


def shift_each(builder: Any, value: Any, counts: Any) -> Any:
    """LLVM value: each lane shifted right by its own count, 0 from 16 on (``vpsrlvw``)."""
    kind = value.type
    return call(builder, f"llvm.x86.avx512.psrlv.w.{16 * kind.count}", kind, [value, counts])


def append_bit(builder: Any, value: Any, bits: Any, number: Any) -> Any:
    """LLVM value: twice ``value`` and the bit of ``bits`` that is each lane's ``number`` from the top (``vpshldw``)."""
    kind = value.type
    first = call(builder, f"llvm.x86.avx512.psllv.w.{16 * kind.count}", kind, [bits, number])
    one = constant(kind, 1)
    return call(builder, f"llvm.fshl.v{kind.count}i16", kind, [value, first, one])


def load_each(builder: Any, address: Any, index: Any, scale: int) -> Any:
    """LLVM value: 16 integers of 32 bits, each ``scale`` times its index bytes from an address (``vpgatherdd``)."""
    kind = index.type
    everywhere = ir.Constant(ir.VectorType(ir.IntType(1), kind.count), [1] * kind.count)
    base = builder.inttoptr(address, ir.IntType(8).as_pointer())
    arguments = [constant(kind, 0), base, index, everywhere, ir.IntType(32)(scale)]
    return call(builder, "llvm.x86.avx512.mask.gather.dpi.512", kind, arguments)
