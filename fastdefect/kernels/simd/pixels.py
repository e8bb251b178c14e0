"""Interleaved three-channel pixels, a byte vector of each channel at a time: taken apart and put together.

One wide load or store and three shuffles with a stride of three are what LLVM knows as interleaved access: it makes byte
permutes of it, or the instructions that some processors have for just this.
"""

from __future__ import annotations

from fastdefect.kernels._numba import cgutils, intrinsic, ir, types
from fastdefect.kernels.simd.bytes import place
from fastdefect.kernels.simd.llvm import shuffle
from fastdefect.kernels.simd.specialization import vector_type


@intrinsic
def load_pixels(typingctx, spec, address):
    """The three channels of as many pixels as a vector has bytes."""
    width = spec.value.width
    result = types.UniTuple(vector_type(8, width), 3)

    def codegen(context, builder, sig, args):
        kind = ir.VectorType(ir.IntType(8), 3 * width)
        pixels = builder.load(place(builder, args[1], kind), align=1)
        nothing = ir.Constant(kind, ir.Undefined)
        channels = [
            shuffle(builder, pixels, nothing, list(range(channel, 3 * width, 3)))
            for channel in range(3)
        ]
        return context.make_tuple(builder, result, channels)

    return result(spec, types.int64), codegen


@intrinsic
def store_pixels(typingctx, address, channels):
    """Write a vector of pixels from a vector of each channel."""
    width = channels.dtype.lanes

    def codegen(context, builder, sig, args):
        first, second, third = cgutils.unpack_tuple(builder, args[1])
        nothing = ir.Constant(first.type, ir.Undefined)
        low = shuffle(builder, first, second, list(range(2 * width)))
        high = shuffle(builder, third, nothing, list(range(2 * width)))
        order = [channel * width + pixel for pixel in range(width) for channel in range(3)]
        pixels = shuffle(builder, low, high, order)
        builder.store(pixels, place(builder, args[0], pixels.type), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, channels), codegen
