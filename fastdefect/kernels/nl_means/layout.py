"""Into the strided-lane layouts of NL-means and out of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastdefect.kernels._numba import intrinsic, ir, kernel, types
from fastdefect.kernels.simd.llvm import (
    at,
    constant,
    interleave,
    load_at,
    splat,
    store_at,
)
from fastdefect.kernels.simd.specialization import constant_field, lanes_of, pairs_of, words_of
from fastdefect.kernels.simd.vector import address

COLUMNS = 16  # that `store_lanes` brings into order at a time

weight_parts_of = constant_field("weight_parts")


@intrinsic
def store_lanes(typingctx, spec, source, distance, target):
    """16 vectors of bytes in strided lanes: byte l of vector j is that ``l * distance + j`` behind ``source``.

    Zipping the first half of the rows with the second moves a bit of a byte's row behind those of its column; so often as
    a row's number has bits, and columns have become rows.
    """
    lanes = spec.value.lanes
    kind = ir.VectorType(ir.IntType(8), COLUMNS)

    def codegen(context, builder, sig, args):
        _, place, step, target_at = args
        rows = []
        for _ in range(lanes):
            rows.append(load_at(builder, place, kind, 1))
            place = at(builder, place, step)
        half = lanes // 2
        for _ in range(lanes.bit_length() - 1):
            rows = [
                interleave(builder, rows[row], rows[row + half], upper)
                for row in range(half)
                for upper in (False, True)
            ]
        for number, row in enumerate(rows):
            store_at(builder, row, at(builder, target_at, COLUMNS * number), 1)
        return context.get_dummy_value()

    return types.void(spec, types.int64, types.int64, types.int64), codegen


@intrinsic
def store_pixels(typingctx, spec, source, target):
    """Two neighbouring vectors of pixels as pairs of 16 bits, in the order of `interleave`."""
    vector = words_of(spec)
    small = ir.VectorType(ir.IntType(8), spec.value.lanes)

    def codegen(context, builder, sig, args):
        _, place, target_at = args
        first, second = (
            builder.zext(load_at(builder, at(builder, place, offset), small, 1), vector.llvm)
            for offset in (0, small.count)
        )
        for upper in (False, True):
            value = interleave(builder, first, second, upper)
            store_at(builder, value, at(builder, target_at, 2 * vector.lanes * upper))
        return context.get_dummy_value()

    return types.void(spec, types.int64, types.int64), codegen


@intrinsic
def store_means(typingctx, spec, sums, part_step, pixels, centre, target):
    """``(weighted + weights // 2) // weights`` of a vector of pixels, the centre with its weight included.

    Both fit in 31 bits, so the quotient of doubles, rounded down, is exact.
    """
    pairs, parts = pairs_of(spec), spec.value.weight_parts
    double = ir.VectorType(ir.DoubleType(), pairs.lanes)
    size = 2 * spec.value.lanes

    def codegen(context, builder, sig, args):
        _, sums_at, step, pixels_at, weight, target_at = args

        def read(offset: int) -> Any:
            value = load_at(builder, at(builder, sums_at, offset), pairs.llvm)
            if parts == 2:
                place = at(builder, at(builder, sums_at, step), offset)
                high = load_at(builder, place, pairs.llvm)
                bits = constant(pairs.llvm, spec.value.part_bits)
                value = builder.add(value, builder.shl(high, bits))
            return builder.neg(value) if spec.value.negative else value

        centre_weight = splat(builder, weight, pairs.lanes)
        for half in range(2):
            pixel = load_at(builder, at(builder, pixels_at, half * size), pairs.llvm)
            pixel = builder.and_(pixel, constant(pairs.llvm, 0xFFFF))
            weighted = builder.add(read(half * size), builder.mul(pixel, centre_weight))
            weights = builder.add(read((2 + half) * size), centre_weight)
            top = builder.add(weighted, builder.lshr(weights, constant(pairs.llvm, 1)))
            ratio = builder.fdiv(builder.uitofp(top, double), builder.uitofp(weights, double))
            value = builder.fptosi(ratio, pairs.llvm)
            store_at(builder, value, at(builder, target_at, half * size))
        return context.get_dummy_value()

    whole = types.int64
    return types.void(spec, whole, whole, whole, types.int32, whole), codegen


@kernel
def fill(spec, numbers, scratch, src, row_map, column_map):
    """Make the layouts of a tile and the range of each of its rows."""
    lanes = lanes_of(spec)
    k, vectors = numbers.k, numbers.vectors
    extended = scratch.extended
    pixels = address(scratch.pixels)
    for row in range(numbers.used_rows):
        line = src[row_map[row]]
        for column in range(column_map.size):
            extended[column] = line[column_map[column]]
        least = np.uint8(255)
        most = np.uint8(0)
        for column in range(column_map.size):
            least = min(least, extended[column])
            most = max(most, extended[column])
        scratch.low[row] = least
        scratch.high[row] = most
        now = scratch.lanes[row & 1]
        for vector in range(0, vectors, COLUMNS):
            store_lanes(spec, address(extended) + vector, k, address(now) + vector * lanes)
        if row > 0:
            before = scratch.lanes[(row - 1) & 1]
            pairs = scratch.pairs[(row - 1) & 1, (row - 1) >> 1]
            for i in range(vectors * lanes):
                pairs[i] = np.uint16(before[i]) | np.uint16(np.uint16(now[i]) << np.uint16(8))
        for vector in range(vectors - 1):
            store_pixels(spec, address(now) + vector * lanes, pixels + vector * 4 * lanes)
        pixels += vectors * 4 * lanes


@kernel
def finish(spec, numbers, scratch, out):
    """Add the centre, divide, and bring the lanes back into order."""
    lanes = lanes_of(spec)
    size = 2 * lanes
    half = lanes // 2
    k = numbers.k
    border = numbers.t + numbers.s
    height, width = out.shape
    ordered, line = scratch.ordered, scratch.line
    for row in range(height):
        sums = address(scratch.sums) + ((row >> 1) * k * 2 + (row & 1)) * 4 * size
        pixels = address(scratch.pixels) + ((border + row) * numbers.vectors + border) * 2 * size
        for j in range(k):
            centre = np.int32(numbers.largest)
            store_means(spec, sums, numbers.sums_size, pixels, centre, address(line))
            for i in range(half):
                lane = (i >> 2 << 3) + (i & 3)
                ordered[lane * k + j] = np.uint8(line[i])
                ordered[(lane + 4) * k + j] = np.uint8(line[half + i])
            sums += 8 * size
            pixels += 2 * size
        for x in range(width):
            out[row, x] = ordered[border + 1 + x]
