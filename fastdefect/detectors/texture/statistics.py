"""Quantiles of the histograms that `fit` counts; see `fastdefect.operations.texture` for their bins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def quantile(histogram: NDArray[np.int64], share: float) -> float:
    """Value below which ``share`` of the counted values lie, by linear interpolation inside its bin."""
    total = np.cumsum(histogram)
    wanted = share * float(total[-1])
    index = int(np.searchsorted(total, wanted))
    index = min(index, len(histogram) - 1)
    before = float(total[index - 1]) if index else 0.0
    inside = (wanted - before) / max(float(histogram[index]), 1.0)
    low = 0.0 if index == 0 else _edge(index)
    return low + (_edge(index + 1) - low) * min(max(inside, 0.0), 1.0)


def _edge(index: int) -> float:
    exponent, mantissa = divmod(index, 256)
    return float(2.0**exponent * (1.0 + mantissa / 256.0))
