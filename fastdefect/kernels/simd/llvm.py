"""LLVM values of vectors: small builders that the intrinsics of `vector` are made of.

Neutral operations wherever LLVM compiles them well for every processor. An instruction is named only where the neutral
pattern is lost, and only on the processor path that has it.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from fastdefect.kernels._numba import cgutils

I32, I64 = ir.IntType(32), ir.IntType(64)


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
    return builder.add(
        shuffle(builder, product, product, even), shuffle(builder, product, product, odd)
    )


def multiply_add(builder: Any, cpu: str, a: Any, b: Any, c: Any) -> Any:
    """LLVM value: ``a * b + c`` of floats, with one rounding except on the portable path."""
    if cpu == "portable":  # without the instruction, LLVM would call a library function
        return builder.fadd(builder.fmul(a, b), c)
    return call(builder, f"llvm.fma.v{a.type.count}f32", a.type, [a, b, c])


def permute(builder: Any, first: Any, second: Any, index: Any) -> Any:
    """LLVM value: entries of a table of two vectors, by the low bits of ``index`` (``vpermi2w``, AVX-512 only)."""
    kind = first.type
    return call(
        builder, f"llvm.x86.avx512.vpermi2var.hi.{16 * kind.count}", kind, [first, index, second]
    )


def shift_each(builder: Any, value: Any, counts: Any) -> Any:
    """LLVM value: each lane shifted right by its own count, 0 from 16 on (``vpsrlvw``, AVX-512 only)."""
    kind = value.type
    return call(builder, f"llvm.x86.avx512.psrlv.w.{16 * kind.count}", kind, [value, counts])
