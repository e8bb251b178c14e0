"""What cells are compared by, for learning: the same numbers as kernels and reference make of their sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.pattern import BEND

Floats = NDArray[np.float32]


def features(sums: NDArray[Any], floors: NDArray[np.int32], logged: int) -> Floats:
    """Of window sums (features, cells): logarithms of the first ``logged`` and their floors, the others as they are."""
    lifted = (sums + floors[:, None]).astype(np.float32)
    bits = lifted[:logged].view(np.int32)
    share = (bits & 0x7FFFFF).astype(np.float32) * np.float32(2.0**-23)
    bent = np.float32(BEND) * (share * (np.float32(1) - share))
    lifted[:logged] = ((bits >> 23) - 127).astype(np.float32) + (share + bent)
    return lifted
