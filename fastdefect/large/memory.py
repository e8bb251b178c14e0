"""How much memory a run may take, and the tile that fits."""

from __future__ import annotations

import re

from fastdefect.checks import short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
LEAST, MOST = 32 * 10**6, 2**60


def parse_memory(memory: object) -> int:
    """Bytes of ``"512MB"``, ``"1.5 GiB"`` or a number of bytes.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        It is neither, less than 32 MB, or more than 2**60 bytes.
    """
    if isinstance(memory, bool) or not isinstance(memory, (int, str)):
        raise ArgumentTypeError(
            f"memory: expected a text as '512MB' or a number of bytes, received {short(memory)}; pass one of these"
        )
    match = _WRITTEN.fullmatch(str(memory).strip())
    unit = None if match is None else _UNITS.get(match[2].upper())
    if match is None or unit is None:
        raise ArgumentValueError(
            f"memory: expected a number with B, KB, MB, GB, KiB, MiB or GiB, received {short(memory)}; write for "
            "example 512MB"
        )
    found = float(match[1]) * unit  # infinite of very many digits
    if found < LEAST:
        raise ArgumentValueError(
            f"memory: expected at least {LEAST // 10**6}MB, received {short(memory)}; allow more"
        )
    if found > MOST:
        raise ArgumentValueError(
            f"memory: expected at most {MOST // 2**30}GiB, received {short(memory)}; allow less"
        )
    return int(found)
