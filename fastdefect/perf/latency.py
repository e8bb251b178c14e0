"""How long calls take: percentiles and a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

PERCENTILES = (50.0, 90.0, 99.0, 99.9)


@dataclass(frozen=True)
class Latency:
    """Milliseconds of calls.

    Attributes
    ----------
    calls : int
        Number of calls.
    p50, p90, p99, p999, most : float
        Percentiles 50, 90, 99 and 99.9, each the time of a call that took place, and the longest.

    Examples
    --------
    >>> from fastdefect.perf import Latency
    >>> latency = Latency.of([1.0, 1.0, 2.0, 2.0, 9.0])
    >>> latency.p50, latency.most
    (2.0, 9.0)
    >>> latency.to_json()["calls"]
    5
    """

    calls: int
    p50: float
    p90: float
    p99: float
    p999: float
    most: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Latency:
        """Summarise calls.

        Parameters
        ----------
        milliseconds : sequence of float
            Of each call, at least one.

        Returns
        -------
        Latency
        """
        marks = np.percentile(milliseconds, PERCENTILES, method="higher")
        p50, p90, p99, p999 = (float(mark) for mark in marks)
        return cls(len(milliseconds), p50, p90, p99, p999, float(max(milliseconds)))

    @property
    def tail(self) -> float:
        """How many times the median the 99th percentile is."""
        return self.p99 / self.p50

    def to_json(self) -> dict[str, Any]:
        """Return the fields.

        Returns
        -------
        dict of str to int or float
        """
        return asdict(self)


def histogram(milliseconds: Sequence[float], bins: int = 60) -> dict[str, list[float]]:
    """Count calls by their time.

    Parameters
    ----------
    milliseconds : sequence of float
        Positive, at least one.
    bins : int
        Classes of equal ratio between the shortest and the longest call: the tail is seen beside the bulk.

    Returns
    -------
    dict
        ``"edges"``, ``bins + 1`` milliseconds, and ``"counts"``.
    """
    least, most = min(milliseconds), max(milliseconds)
    counts, edges = np.histogram(milliseconds, np.geomspace(0.999 * least, 1.001 * most, bins + 1))
    return {"edges": [float(edge) for edge in edges], "counts": [float(count) for count in counts]}
