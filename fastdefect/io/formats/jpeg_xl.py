"""JPEG XL, which stands in TIFF files: the size that its first bits declare."""

from __future__ import annotations

_CODESTREAM, _CONTAINER = b"\xff\x0a", b"\0\0\0\x0cJXL "
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


def jpeg_xl_size(data: bytes) -> tuple[int, int]:
    """Width and height; ValueError for anything else."""
    at = 0
    if data.startswith(_CONTAINER):
        # a box of the stream, or the first of its parts, which has a number in front
        at = data.find(_CODESTREAM)
    if at < 0 or data[at : at + 2] != _CODESTREAM:
        raise ValueError("no JPEG XL")
    bits = _Bits(int.from_bytes(data[at + 2 : at + 18], "little"))
    small = bits.take(1)
    height = bits.side(small)
    ratio = bits.take(3)
    if ratio == 0:
        return bits.side(small), height
    wide, high = _RATIOS[ratio]
    return height * wide // high, height


class _Bits:
    """Bits from the lowest upwards."""

    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        taken = self._value & (1 << count) - 1
        self._value >>= count
        return taken

    def side(self, small: int) -> int:
        if small:
            return 8 * (self.take(5) + 1)
        return self.take((9, 13, 18, 30)[self.take(2)]) + 1
