"""Bytes to other bytes: what disks, networks and malice do to a file."""

from __future__ import annotations

import random

_TELLING = (
    b"\x00",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"1e999",
    b"-1",
    b"null",
    b"[",
    b'"',
)


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One to six changes of ``data``; ``other`` is another file of the kind, parts of which may come in."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        place = chance.randrange(len(made) + 1)
        kind = chance.randrange(8)
        if kind == 0:
            del made[place:]
        elif kind == 1:
            del made[place : place + chance.choice((1, 2, 4, 16, 256))]
        elif kind == 2:
            piece = chance.choice(_TELLING)
            made[place : place + len(piece)] = piece
        elif kind == 3:
            made[place:place] = chance.randbytes(chance.choice((1, 2, 4, 64)))
        elif kind == 4:
            start = chance.randrange(len(other) + 1)
            piece = other[start : start + chance.choice((1, 4, 16, 256))]
            made[place : place + len(piece)] = piece
        elif kind == 5:
            made[place:place] = made[place : place + chance.choice((1, 4, 64))]
        elif place < len(made):  # the commonest fault of all is one bit
            made[place] ^= 1 << chance.randrange(8) if kind == 6 else chance.randrange(1, 256)
    return bytes(made)
