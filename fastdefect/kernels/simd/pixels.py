"""Interleaved three-channel pixels, 64 at a time: the maximum of the channels, taking them apart, putting them together.

LLVM's own vectors for a stride of three are slow (0.52 ms per megapixel for the value channel on Zen 5, against 0.09
here), so the shuffles are written out. They are target-neutral; LLVM turns them into byte permutes where there are any.
Called only from kernels that finish a row with plain loops, which is also all that runs with the JIT off.
"""

from __future__ import annotations

from llvmlite import ir
from numba.extending import intrinsic

from fastdefect.kernels._numba import COMPILED, types

BLOCK = 64
VECTORS = int(COMPILED)

_BYTES = ir.VectorType(ir.IntType(8), BLOCK)
_I32 = ir.IntType(32)


def _address(context, builder, array_type, array, index, offset):
    data = context.make_array(array_type)(context, builder, array).data
    at = builder.add(index, ir.Constant(index.type, offset))
    return builder.bitcast(builder.gep(data, [at]), _BYTES.as_pointer())


def _load(builder, address):
    value = builder.load(address)
    value.align = 1
    return value


def _store(builder, value, address):
    builder.store(value, address).align = 1


def _shuffle(builder, first, second, lanes):
    mask = ir.Constant(ir.VectorType(_I32, BLOCK), [ir.Constant(_I32, lane) for lane in lanes])
    return builder.shuffle_vector(first, second, mask)


def _pick(builder, parts, channel):
    """Every third byte of three vectors, from ``channel`` on."""
    at = [3 * lane + channel for lane in range(BLOCK)]
    low = _shuffle(builder, parts[0], parts[1], [a if a < 2 * BLOCK else 0 for a in at])
    lanes = [lane if a < 2 * BLOCK else a - BLOCK for lane, a in enumerate(at)]
    return _shuffle(builder, low, parts[2], lanes)


@intrinsic
def store_value64(typingctx, row, i, dst, x):
    """``dst[x + k] = max(row[i + 3k], row[i + 3k + 1], row[i + 3k + 2])`` for k < 64; reads row[i : i + 194]."""

    def codegen(context, builder, signature, args):
        def part(block):
            loads = [
                _load(builder, _address(context, builder, row, args[0], args[1], BLOCK * block + c))
                for c in range(3)
            ]
            largest = loads[0]
            for other in loads[1:]:
                larger = builder.icmp_unsigned(">", largest, other)
                largest = builder.select(larger, largest, other)
            return largest

        value = _pick(builder, [part(block) for block in range(3)], 0)
        _store(builder, value, _address(context, builder, dst, args[2], args[3], 0))
        return context.get_dummy_value()

    return types.void(row, types.uintp, dst, types.uintp), codegen


@intrinsic
def split64(typingctx, row, i, first, second, third, x):
    """Store the channels of 64 pixels ``row[i : i + 192]`` at ``x`` of three rows."""

    def codegen(context, builder, signature, args):
        parts = [
            _load(builder, _address(context, builder, row, args[0], args[1], BLOCK * block))
            for block in range(3)
        ]
        for channel, (plane_type, plane) in enumerate(
            zip((first, second, third), args[2:5], strict=True)
        ):
            value = _pick(builder, parts, channel)
            _store(builder, value, _address(context, builder, plane_type, plane, args[5], 0))
        return context.get_dummy_value()

    return types.void(row, types.uintp, first, second, third, types.uintp), codegen


@intrinsic
def join64(typingctx, first, second, third, x, row, i):
    """Store 64 pixels at ``row[i : i + 192]`` from position ``x`` of three rows, one a channel."""

    def codegen(context, builder, signature, args):
        planes = [
            _load(builder, _address(context, builder, plane_type, plane, args[3], 0))
            for plane_type, plane in zip((first, second, third), args[:3], strict=True)
        ]
        for block in range(3):
            at = [divmod(BLOCK * block + lane, 3) for lane in range(BLOCK)]
            pair = _shuffle(
                builder, planes[0], planes[1], [p + BLOCK if c == 1 else p for p, c in at]
            )
            lanes = [BLOCK + p if c == 2 else lane for lane, (p, c) in enumerate(at)]
            value = _shuffle(builder, pair, planes[2], lanes)
            address = _address(context, builder, row, args[4], args[5], BLOCK * block)
            _store(builder, value, address)
        return context.get_dummy_value()

    return types.void(first, second, third, types.uintp, row, types.uintp), codegen
