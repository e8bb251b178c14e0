"""LLVM values of vectors: small builders that the intrinsics of `vector` and of `nl_means` are made of.

Neutral operations wherever LLVM compiles them well for every processor. An instruction is named only where the neutral
pattern is lost, and only on the processor path that has it.
"""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import cgutils, ir, target_features

_BLOCK = (
    16  # bytes: what the instructions of wider registers do, they do in each part of this length
)


def splat(builder: Any, scalar: Any, lanes: int) -> Any:
    """LLVM value: every lane holds ``scalar``."""
    kind = ir.VectorType(scalar.type, lanes)
    nothing = ir.Constant(kind, ir.Undefined)
    return shuffle(
        builder, builder.insert_element(nothing, scalar, ir.IntType(32)(0)), nothing, [0] * lanes
    )


def constant(kind: Any, value: int) -> ir.Constant:
    """LLVM constant: every lane holds ``value``."""
    return ir.Constant(kind, [value] * kind.count)


def shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    """Lanes picked from ``a`` (0 ...) and ``b`` (from its count on)."""
    return builder.shuffle_vector(
        a, b, ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    )


def call(builder: Any, name: str, result: ir.Type, args: list[Any]) -> Any:
    """Call an LLVM intrinsic function by name."""
    kind = ir.FunctionType(result, [arg.type for arg in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)


def as_bytes(builder: Any, value: Any) -> Any:
    """LLVM value: the same bits as lanes of 8."""
    return builder.bitcast(
        value, ir.VectorType(ir.IntType(8), value.type.count * value.type.element.width // 8)
    )


def as_words(builder: Any, value: Any) -> Any:
    """LLVM value: the same bits as lanes of 16."""
    return builder.bitcast(
        value, ir.VectorType(ir.IntType(16), value.type.count * value.type.element.width // 16)
    )


# ---- memory ----------------------------------------------------------------------------------------------------------


def at(builder: Any, address: Any, offset: Any) -> Any:
    """LLVM value: the address ``offset`` bytes further; ``offset`` is a number or an LLVM value."""
    return builder.add(address, ir.IntType(64)(offset) if isinstance(offset, int) else offset)


def load_at(builder: Any, address: Any, kind: ir.Type, align: int = 2) -> Any:
    """LLVM value: what lies at an integer address."""
    return builder.load(builder.inttoptr(address, kind.as_pointer()), align=align)


def store_at(builder: Any, value: Any, address: Any, align: int = 2) -> None:
    """Write a value to an integer address."""
    builder.store(value, builder.inttoptr(address, value.type.as_pointer()), align=align)


# ---- arithmetic ------------------------------------------------------------------------------------------------------


def add_saturating(builder: Any, a: Any, b: Any) -> Any:
    """LLVM value: unsigned sum that stops at the largest number."""
    return call(builder, f"llvm.uadd.sat.{_suffix(a.type)}", a.type, [a, b])


def least(builder: Any, a: Any, b: Any) -> Any:
    """LLVM value: unsigned minimum."""
    return call(builder, f"llvm.umin.{_suffix(a.type)}", a.type, [a, b])


def largest(builder: Any, a: Any, b: Any) -> Any:
    """LLVM value: unsigned maximum."""
    return call(builder, f"llvm.umax.{_suffix(a.type)}", a.type, [a, b])


def magnitude(builder: Any, value: Any) -> Any:
    """LLVM value: absolute value of signed lanes."""
    return call(builder, f"llvm.abs.{_suffix(value.type)}", value.type, [value, ir.IntType(1)(0)])


def distance(builder: Any, a: Any, b: Any) -> Any:
    """LLVM value: ``|a - b|`` of unsigned lanes (one ``uabd`` on Arm)."""
    return builder.sub(largest(builder, a, b), least(builder, a, b))


def _suffix(kind: Any) -> str:
    return f"v{kind.count}i{kind.element.width}"


# ---- instructions ----------------------------------------------------------------------------------------------------
# LLVM knows the neutral patterns of the next ones, but loses them where it moves half of one out of a loop; so the
# instruction is named where the processor has it. By path: name, and lanes of 16 bits that it takes.
_MULTIPLY_HIGH = {"avx512": ("avx512.pmulhu.w.512", 32), "avx2": ("avx2.pmulhu.w", 16)}
_DOT_PAIRS = {"avx512": ("avx512.pmaddw.d.512", 32), "avx2": ("avx2.pmadd.wd", 16)}
_MULTIPLY_ROUNDED = {
    "avx512": ("avx512.pmul.hr.sw.512", 32),
    "avx2": ("avx2.pmul.hr.sw", 16),
    "neon": ("neon.sqrdmulh.v8i16", 8),
}
_SHUFFLE_BYTES = {
    "avx512": ("avx512.pshuf.b.512", 32),
    "avx2": ("avx2.pshuf.b", 16),
    "neon": ("neon.tbl", 8),
}
_PACK = {"avx512": ("avx512.packuswb.512", 32), "avx2": ("avx2.packuswb", 16)}
_DOT_BYTES = {"avx512": ("avx512.pmaddubs.w.512", 32), "avx2": ("avx2.pmadd.ub.sw", 16)}


def _named(cpu: str, names: dict[str, tuple[str, int]], lanes: int) -> str | None:
    name, width = names.get(cpu, ("", 0))
    return f"llvm.{'aarch64' if cpu == 'neon' else 'x86'}.{name}" if lanes == width else None


def multiply_high(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: upper 16 bits of the unsigned product (``pmulhuw``)."""
    name = _named(cpu, _MULTIPLY_HIGH, a.type.count)
    if name:
        return call(builder, name, a.type, [a, b])
    wide = ir.VectorType(ir.IntType(32), a.type.count)
    product = builder.mul(builder.zext(a, wide), builder.zext(b, wide))
    return builder.trunc(builder.lshr(product, constant(wide, 16)), a.type)


def dot_pairs(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: ``a[2i] * b[2i] + a[2i+1] * b[2i+1]``, signed 16 to 32 bits (``pmaddwd``)."""
    count = a.type.count
    name = _named(cpu, _DOT_PAIRS, count)
    if name:
        return call(builder, name, ir.VectorType(ir.IntType(32), count // 2), [a, b])
    wide = ir.VectorType(ir.IntType(32), count)
    product = builder.mul(builder.sext(a, wide), builder.sext(b, wide))
    even, odd = list(range(0, count, 2)), list(range(1, count, 2))
    return builder.add(
        shuffle(builder, product, product, even), shuffle(builder, product, product, odd)
    )


def add_dots(builder: Any, cpu: str, total: Any, factors: list[tuple[Any, Any]]) -> Any:
    """LLVM value: ``total`` plus the `dot_pairs` of each two factors.

    NEON adds products as it makes them, but pairs of lanes apart (``smlal``): so the pairs of all products are added once
    (``addp``).
    """
    if not _is_neon(cpu, total.type):
        for a, b in factors:
            total = _add_dot(builder, cpu, total, a, b)
        return total
    wide = ir.VectorType(ir.IntType(32), 8)
    (a, b), *others = factors
    products = builder.mul(builder.sext(a, wide), builder.sext(b, wide))
    for a, b in others:
        product = builder.mul(builder.sext(a, wide), builder.sext(b, wide))
        products = builder.add(products, product)
    halves = [shuffle(builder, products, products, list(range(i, i + 4))) for i in (0, 4)]
    return builder.add(total, call(builder, "llvm.aarch64.neon.addp.v4i32", total.type, halves))


def add_pairs(builder: Any, cpu: str, total: Any, values: list[Any]) -> Any:
    """LLVM value: 32-bit ``total`` plus both signed 16-bit lanes of each pair (``sadalp`` on Arm)."""
    ones = constant(values[0].type, 1)
    for value in values:
        if _is_neon(cpu, total.type):
            name = "llvm.aarch64.neon.saddlp.v4i32.v8i16"
            total = builder.add(total, call(builder, name, total.type, [value]))
        else:
            total = _add_dot(builder, cpu, total, value, ones)
    return total


def _add_dot(builder: Any, cpu: str, total: Any, a: Any, b: Any) -> Any:
    """``total`` plus `dot_pairs`: one instruction where AVX-512 has it, 26 for 34 in a turn of the third pass.

    LLVM knows the pattern and takes it apart again, to wait less for ``a``.
    """
    if cpu == "avx512" and a.type.count == 32 and "avx512vnni" in target_features():
        kind = ir.FunctionType(total.type, [total.type, a.type, b.type])
        return builder.asm(kind, "vpdpwssd $3, $2, $0", "=v,0,v,v", [total, a, b], False)
    return builder.add(total, dot_pairs(builder, cpu, a, b))


def _is_neon(cpu: str, kind: Any) -> bool:
    """Whether the instructions of NEON take this vector."""
    return cpu == "neon" and bool(kind.count * kind.element.width == 128)


def has_dot_bytes(cpu: str, lanes: int) -> bool:
    """Whether `dot_bytes` is an instruction of the path for vectors of this many 16-bit lanes."""
    return _named(cpu, _DOT_BYTES, lanes) is not None


def dot_bytes(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: ``a[2i] * b[2i] + a[2i+1] * b[2i+1]`` of bytes below 128, to 16 bits (``pmaddubsw``)."""
    lanes = a.type.count // 2
    name = _named(cpu, _DOT_BYTES, lanes)
    assert name
    return call(builder, name, ir.VectorType(ir.IntType(16), lanes), [a, b])


def multiply_rounded(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: ``(a * b + 16384) >> 15`` of signed lanes, not both -32768 (``pmulhrsw``, ``sqrdmulh``)."""
    name = _named(cpu, _MULTIPLY_ROUNDED, a.type.count)
    if name:
        return call(builder, name, a.type, [a, b])
    wide = ir.VectorType(ir.IntType(32), a.type.count)
    product = builder.mul(builder.sext(a, wide), builder.sext(b, wide))
    rounded = builder.add(product, constant(wide, 1 << 14))
    return builder.trunc(builder.ashr(rounded, constant(wide, 15)), a.type)


def has_byte_tables(cpu: str, lanes: int) -> bool:
    """Whether `look_up_bytes` is an instruction of the path for vectors of this many 16-bit lanes."""
    return _named(cpu, _SHUFFLE_BYTES, lanes) is not None


def look_up_bytes(builder: Any, cpu: str, tables: list[Any], index: Any) -> Any:
    """LLVM value: bytes of up to four tables of 16, by an index below 128 (``pshufb``, ``tbl``).

    NEON takes all tables at once and gives 0 beyond them. An index repeats a table of x86, and is 0 below it: there each
    table but the first is the exclusive or of its own and the one before.
    """
    name = _named(cpu, _SHUFFLE_BYTES, index.type.count // 2)
    assert name
    if cpu == "neon":
        return call(builder, f"{name}{len(tables)}.v16i8", index.type, [*tables, index])
    found = call(builder, name, index.type, [tables[0], index])
    for number, table in enumerate(tables[1:], 1):
        above = builder.sub(index, constant(index.type, 16 * number))
        found = builder.xor(found, call(builder, name, index.type, [table, above]))
    return found


def pack(builder: Any, cpu: str, a: Any, b: Any) -> Any:
    """LLVM value: 16-bit lanes below 32768 as bytes that stop at 255; each block has 8 of ``a``, then 8 of ``b``."""
    name = _named(cpu, _PACK, a.type.count)
    kind = ir.VectorType(ir.IntType(8), 2 * a.type.count)
    if name:
        return call(builder, name, kind, [a, b])
    limit = constant(a.type, 255)
    block = _BLOCK // 2
    order = [
        side + start + lane
        for start in range(0, a.type.count, block)
        for side in (0, a.type.count)
        for lane in range(block)
    ]
    return builder.trunc(
        shuffle(builder, least(builder, a, limit), least(builder, b, limit), order), kind
    )


# ---- order within blocks of 16 bytes ---------------------------------------------------------------------------------


def interleave(builder: Any, a: Any, b: Any, upper: bool) -> Any:
    """LLVM value: lanes of ``a`` and ``b`` in turns, the lower or upper half of each block (``punpck``, ``zip``)."""
    block = _BLOCK * 8 // a.type.element.width
    count = a.type.count
    first = block // 2 if upper else 0
    lanes = [
        start + first + lane + side
        for start in range(0, count, block)
        for lane in range(block // 2)
        for side in (0, count)
    ]
    return shuffle(builder, a, b, lanes)


def interleaved_lanes(lanes: int, upper: bool) -> list[int]:
    """Lanes of 16 bits whose pairs `interleave` puts into one vector."""
    block = _BLOCK // 2
    first = block // 2 if upper else 0
    return [start + first + lane for start in range(0, lanes, block) for lane in range(block // 2)]
