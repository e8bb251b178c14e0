"""Hue and saturation of a vector of pixels.

With V the largest channel, D the largest less the smallest and N the difference that belongs to the hue (`plain`):

    S = floor(D * A / 4096 + 1/2)       A = round(1044480 / V)
    H = floor(N * B / 4096 + 1/2)       B = round(122880 / D), plus 180 if H < 0

One quotient q = 1044480 / (V D) serves both: A = round(q D), B = round(q V 2/17). Single precision holds D A and N B
exactly, so what is rounded is rounded as OpenCV's integers are; a test goes through all colours. Bytes choose, lanes of 16
bits make N, and only the quotients and products are floats. Everything stays in its lane: byte j of four becomes a lane by
a mask or a shift, so nothing has to be moved.
"""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import cgutils, intrinsic, ir
from fastdefect.kernels.simd.llvm import call, constant, shuffle

_ROUNDER = 1.5 * 2**23  # added, it leaves the nearest integer in the low bits
_NEVER_ZERO = 1e-20  # vanishes beside any product but 0, for which D and N are 0 too


class _Lanes:
    """The types of one width, and the ways between them."""

    def __init__(self, builder: Any, cpu: str, width: int) -> None:
        self.builder, self.cpu = builder, cpu
        self.bytes = ir.VectorType(ir.IntType(8), width)
        self.words = ir.VectorType(ir.IntType(16), width // 2)
        self.longs = ir.VectorType(ir.IntType(32), width // 4)
        self.floats = ir.VectorType(ir.FloatType(), width // 4)

    def pick(self, which: str, a: Any, b: Any) -> Any:
        """The larger or the smaller bytes."""
        return call(self.builder, f"llvm.{which}.v{self.bytes.count}i8", self.bytes, [a, b])

    def number(self, value: float) -> Any:
        """A float in every lane."""
        return ir.Constant(self.floats, [value] * self.floats.count)

    def add_product(self, a: Any, b: Any, c: Any) -> Any:
        """``a * b + c``, with one rounding except on the portable path."""
        if self.cpu == "portable":  # without the instruction, LLVM would call a library function
            return self.builder.fadd(self.builder.fmul(a, b), c)
        return call(self.builder, f"llvm.fma.v{a.type.count}f32", a.type, [a, b, c])

    def rounded(self, a: Any, b: Any) -> Any:
        """The integer next to ``a * b``."""
        rounder = self.number(_ROUNDER)
        return self.builder.fsub(self.add_product(a, b, rounder), rounder)

    def even_odd(self, value: Any) -> tuple[Any, Any]:
        """Bytes as 16-bit lanes."""
        words = self.builder.bitcast(value, self.words)
        return (
            self.builder.and_(words, constant(self.words, 255)),
            self.builder.lshr(words, constant(self.words, 8)),
        )

    def quarters(self, value: Any) -> list[Any]:
        """Bytes as floats, the four of each 32-bit lane apart."""
        longs = self.builder.bitcast(value, self.longs)
        found = []
        for number in range(4):
            part = self.builder.lshr(longs, constant(self.longs, 8 * number)) if number else longs
            part = self.builder.and_(part, constant(self.longs, 255)) if number < 3 else part
            found.append(self.builder.sitofp(part, self.floats))
        return found

    def signed_quarters(self, even: Any, odd: Any) -> list[Any]:
        """Signed 16-bit lanes as floats, in the order of `quarters`."""
        high = constant(self.longs, 16)
        found = []
        for words in (even, odd):
            longs = self.builder.bitcast(words, self.longs)
            low = self.builder.ashr(self.builder.shl(longs, high), high)
            found.append((low, self.builder.ashr(longs, high)))
        (first, third), (second, fourth) = found
        return [self.builder.sitofp(part, self.floats) for part in (first, second, third, fourth)]

    def joined(self, quarters: list[Any]) -> Any:
        """The low bytes of four vectors of 32-bit lanes, back where `quarters` found them."""
        first, second, third, fourth = quarters
        even, odd = (self._low_words(a, b) for a, b in ((first, third), (second, fourth)))
        even = self.builder.and_(even, constant(self.words, 255))
        odd = self.builder.shl(odd, constant(self.words, 8))
        return self.builder.bitcast(self.builder.or_(even, odd), self.bytes)

    def _low_words(self, low: Any, high: Any) -> Any:
        high = self.builder.shl(high, constant(self.longs, 16))
        count = self.words.count
        lanes = [lane + count * (lane % 2) for lane in range(count)]
        low, high = (self.builder.bitcast(value, self.words) for value in (low, high))
        return shuffle(self.builder, low, high, lanes)


@intrinsic
def hsv_of(typingctx, spec, channels):
    """Hue, saturation and value of a vector of pixels whose channels are blue, green and red."""

    def codegen(context, builder, sig, args):
        lanes = _Lanes(builder, spec.value.cpu, spec.value.width)
        values = _hsv(lanes, *cgutils.unpack_tuple(builder, args[1]))
        return context.make_tuple(builder, sig.return_type, values)

    return channels(spec, channels), codegen


def _hsv(lanes: _Lanes, blue: Any, green: Any, red: Any) -> tuple[Any, Any, Any]:
    builder = lanes.builder
    value = lanes.pick("umax", lanes.pick("umax", blue, green), red)
    spread = builder.sub(value, lanes.pick("umin", lanes.pick("umin", blue, green), red))
    is_red = builder.icmp_unsigned("==", value, red)
    is_green = builder.icmp_unsigned("==", value, green)
    difference = _difference(lanes, (blue, green, red), spread, is_red, is_green)
    hues, saturations = [], []
    for v, d, n in zip(lanes.quarters(value), lanes.quarters(spread), difference, strict=True):
        product = lanes.add_product(v, d, lanes.number(_NEVER_ZERO))
        quotient = builder.fdiv(lanes.number(1044480.0), product)
        a = lanes.rounded(quotient, d)
        b = lanes.rounded(quotient, builder.fmul(v, lanes.number(2 / 17)))
        saturations.append(_shifted(lanes, d, a))
        hues.append(_shifted(lanes, n, b))
    hue = lanes.joined(hues)
    below_zero = builder.icmp_unsigned(">", hue, constant(lanes.bytes, 180))
    turn = builder.select(below_zero, constant(lanes.bytes, 180), constant(lanes.bytes, 0))
    return builder.add(hue, turn), lanes.joined(saturations), value


def _shifted(lanes: _Lanes, a: Any, b: Any) -> Any:
    """``floor(a * b / 4096 + 1/2)`` in the low bits: half a step up, no product lies half-way."""
    product = lanes.add_product(a, b, lanes.number(0.5))
    rounded = lanes.add_product(product, lanes.number(2.0**-12), lanes.number(_ROUNDER))
    return lanes.builder.bitcast(rounded, lanes.longs)


def _difference(
    lanes: _Lanes, channels: tuple[Any, Any, Any], spread: Any, is_red: Any, is_green: Any
) -> list[Any]:
    """N: of the two channels that are not the largest, plus 0, 2 or 4 times the spread."""
    builder = lanes.builder
    blue, green, red = channels
    plus = builder.select(is_red, green, builder.select(is_green, blue, red))
    minus = builder.select(is_red, blue, builder.select(is_green, red, green))
    nothing = constant(lanes.bytes, 0)
    once = builder.select(is_red, nothing, spread)
    twice = builder.select(is_green, nothing, once)
    parts = []
    for p, m, a, b in zip(*map(lanes.even_odd, (plus, minus, once, twice)), strict=True):
        turns = builder.shl(builder.add(a, b), constant(lanes.words, 1))
        parts.append(builder.add(builder.sub(p, m), turns))
    return lanes.signed_quarters(*parts)
