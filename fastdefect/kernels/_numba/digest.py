"""Which sources a kernel's machine code was made of."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[2]


@cache
def sources() -> str:
    """Digest of every file that a kernel's machine code may come from.

    Numba looks at the kernel's own file alone: after an edit elsewhere it would load what was compiled from the old helpers,
    and an installation copied to another place would compile all anew.
    """
    files = sorted((*_PACKAGE.glob("kernels/**/*.py"), *_PACKAGE.glob("operations/*.py")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
